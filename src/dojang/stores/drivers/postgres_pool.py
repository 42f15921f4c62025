"""A few connections for many callers, of one event loop or of all threads that have none."""

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from dojang.stores.drivers.postgres_connections import (
    Asynchronous,
    Blocking,
    Connection,
    Rows,
    Statement,
    TookTooLong,
    is_quiet,
)
from dojang.stores.drivers.postgres_texts import adapt

__all__ = ["AsynchronousSlots", "BlockingSlots", "Pool"]

#: Makes a new connection ready for use.
Greet = Callable[[Connection], Awaitable[None]]


class Slots(Protocol):
    """How many may be connected at once, and how one waits for that and connects."""

    async def enter(self, deadline: float) -> None:
        """Wait for a slot until `deadline`, in seconds of the monotonic clock.

        Raises:
            TookTooLong: None came free.
        """
        ...

    def leave(self) -> None:
        """Give the slot back."""
        ...

    async def connect(self, conninfo: str) -> Connection:
        """Return a new connection.

        Raises:
            psycopg.OperationalError: There is nobody.
        """
        ...


class Pool:
    """Connections that are opened when they are needed and handed to one caller at a time.

    It has no thread and no task of its own, which a fork or the end of a loop would lose, and
    whoever needs a new connection opens it, and so learns at once that there is nobody.
    """

    def __init__(self, conninfo: str, slots: Slots, greet: Greet) -> None:
        """Open nothing yet.

        Args:
            conninfo: As libpq takes it.
            slots: Of the colour wanted.
            greet: Called with every new connection.
        """
        self._conninfo, self._slots, self._greet = conninfo, slots, greet
        self._idle: deque[Connection] = deque()
        self._closed = False
        self._pid = os.getpid()

    @property
    def idle(self) -> int:
        """How many connections wait for somebody."""
        return len(self._idle)

    async def trip(self, statements: Sequence[Statement], deadline: float) -> Sequence[Rows]:
        """Return what `statements` give; see `Connection.trip`.

        Raises:
            psycopg.Error: They could not be run, or not in time.
        """
        await self._slots.enter(deadline)
        try:
            connection = await self._take(deadline)
            try:
                return await connection.trip(statements)
            finally:
                self._give_back(connection)
        finally:
            self._slots.leave()

    def close(self) -> None:
        """Close what is idle now, and the others when they are given back."""
        self._closed = True
        while self._idle:
            connection = self._idle.pop()  # named, or it would be gone before it is closed
            connection.pgconn.finish()

    def __del__(self) -> None:
        if self._pid == os.getpid():
            self.close()

    async def _take(self, deadline: float) -> Connection:
        while self._idle:
            # The one used last, so that in quiet times the others are left to be closed.
            connection = self._idle.pop()
            if is_quiet(connection):
                connection.deadline = deadline
                return connection
            connection.pgconn.finish()
        connection = await self._slots.connect(self._conninfo)
        connection.deadline = deadline
        try:
            await self._greet(connection)
        except BaseException:
            connection.pgconn.finish()
            raise
        return connection

    def _give_back(self, connection: Connection) -> None:
        # One that was interrupted, or is in the midst of something, would answer somebody else.
        if self._closed or not is_quiet(connection):
            connection.pgconn.finish()
        else:
            self._idle.append(connection)


class BlockingSlots:
    """For threads without an event loop; its coroutines never suspend."""

    def __init__(self, size: int) -> None:
        """Let in `size` at once."""
        self._free = threading.Semaphore(size)

    async def enter(self, deadline: float) -> None:
        """Wait for a slot; see `Slots.enter`."""
        if not self._free.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise TookTooLong("all connections are in use")

    def leave(self) -> None:
        """Give the slot back."""
        self._free.release()

    async def connect(self, conninfo: str) -> Connection:
        """Return a new connection; see `Slots.connect`."""
        connection = Blocking.connect(conninfo, autocommit=True)
        adapt(connection.adapters)
        return connection


class AsynchronousSlots:
    """For the tasks of one event loop."""

    def __init__(self, size: int) -> None:
        """Let in `size` at once."""
        self._free = asyncio.Semaphore(size)

    async def enter(self, deadline: float) -> None:
        """Wait for a slot; see `Slots.enter`."""
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                await self._free.acquire()
        except TimeoutError:
            raise TookTooLong("all connections are in use") from None

    def leave(self) -> None:
        """Give the slot back."""
        self._free.release()

    async def connect(self, conninfo: str) -> Connection:
        """Return a new connection; see `Slots.connect`."""
        connection = await Asynchronous.connect(conninfo, autocommit=True)
        adapt(connection.adapters)
        return connection
