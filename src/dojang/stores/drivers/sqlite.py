"""SQLite: reads inline on the caller's connection, writes by one writer that commits in batches."""

import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from dojang.errors import Misuse, Unavailable
from dojang.stores.drivers.turnstile import Turnstile
from dojang.stores.drivers.waiting import settled

__all__ = ["SqliteDriver", "Work"]

T = TypeVar("T")

#: What the writer runs inside a transaction.
Work = Callable[[sqlite3.Connection], T]

#: Writes that share one commit at most; beyond this the first caller waits too long for the last.
_BATCH = 256

#: Milliseconds a connection waits for a lock that a program other than dojang holds.
_BUSY_MS = 5_000


class SqliteDriver:
    """One database file, for all threads and event loops of this process, and after a fork."""

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
        self.path = Path(path).absolute()
        self._prepare = prepare
        self._lock = threading.Lock()
        self._reset()

    def read(self, sql: str, parameters: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query, run on a connection of the calling thread.

        Raises:
            Unavailable: The file cannot be read.
        """
        try:
            return self._reader().execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise unavailable(self.path, error) from error

    async def write(self, work: Work[T]) -> T:
        """Return what `work` gives, once the transaction it ran in is on disk.

        Each work runs under a savepoint of its own: one that raises undoes itself alone.

        Raises:
            Unavailable: The transaction could not be committed.
        """
        future: Future[T] = Future()
        self._writer().put((work, future))
        return await settled(future)

    def close(self) -> None:
        """Finish what is queued and close the writer; readers close with their threads."""
        with self._lock:
            if self._thread is not None:
                self._queue.put(None)
                self._thread.join()
            self._reset()

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._readers = threading.local()

    def _reader(self) -> sqlite3.Connection:
        if self._pid != os.getpid():
            self._after_fork()
        reader = getattr(self._readers, "reader", None)
        if reader is None:
            self._ready()
            reader = self._readers.reader = _Reader(self._connect())
        return cast("_Reader", reader).connection

    def _writer(self) -> "queue.SimpleQueue[Any]":
        if self._pid != os.getpid():
            self._after_fork()
        if self._thread is None:
            self._ready()
        return self._queue

    def _after_fork(self) -> None:
        # Connections and threads of the parent are not ours: using them would corrupt the file.
        self._lock = threading.Lock()
        self._reset()

    def _ready(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            writer = _Writer(self.path, self._connect, self._queue, self._prepare)
            self._thread = threading.Thread(target=writer.run, name="dojang-sqlite", daemon=True)
            self._thread.start()

    def _connect(self) -> sqlite3.Connection:
        try:
            _create_private(self.path)
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise unavailable(self.path, error) from error
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        return connection


def _create_private(path: Path) -> None:
    """Make an empty file for its owner only; SQLite would follow the umask.

    Only a file that was not there is opened: closing any descriptor of a database drops the locks
    that this process holds on it (sqlite.org/howtocorrupt.html section 2.2).
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


class _Reader:
    """A connection that is closed when the thread that read with it ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class _Writer:
    """The one thread of a process that writes."""

    def __init__(
        self,
        path: Path,
        connect: Callable[[], sqlite3.Connection],
        work: "queue.SimpleQueue[Any]",
        prepare: Work[None],
    ) -> None:
        self._path = path
        self._queue = work
        self._connection = connect()
        self._turnstile = Turnstile(path)
        try:
            self._turnstile.enter()
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            prepare(self._connection)
            self._turnstile.leave(idle=True)
        except sqlite3.Error as error:
            self._close()
            raise unavailable(path, error) from error

    def run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, last = self._gather(first)
            self._turnstile.enter()
            self._commit(batch)
            self._turnstile.leave(idle=last or self._queue.empty())
            if last:
                break
        self._close()

    def _close(self) -> None:
        self._connection.close()
        self._turnstile.close()

    def _gather(self, first: Any) -> tuple[list[Any], bool]:  # noqa: ANN401 - work and its future
        batch = [first]
        while len(batch) < _BATCH:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return batch, True
            batch.append(item)
        return batch, False

    def _commit(self, batch: list[tuple[Work[Any], "Future[Any]"]]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            answers = [self._attempt(work) for work, _ in batch]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            # An error of its own for each: a shared one would collect all their tracebacks.
            answers = [(None, unavailable(self._path, error)) for _ in batch]
        for (_, future), (result, problem) in zip(batch, answers, strict=True):
            _answer(future, result, problem)

    def _attempt(self, work: Work[Any]) -> tuple[Any, BaseException | None]:
        self._connection.execute("SAVEPOINT one")
        try:
            result = work(self._connection)
        except sqlite3.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            self._connection.execute("ROLLBACK TO one")
            self._connection.execute("RELEASE one")
            return None, error
        self._connection.execute("RELEASE one")
        return result, None

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _answer(future: "Future[Any]", result: object, problem: BaseException | None) -> None:
    # A caller that was cancelled wants no answer; what it asked for is done all the same.
    if not future.set_running_or_notify_cancel():
        return
    if problem is None:
        future.set_result(result)
    else:
        future.set_exception(problem)


def unavailable(path: Path, error: Exception) -> Unavailable:
    """Return what a failing SQLite looks like to everyone above."""
    return Unavailable(f"the session database {path.name} does not answer: {error}")
