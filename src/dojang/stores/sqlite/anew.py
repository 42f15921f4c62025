"""A session database that goes back in time, and must not bring back what is over."""

import sqlite3

from dojang.wire import entropy

__all__ = ["begin_anew"]

#: Documents that keep somebody signed in.
_OF_LOGINS = ("refresh:*", "upstream:*")


def begin_anew(connection: sqlite3.Connection, *, now: int) -> int:
    """End every session and refresh token in a copy of a database; say how many sessions.

    What ended after the copy was made is alive in it, and nothing tells which: so all of it is
    over, and the log of what was ended begins now, which refuses older tokens and sealed cookies.
    Keys stay.

    Args:
        connection: To the copy, with its tables.
        now: Unix milliseconds.

    Raises:
        sqlite3.Error: The file cannot be written.
    """
    with connection:
        (sessions,) = connection.execute("SELECT count(*) FROM session").fetchone()
        for table in ("session", "revocation", "revocation_log", "lease", "hit"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
        for names in _OF_LOGINS:
            connection.execute("DELETE FROM document WHERE name GLOB ?", (names,))
        connection.execute("INSERT INTO revocation_log VALUES (?, ?)", (entropy.token(8), now))
    return int(sessions)
