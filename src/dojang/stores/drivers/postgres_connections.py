"""Connections to PostgreSQL in both colours, which answer in time or are given up."""

import select
import time
from collections.abc import Generator, Mapping, Sequence
from typing import Any, LiteralString, Protocol, TypeVar

from dojang.extras import extra

with extra("postgres"):
    import psycopg
    from psycopg import waiting
    from psycopg.abc import PQGen
    from psycopg.pq import TransactionStatus
    from psycopg.waiting import Ready, Wait

__all__ = ["Asynchronous", "Blocking", "Connection", "Rows", "Statement", "TookTooLong"]

T = TypeVar("T")

#: What one statement gave.
Rows = Sequence[tuple[Any, ...]]

#: SQL with `%(name)s` where the values go, and those; None for a text of several statements.
Statement = tuple[LiteralString, Mapping[str, object] | None]


#: Seconds by which a wait may end before its time, being counted in whole milliseconds.
_EARLY = 0.01


class TookTooLong(psycopg.OperationalError):
    """The server did not answer in time."""


class Connection(Protocol):
    """One connection, whatever its colour.

    Attributes:
        deadline: When waiting ends, in seconds of the monotonic clock.
    """

    deadline: float

    @property
    def pgconn(self) -> psycopg.pq.abc.PGconn:
        """The connection as libpq has it."""
        ...

    async def trip(self, statements: Sequence[Statement]) -> Sequence[Rows]:
        """Send all `statements` at once and return what each gave.

        Several are one transaction, which ends with the last.
        """
        ...


class Blocking(psycopg.Connection[tuple[Any, ...]]):
    """One whose coroutines never suspend."""

    deadline = 0.0

    def wait(self, gen: PQGen[T], *_: object, **__: object) -> T:
        """Drive psycopg until the deadline, whatever it would wait for itself."""
        left = _left(self.deadline)
        return waiting.wait(_limited(gen, self.deadline), self.pgconn.socket, interval=left)

    async def trip(self, statements: Sequence[Statement]) -> Sequence[Rows]:
        """Send all `statements` at once; see `Connection.trip`."""
        if len(statements) == 1:
            return [_rows(self.execute(*statements[0], prepare=_again(statements[0])))]
        with self.pipeline():
            cursors = [self.execute(*one, prepare=_again(one)) for one in statements]
        return [_rows(cursor) for cursor in cursors]


class Asynchronous(psycopg.AsyncConnection[tuple[Any, ...]]):
    """One that waits for its event loop."""

    deadline = 0.0

    async def wait(self, gen: PQGen[T], *_: object, **__: object) -> T:
        """Drive psycopg until the deadline, whatever it would wait for itself."""
        left = _left(self.deadline)
        limited = _limited(gen, self.deadline)
        return await waiting.wait_async(limited, self.pgconn.socket, interval=left)

    async def trip(self, statements: Sequence[Statement]) -> Sequence[Rows]:
        """Send all `statements` at once; see `Connection.trip`."""
        if len(statements) == 1:
            return [await _arows(await self.execute(*statements[0], prepare=_again(statements[0])))]
        async with self.pipeline():
            cursors = [await self.execute(*one, prepare=_again(one)) for one in statements]
        return [await _arows(cursor) for cursor in cursors]


def is_quiet(connection: Connection) -> bool:
    """Return whether an idle connection is fit for use, as far as can be seen without asking.

    A server that went away has said so, and a socket that has something to read shows it.
    """
    pgconn = connection.pgconn
    if pgconn.transaction_status != TransactionStatus.IDLE:
        return False
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN)
    return not poll.poll(0)


def _limited(gen: PQGen[T], deadline: float) -> Generator[Wait, Ready | int, T]:
    """Go on as `gen` does, and raise when nothing has happened at the deadline."""
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() + _EARLY >= deadline:
                raise TookTooLong("no answer in time")
            wanted = gen.send(ready)
    except StopIteration as done:
        result: T = done.value
        return result


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())


def _again(statement: Statement) -> bool:
    """Return whether it is worth preparing: a text without values runs once."""
    return statement[1] is not None


def _rows(cursor: "psycopg.Cursor[tuple[Any, ...]]") -> Rows:
    return cursor.fetchall() if _has_rows(cursor.pgresult) else ()


async def _arows(cursor: "psycopg.AsyncCursor[tuple[Any, ...]]") -> Rows:
    return await cursor.fetchall() if _has_rows(cursor.pgresult) else ()


def _has_rows(result: "psycopg.pq.abc.PGresult | None") -> bool:
    # cursor.description would say it too, after describing every column.
    return result is not None and result.nfields > 0
