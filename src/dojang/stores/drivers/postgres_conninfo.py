"""Where PostgreSQL is, as libpq takes it, with what a session store wants of every connection."""

import math
from collections.abc import Collection

from dojang.errors import Misuse
from dojang.extras import extra

with extra("postgres"):
    import psycopg
    from psycopg import conninfo

__all__ = ["completed", "known", "server"]

#: Seconds below which libpq does not limit connecting.
_SHORTEST = 2


def known() -> Collection[str]:
    """Return the names of all parameters of this libpq."""
    return {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}


def completed(text: str, timeout: float) -> str:
    """Return `text` with what it leaves open.

    Args:
        text: A URL, or `name=value` pairs; the environment (`PGHOST` and so on) supplies the rest.
        timeout: Seconds that any answer may take.

    Raises:
        Misuse: libpq cannot read it. The error does not show it, for there may be a password.
    """
    given = _read(text)
    defaults: dict[str, str] = {
        "application_name": "dojang",
        "connect_timeout": str(max(_SHORTEST, math.ceil(timeout))),
        "tcp_user_timeout": str(round(timeout * 1000)),
    }
    if "," in given.get("host", ""):
        # Of several hosts the one that takes writes, wherever a failover has put it.
        defaults["target_session_attrs"] = "read-write"
    return conninfo.make_conninfo("", **{**defaults, **given, "client_encoding": "UTF8"})


def server(text: str) -> str:
    """Return what errors call the server at `text`."""
    host = _read(text).get("host", "")
    return f"PostgreSQL at {host}" if host else "PostgreSQL"


def _read(text: str) -> dict[str, str]:
    try:
        read = {name: str(value) for name, value in conninfo.conninfo_to_dict(text).items()}
    except psycopg.ProgrammingError:
        raise _unreadable() from None
    if "@" in read.get("host", "")[1:]:  # half a password, and errors name the host
        raise _unreadable()
    return read


def _unreadable() -> Misuse:
    return Misuse(
        "libpq cannot read this connection string; write "
        "postgresql://user:password@host:5432/database, with %40 for an @ in the password and "
        "so on; it knows the parameters " + ", ".join(sorted(known()))
    )
