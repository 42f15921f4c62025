"""The one thread of a process that writes to an SQLite file."""

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from dojang.errors import Unavailable
from dojang.stores.drivers.turnstile import Turnstile

__all__ = ["Work", "Writer", "unavailable"]

T = TypeVar("T")

#: What the writer runs inside a transaction.
Work = Callable[[sqlite3.Connection], T]

#: Writes that share one commit at most; beyond this the first caller waits too long for the last.
_BATCH = 256

#: Seconds to wait for a turn before the file counts as out of reach.
_TURN_SECONDS = 10.0

Job = tuple[Work[Any], "Future[Any]"]


class Writer:
    """Takes what has gathered, runs it in one transaction, and answers once that is on disk.

    Attributes:
        ready: Done once the schema is up to date; raises `Unavailable` when the file cannot be
            opened, and then this writer is over.
        over: Whether it takes nothing more; read and written under `lock`.
    """

    def __init__(
        self,
        path: Path,
        connect: Callable[[], sqlite3.Connection],
        prepare: Work[None],
        lock: threading.Lock,
    ) -> None:
        """Start the thread.

        Args:
            path: The database file.
            connect: Opens a connection to it.
            prepare: Brings the schema up to date.
            lock: Held by whoever submits, so that nothing is handed to a writer that is over.
        """
        self.ready: Future[None] = Future()
        self.over = False
        self._path, self._connect, self._prepare, self._lock = path, connect, prepare, lock
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._turnstile: Turnstile | None = None
        self._thread = threading.Thread(target=self._run, name="dojang-sqlite", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T], future: "Future[T]") -> None:
        """Hand over a job; the caller holds the lock and has seen that this is not over."""
        self._jobs.put((work, future))

    def finish(self) -> None:
        """Do what is queued, let go of the file, and return when that is done."""
        self._jobs.put(None)
        self._thread.join()

    def abandon(self) -> None:
        """Forget the locks of a parent, in the child of a fork."""
        if self._turnstile is not None:
            self._turnstile.abandon()

    def _run(self) -> None:
        try:
            turnstile, connection = self._open()
        except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it is
            self._give_up(error)
            return
        self.ready.set_result(None)
        while (first := self._jobs.get()) is not None:
            batch, last = self._gather(first)
            self._serve(turnstile, connection, batch, idle=last or self._jobs.empty())
            if last:
                break
        connection.close()
        turnstile.close()

    def _open(self) -> tuple[Turnstile, sqlite3.Connection]:
        connection = self._connect()
        try:
            turnstile = self._turnstile = Turnstile(self._path)
        except BaseException:
            connection.close()
            raise
        try:
            turnstile.enter(seconds=_TURN_SECONDS)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            self._prepare(connection)
            turnstile.leave(idle=True)
        except BaseException:
            connection.close()
            turnstile.close()
            self._turnstile = None
            raise
        return turnstile, connection

    def _give_up(self, error: Exception) -> None:
        with self._lock:
            self.over = True
        self.ready.set_exception(unavailable(self._path, error))
        with suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                if job is not None:
                    _answer(job[1], None, unavailable(self._path, error))

    def _gather(self, first: Job) -> tuple[list[Job], bool]:
        batch = [first]
        with suppress(queue.Empty):
            while len(batch) < _BATCH:
                job = self._jobs.get_nowait()
                if job is None:
                    return batch, True
                batch.append(job)
        return batch, False

    def _serve(
        self, turnstile: Turnstile, connection: sqlite3.Connection, batch: list[Job], *, idle: bool
    ) -> None:
        try:
            turnstile.enter(seconds=_TURN_SECONDS)
            answers = _transact(connection, [work for work, _ in batch], self._path)
        except BaseException as error:  # noqa: BLE001 - a writer that died would leave them waiting
            # An error of its own for each: a shared one would collect all their tracebacks.
            answers = [(None, unavailable(self._path, error)) for _ in batch]
        with suppress(OSError):
            turnstile.leave(idle=idle)
        for (_, future), (result, problem) in zip(batch, answers, strict=True):
            _answer(future, result, problem)


def unavailable(path: Path, error: BaseException) -> Unavailable:
    """Return what a failing SQLite looks like to everyone above."""
    if isinstance(error, Unavailable):
        return Unavailable(str(error), retry_after=error.retry_after)
    return Unavailable(f"the session database {path.name} does not answer: {error}")


Answer = tuple[Any, BaseException | None]


def _transact(connection: sqlite3.Connection, works: list[Work[Any]], path: Path) -> list[Answer]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        answers = [_attempt(connection, work, path) for work in works]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return answers


def _attempt(connection: sqlite3.Connection, work: Work[Any], path: Path) -> Answer:
    connection.execute("SAVEPOINT one")
    try:
        result = work(connection)
    except sqlite3.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - handed to whoever asked
        connection.execute("ROLLBACK TO one")
        connection.execute("RELEASE one")
        return None, unavailable(path, error) if isinstance(error, sqlite3.Error) else error
    connection.execute("RELEASE one")
    return result, None


def _answer(future: "Future[Any]", result: object, problem: BaseException | None) -> None:
    # A caller that was cancelled wants no answer; what it asked for is done all the same.
    if not future.set_running_or_notify_cancel():
        return
    if problem is None:
        future.set_result(result)
    else:
        future.set_exception(problem)
