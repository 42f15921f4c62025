"""A SQLite file as the home of the accounts."""

import os
import time
from pathlib import Path
from sqlite3 import Connection, OperationalError
from threading import Lock

from sqlalchemy import URL, Engine, create_engine, event

from dojang.errors import Misuse, Unavailable

__all__ = ["sqlite_engine"]

_BUSY_MS = 5000  # how long a writer waits for another one before it gives up
_LOOK_EVERY = 0.005  # seconds
_PRIVATE = 0o600
_CREATING = Lock()


def sqlite_engine(path: str | os.PathLike[str]) -> Engine:
    """Return an engine on the file at `path`, made first where there is none.

    A new file is readable by its owner alone, and so are its `-wal` and `-shm`, which SQLite
    gives the mode of the file. An existing file keeps its mode. Statements are logged without
    their values.

    Args:
        path: Of the file, in an existing directory.

    Raises:
        Misuse: `:memory:`, which every connection would see differently.
        Unavailable: The file cannot be made.
    """
    if str(path) == ":memory:":
        raise Misuse("accounts need a file: each connection has a :memory: of its own")
    file = Path(path).absolute()
    _create_private(file)
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        connect_args={"timeout": _BUSY_MS / 1000},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _create_private(file: Path) -> None:
    # Closing any descriptor of a file drops the process's locks on it (POSIX), so only a file
    # that did not exist is opened here, by one thread at a time.
    with _CREATING:
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE))
        except FileExistsError:
            return
        except OSError as error:
            raise Unavailable(f"the accounts database cannot be made: {error.strerror}") from error


def _prepare(connection: Connection, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    _switch_to_wal(connection)


def _switch_to_wal(connection: Connection) -> None:
    # The switch itself does not wait for a lock, busy_timeout or not, and processes that start
    # together all want to make it.
    end = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= end:
                raise
            time.sleep(_LOOK_EVERY)
        else:
            return
