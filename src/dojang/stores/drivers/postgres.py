"""PostgreSQL: one round trip for each ask, in the colour of whoever asks."""

import asyncio
import logging
import os
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Sequence
from typing import LiteralString

from dojang.errors import Conflict, Misuse, Unavailable
from dojang.extras import extra
from dojang.stores.drivers import postgres_conninfo
from dojang.stores.drivers.breaker import Breaker
from dojang.stores.drivers.postgres_connections import Connection, Rows, Statement, TookTooLong
from dojang.stores.drivers.postgres_pool import AsynchronousSlots, BlockingSlots, Pool
from dojang.stores.drivers.waiting import loop_to_wait_on

with extra("postgres"):
    from psycopg import Error, InterfaceError, OperationalError, errors

__all__ = ["PostgresDriver", "Prepare"]

_log = logging.getLogger("dojang.stores")

#: Brings the schema up to date, over a connection of its own.
Prepare = Callable[[Connection], Awaitable[None]]

#: Times that a statement is run which the server undid because of another one (a deadlock).
_TRIES = 5

#: Classes of SQLSTATE that say that the server is out of reach, or has no means to answer anybody:
#: connection, authorization, database, resources, an operator's stop, its disk.
_OF_THE_SERVER = ("08", "28", "3D", "53", "57P", "58")

#: Every statement sees what was committed before it, whatever the database's default is: a limit
#: is counted after its lock was granted. And the server stops when nobody waits any more.
_GREETING: LiteralString = """
    SELECT set_config('default_transaction_isolation', 'read committed', false),
           set_config('statement_timeout', %(timeout)s, false),
           current_setting('server_encoding'),
           current_setting('synchronous_commit'),
           current_setting('fsync')
"""


class PostgresDriver:
    """One database, for all threads and event loops of this process, and after a fork."""

    _lock: threading.Lock
    _breaker: Breaker
    _pools: dict[asyncio.AbstractEventLoop | None, Pool]
    _under_way: set["asyncio.Task[Rows]"]

    def __init__(
        self, conninfo: str, prepare: Prepare, *, pool_size: int = 10, timeout: float = 5.0
    ) -> None:
        """Connect to nothing yet.

        Args:
            conninfo: A URL, or `name=value` pairs, as libpq takes them.
            prepare: Brings the schema up to date; run once per process before anything else.
            pool_size: Connections of each event loop, and of all threads without one together.
            timeout: Seconds that any answer may take.

        Raises:
            Misuse: `conninfo` cannot be read, or one of the numbers is not above 0.
        """
        if pool_size < 1 or timeout <= 0:
            raise Misuse(
                f"a pool of {pool_size} connections and a time limit of {timeout} s answer nobody; "
                "write pool_size=1 or more, and a timeout above 0"
            )
        self._conninfo = postgres_conninfo.completed(conninfo, timeout)
        self._name = postgres_conninfo.server(conninfo)
        self._prepare, self._size, self._timeout = prepare, pool_size, timeout
        self._prepared = False
        self._begin_anew()
        _DRIVERS.add(self)

    async def read(self, statement: Statement) -> Rows:
        """Return the rows of a query; when the connection breaks it is asked once more.

        Raises:
            Unavailable: The server does not answer.
        """
        return await self._ask([statement], repeatable=True)

    async def write(self, *statements: Statement) -> Rows:
        """Return the rows of the last of `statements`, once all of them are committed together.

        Raises:
            Conflict: A key is taken.
            Unavailable: The server does not answer; what became of the write is then not known.
        """
        return await self._ask(statements, repeatable=False)

    def close(self) -> None:
        """Close all connections, those in use when they are given back."""
        with self._lock:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def after_fork(self) -> None:
        """Begin anew in the child of a fork, and leave alone what is the parent's."""
        # Kept: a connection that the child let go of would be closed.
        _OF_THE_PARENT.append(self._pools)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._breaker = Breaker(self._name)
        self._pools = {}
        self._under_way = set()

    async def _ask(self, statements: Sequence[Statement], *, repeatable: bool) -> Rows:
        loop = loop_to_wait_on()
        if loop is None:
            return await self._answer(None, statements, repeatable=repeatable)
        # A task of its own goes on to the end when the caller is cancelled, so that the connection
        # is given back with nothing left to read.
        task = loop.create_task(self._answer(loop, statements, repeatable=repeatable))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _answer(
        self,
        loop: asyncio.AbstractEventLoop | None,
        statements: Sequence[Statement],
        *,
        repeatable: bool,
    ) -> Rows:
        self._breaker.check()
        try:
            rows = await self._tried(loop, statements, repeatable=repeatable)
        except errors.UniqueViolation:
            self._breaker.succeeded()  # a refusal is an answer
            raise Conflict("the id is taken") from None
        except Error as error:
            if _is_down(error):
                self._breaker.failed()
                raise self._unavailable("does not answer", error) from error
            self._breaker.succeeded()
            if isinstance(error, errors.ReadOnlySqlTransaction):
                self.close()  # what was the primary is none any more: look for it again
            raise self._unavailable("refuses", error) from error
        self._breaker.succeeded()
        return rows

    async def _tried(
        self,
        loop: asyncio.AbstractEventLoop | None,
        statements: Sequence[Statement],
        *,
        repeatable: bool,
    ) -> Rows:
        deadline = time.monotonic() + self._timeout
        tries = 0
        while True:
            tries += 1
            try:
                return (await self._pool(loop).trip(statements, deadline))[-1]
            except (errors.DeadlockDetected, errors.SerializationFailure):
                if tries == _TRIES:
                    raise
            except OperationalError as error:
                over = isinstance(error, TookTooLong) or time.monotonic() >= deadline
                if over or tries > 1 or not repeatable:
                    raise

    def _pool(self, loop: asyncio.AbstractEventLoop | None) -> Pool:
        pool = self._pools.get(loop)
        if pool is None:
            with self._lock:
                self._forget_closed_loops()
                slots = BlockingSlots(self._size) if loop is None else AsynchronousSlots(self._size)
                pool = self._pools.setdefault(loop, Pool(self._conninfo, slots, self._greet))
        return pool

    def _forget_closed_loops(self) -> None:
        for loop in [loop for loop in self._pools if loop is not None and loop.is_closed()]:
            self._pools.pop(loop).close()

    async def _greet(self, connection: Connection) -> None:
        timeout = str(round(self._timeout * 1000))
        ((row,),) = await connection.trip([(_GREETING, {"timeout": timeout})])
        if not self._prepared:
            self._judge(*row[2:])
            await self._prepare(connection)
            self._prepared = True

    def _judge(self, encoding: str, synchronous_commit: str, fsync: str) -> None:
        if encoding != "UTF8":
            raise Unavailable(
                f"the database is encoded in {encoding}; make one with ENCODING 'UTF8'"
            )
        for name, value in (("synchronous_commit", synchronous_commit), ("fsync", fsync)):
            if value == "off":
                _log.warning(
                    "%s has %s=off: a crash loses sessions that it acknowledged", self._name, name
                )

    def _unavailable(self, what: str, error: Error) -> Unavailable:
        # The first line alone: what follows in an error may be values.
        reason = (error.diag.message_primary or str(error)).partition("\n")[0]
        return Unavailable(f"{self._name} {what}: {reason}")


def _is_down(error: Error) -> bool:
    """Return whether `error` says something of the server, and not of one statement alone."""
    if error.sqlstate is None:
        return isinstance(error, OperationalError | InterfaceError)
    return error.sqlstate.startswith(_OF_THE_SERVER)


_DRIVERS: "weakref.WeakSet[PostgresDriver]" = weakref.WeakSet()
_OF_THE_PARENT: list[object] = []


def _after_fork() -> None:
    for driver in list(_DRIVERS):
        driver.after_fork()


os.register_at_fork(after_in_child=_after_fork)
