"""SQLite: reads inline on the caller's connection, writes by one writer that commits in batches."""

import os
import sqlite3
import threading
import weakref
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, cast

from dojang.errors import Misuse, Unavailable
from dojang.stores.drivers.breaker import Breaker
from dojang.stores.drivers.sqlite_writer import Work, Writer, unavailable
from dojang.stores.drivers.waiting import loop_to_wait_on, settled

__all__ = ["SqliteDriver", "Work"]

T = TypeVar("T")

#: Milliseconds a connection waits for a lock that a program other than dojang holds.
_BUSY_MS = 5_000


class SqliteDriver:
    """One database file, for all threads and event loops of this process, and after a fork."""

    _lock: threading.Lock
    _writing: Writer | None
    _readers: threading.local

    def __init__(self, path: str | Path, prepare: Work[None]) -> None:
        """Open nothing yet.

        Args:
            path: The database file; created, readable by its owner only, when missing.
            prepare: Brings the schema up to date; run once per process before anything else.

        Raises:
            Misuse: `path` names no file.
        """
        if str(path) in {"", ":memory:"}:
            raise Misuse("an SQLite store needs a file; use MemoryStore to keep sessions in memory")
        if "\x00" in str(path):
            raise Misuse("the path of an SQLite store has a NUL, which no file name has")
        self.path = Path(path).absolute()
        self._prepare = prepare
        self._breaker = Breaker(f"the session database {self.path.name}")
        self._begin_anew()
        _DRIVERS.add(self)

    def read(self, sql: str, parameters: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query, run on a connection of the calling thread.

        Raises:
            Unavailable: The file cannot be read.
        """
        try:
            # Held until the rows are here, so that a close() elsewhere closes it afterwards.
            reader = self._reader()
            return reader.connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise unavailable(self.path, error) from error

    async def write(self, work: Work[T]) -> T:
        """Return what `work` gives, once the transaction it ran in is on disk.

        A work that raises undoes itself alone; what the file itself cannot do (a full disk) fails
        all that share its commit.

        Raises:
            Unavailable: It could not be committed; after some in a row, without being tried.
            Misuse: It would have to be waited for where nothing can; nothing was written.
        """
        loop_to_wait_on()
        self._breaker.check()
        future: Future[T] = Future()
        with self._lock:
            self._writer().submit(work, future)
        try:
            result = await settled(future)
        except Unavailable:
            self._breaker.failed()
            raise
        except Exception:
            self._breaker.succeeded()  # a refusal is an answer
            raise
        self._breaker.succeeded()
        return result

    def close(self) -> None:
        """Finish what is queued and let go of the file; using the driver again opens it again."""
        with self._lock:
            writer, self._writing = self._writing, None
            self._readers = threading.local()
        if writer is not None:
            writer.finish()

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._writing = None
        self._readers = threading.local()

    def _writer(self) -> Writer:
        if self._writing is None or self._writing.over:
            self._writing = Writer(self.path, self._connect, self._prepare, self._lock)
        return self._writing

    def _reader(self) -> "_Reader":
        reader = getattr(self._readers, "reader", None)
        if reader is None:
            with self._lock:
                writer = self._writer()
            writer.ready.result()
            reader = self._readers.reader = _Reader(self._connect())
        return cast("_Reader", reader)

    def _connect(self) -> sqlite3.Connection:
        try:
            _create_private(self.path)
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise unavailable(self.path, error) from error
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        return connection

    def after_fork(self) -> None:
        """Begin anew in the child of a fork, and leave alone what is the parent's."""
        # A connection that a child closes drops the parent's locks on the file, so it is kept.
        _OF_THE_PARENT.append((self._writing, self._readers))
        if self._writing is not None:
            self._writing.abandon()
        self._begin_anew()


class _Reader:
    """A connection that is closed when nobody reads with it any more."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._pid = os.getpid()

    def __del__(self) -> None:
        if self._pid == os.getpid():
            self.connection.close()


def _create_private(path: Path) -> None:
    """Make an empty file for its owner only; SQLite would follow the umask.

    Only a file that was not there is opened: closing any descriptor of a database drops the locks
    that this process holds on it (sqlite.org/howtocorrupt.html section 2.2).
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


_DRIVERS: "weakref.WeakSet[SqliteDriver]" = weakref.WeakSet()
_OF_THE_PARENT: list[object] = []


def _after_fork() -> None:
    for driver in list(_DRIVERS):
        driver.after_fork()


os.register_at_fork(after_in_child=_after_fork)
