"""Copying an SQLite database that others are using, as it is at one instant."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from dojang.errors import Unavailable

__all__ = ["copy_database"]

#: Milliseconds to wait for whoever writes.
_BUSY_MS = 10_000


def copy_database(source: Path, target: Path) -> None:
    """Copy a database into another file, which is made if it is not there.

    Both may be in use: readers of `target` see the old content or the new, and never a part.

    Args:
        source: With tables.
        target: Readable by its owner alone where it is new.

    Raises:
        Unavailable: One of them cannot be read or written, or `source` is damaged.
    """
    try:
        if not target.exists():
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(target)) as here,
        ):
            here.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            here.execute("PRAGMA synchronous = FULL")
            _check(there, source)
            there.backup(here)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(f"{source} cannot be copied to {target}: {error}") from error


def _check(database: sqlite3.Connection, source: Path) -> None:
    ((verdict,),) = database.execute("PRAGMA quick_check(1)").fetchall()
    if verdict != "ok":
        raise Unavailable(f"{source} is damaged: {verdict}")
