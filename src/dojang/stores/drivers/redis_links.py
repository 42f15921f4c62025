"""A line to one Redis server, in two colours: for an event loop, and for threads that block."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from dojang.stores.drivers.redis_asks import Answer, Command, Lost

__all__ = ["AsyncLink", "BlockingLink", "Link"]


class _Connection(Protocol):
    """What both colours of redis-py's connections have; here it is the blocking one."""

    def connect(self) -> None: ...
    def can_read(self, timeout: float) -> bool: ...
    def pack_commands(self, commands: Sequence[Command]) -> Sequence[bytes]: ...
    def send_packed_command(self, command: Sequence[bytes], check_health: bool) -> None: ...
    def read_response(self, *, disconnect_on_error: bool) -> Answer: ...
    def disconnect(self) -> None: ...


class Link(Protocol):
    """A line to one server."""

    async def trip(self, commands: Sequence[Command]) -> list[Answer]:
        """Return the answers to `commands`, an error of Redis among them as a value.

        Raises:
            Lost: There was no connection, or it did not answer whole and in time.
        """
        ...

    async def close(self) -> None:
        """Let go of connections; the next trip opens one."""
        ...


class AsyncLink:
    """One connection on one event loop, for one trip at a time.

    A trip that ends early, by an error or because its caller is cancelled, closes the connection:
    what is still to come on it belongs to nobody (CVE-2023-28858).
    """

    def __init__(self, make: Callable[[], Answer], seconds: float) -> None:
        """Open nothing yet.

        Args:
            make: Makes a connection of `redis.asyncio`.
            seconds: The time limit of a trip, a new connection included.
        """
        self._connection = make()
        self._seconds = seconds

    async def trip(self, commands: Sequence[Command]) -> list[Answer]:
        connection, sent, whole = self._connection, False, False
        try:
            async with asyncio.timeout(self._seconds):
                await self._connect()
                sent = True
                packed = connection.pack_commands(commands)
                await connection.send_packed_command(packed, check_health=False)
                answers = [await self._answer() for _ in commands]
            whole = True
        except Exception as error:
            raise _lost(error, self._seconds, sent=sent) from error
        else:
            return answers
        finally:
            if not whole:
                await self.close()

    async def close(self) -> None:
        with suppress(Exception):
            await self._connection.disconnect(nowait=True)

    async def _connect(self) -> None:
        if self._connection.is_connected:
            with suppress(Exception):
                if not await self._connection.can_read():
                    return
            # The other end has left, or said something nobody asked for.
            await self.close()
        await self._connection.connect()

    async def _answer(self) -> Answer:
        from redis.exceptions import ResponseError  # noqa: PLC0415 - there since it was connected

        try:
            return await self._connection.read_response(disconnect_on_error=False)
        except ResponseError as error:
            return error


class BlockingLink:
    """As many connections as threads use at once; nothing here ever suspends."""

    def __init__(self, make: Callable[[], _Connection], seconds: float) -> None:
        """Open nothing yet.

        Args:
            make: Makes a connection of `redis`.
            seconds: The time limit of each answer.
        """
        self._make = make
        self._seconds = seconds
        self._idle: list[_Connection] = []

    async def trip(self, commands: Sequence[Command]) -> list[Answer]:
        connection, sent, whole = self._take(), False, False
        try:
            connection.connect()
            sent = True
            packed = connection.pack_commands(commands)
            connection.send_packed_command(packed, check_health=False)
            answers = [self._answer(connection) for _ in commands]
            whole = True
        except Exception as error:
            raise _lost(error, self._seconds, sent=sent) from error
        else:
            self._idle.append(connection)
            return answers
        finally:
            if not whole:
                _leave(connection)

    async def close(self) -> None:
        while self._idle:
            _leave(self._idle.pop())

    def _take(self) -> _Connection:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            with suppress(Exception):
                if not connection.can_read(timeout=0):
                    return connection
            # The other end has left, or said something nobody asked for.
            _leave(connection)
        return self._make()

    @staticmethod
    def _answer(connection: _Connection) -> Answer:
        from redis.exceptions import ResponseError  # noqa: PLC0415 - there since it was connected

        try:
            return connection.read_response(disconnect_on_error=False)
        except ResponseError as error:
            return error


def _leave(connection: _Connection) -> None:
    with suppress(Exception):
        connection.disconnect()


def _lost(error: Exception, seconds: float, *, sent: bool) -> Lost:
    # redis-py has a TimeoutError of its own.
    if type(error).__name__ == "TimeoutError":
        return Lost(f"no answer within {seconds:g} s", sent=sent, late=True)
    return Lost(str(error)[:200] or type(error).__name__, sent=sent)
