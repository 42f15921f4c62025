"""What a file has had so far, in a file of its own that nobody else sees."""

import sqlite3
from collections.abc import Sequence

__all__ = ["Seen"]

_LOOK = "SELECT line FROM seen WHERE key = ?"


class Seen:
    """Remembers on which line each key stood first, for files of any length.

    SQLite keeps it in memory while it is little, and in a file without a name when it is more.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rows = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def first(self, keys: Sequence[str], line: int) -> int | None:
        """Return where one of the keys stood before; None where all are new, and are kept then."""
        found = [line for key in keys for (line,) in self._rows.execute(_LOOK, [key])]
        before = min(found, default=None)
        if before is None:
            self._rows.executemany("INSERT INTO seen VALUES (?, ?)", [(key, line) for key in keys])
        return before

    def close(self) -> None:
        """Forget it all."""
        self._rows.close()
