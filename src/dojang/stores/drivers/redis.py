"""Redis: one text over two colours, whatever becomes of the servers meanwhile."""

import asyncio
import logging
import os
import re
import weakref
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar, cast

from dojang import blocking
from dojang.errors import Unavailable
from dojang.stores.drivers.breaker import Breaker
from dojang.stores.drivers.redis_asks import (
    Address,
    Answer,
    Ask,
    Command,
    Lost,
    Unreplicated,
    in_full,
)
from dojang.stores.drivers.redis_lines import Lines
from dojang.stores.drivers.redis_places import Place
from dojang.stores.drivers.redis_servers import Cluster
from dojang.stores.drivers.waiting import loop_to_wait_on, running_loop

__all__ = ["RedisDriver"]

T = TypeVar("T")

_LOG = logging.getLogger("dojang.stores.redis")

#: Times one ask is sent on to where a key is said to be.
_TRIES = 5


class RedisDriver:
    """One Redis, for all threads and event loops of this process, and after a fork.

    Under a running event loop nothing blocks, and callers share round trips; elsewhere nothing
    suspends. Whatever goes wrong is `Unavailable`.
    """

    _lines: dict[asyncio.AbstractEventLoop | None, Lines]
    _breakers: dict[Address, Breaker]

    def __init__(self, place: Place) -> None:
        """Open nothing yet.

        Args:
            place: Which Redis.

        Raises:
            MissingExtra: redis-py is not installed.
        """
        place.connection(place.addresses[0], blocking=True)
        self.place = place
        self._begin_anew()
        _DRIVERS.add(self)

    async def command(self, *command: bytes | str | int, safe: bool = False) -> Answer:
        """Return what Redis answers to a command whose first argument is its key.

        Args:
            command: Its name and arguments.
            safe: Whether running it twice does no harm.

        Raises:
            Unavailable: Redis does not answer, or refuses.
        """
        key = cast("bytes", command[1])
        return (await self.run(Ask((command,), key, safe)))[0]

    async def script(self, call: Command, *, safe: bool = False) -> Answer:
        """Return what a script gives; its keys are in one slot.

        Raises:
            Unavailable: Redis does not answer, or refuses.
        """
        key = cast("bytes", call[3])
        return (await self.run(Ask((call,), key, safe)))[0]

    async def each(self, commands: Sequence[Command]) -> Sequence[Answer]:
        """Return what Redis answers to commands that have a key each, wherever that is.

        Raises:
            Unavailable: Redis does not answer one of them, or refuses.
        """
        asks = [Ask((command,), cast("bytes", command[1]), safe=True) for command in commands]
        return [answer for (answer,) in await self.together([self.run(ask) for ask in asks])]

    async def together(self, several: Sequence[Coroutine[Any, Any, T]]) -> Sequence[T]:
        """Return what all of them give: at once on an event loop, one after another elsewhere."""
        try:
            if loop_to_wait_on() is None:
                return [await one for one in several]
        except BaseException:
            for one in several:  # those after one that failed have not begun
                one.close()
            raise
        return await asyncio.gather(*several)

    async def run(self, ask: Ask) -> Sequence[Answer]:
        """Return the answers to the commands of `ask`.

        Raises:
            Unavailable: Redis does not answer, or refuses one of them.
        """
        lines = await self._here()
        server = await lines.servers.of(ask.key)
        for left in reversed(range(_TRIES)):
            try:
                answers = await lines.line(server, reads=ask.reads).run(ask)
            except (Lost, Unavailable) as trouble:
                ask, server = await self._after_trouble(trouble, ask, server, lines)
                continue
            refused = next((answer for answer in answers if isinstance(answer, Exception)), None)
            if refused is None:
                if not self._checked:
                    await self._check(lines, server)
                return answers
            if not left:
                raise self._unavailable(refused) from refused
            ask, server = await self._after_refusal(refused, ask, server, lines)
        raise Unavailable(f"{self.place.name} keeps moving")

    async def run_at(self, address: Address, command: Command) -> Answer:
        """Return what one server answers to a command that reads.

        Raises:
            Unavailable: It does not answer, or refuses.
        """
        lines = await self._here()
        try:
            (answer,) = await lines.line(address, reads=True).run(Ask((command,), None, safe=True))
        except Lost as trouble:
            await lines.servers.look()
            raise self._unavailable(trouble) from trouble
        if isinstance(answer, Exception):
            raise self._unavailable(answer) from answer
        return answer

    async def servers(self) -> Sequence[Address]:
        """Return the primaries.

        Raises:
            Unavailable: Nobody says.
        """
        return await (await self._here()).servers.all()

    def close(self) -> None:
        """Let go of all connections; using the driver again opens them again."""
        lines, self._lines = list(self._lines.values()), {}
        for some in lines:
            _close(some)

    def after_fork(self) -> None:
        """Begin anew in the child of a fork, and leave alone what is the parent's."""
        _OF_THE_PARENT.append(self._lines)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._lines = {}
        self._breakers = {}
        self._checked = False

    async def _here(self) -> Lines:
        loop = loop_to_wait_on()
        lines = self._lines.get(loop)
        if lines is not None:
            return lines
        for other in [other for other in self._lines if other is not None and other.is_closed()]:
            self._lines.pop(other, None)
        lines = self._lines.setdefault(loop, Lines(self.place, self._breakers, loop))
        await lines.open()
        return lines

    async def _after_trouble(
        self, trouble: Lost | Unavailable, ask: Ask, server: Address, lines: Lines
    ) -> tuple[Ask, Address]:
        """Return what to try next, and where.

        What was not sent goes to another server, if that is where the key is by now; what only
        reads, and was sent, is sent once more.
        """
        await lines.servers.look()
        now_at = await lines.servers.of(ask.key)
        unsent = isinstance(trouble, Unavailable) or not trouble.sent
        if unsent and now_at != server:
            return replace(ask, asking=False), now_at
        if isinstance(trouble, Lost) and trouble.sent and ask.safe and not trouble.late:
            return replace(ask, safe=False, asking=False), now_at
        raise self._unavailable(trouble) from trouble

    async def _after_refusal(
        self, refused: Exception, ask: Ask, server: Address, lines: Lines
    ) -> tuple[Ask, Address]:
        """Return what to try next, and where, after a server has run nothing of `ask`."""
        from redis import exceptions as redis  # noqa: PLC0415 - there since it was connected

        match refused:
            case redis.NoScriptError():
                return replace(ask, commands=tuple(map(in_full, ask.commands))), server
            case redis.MovedError() if isinstance(lines.servers, Cluster):
                slot, address = _told(refused, server)
                lines.servers.moved(slot, address)
                await lines.servers.look()
                return replace(ask, asking=False), address
            case redis.AskError():
                return replace(ask, asking=True), _told(refused, server)[1]
            case redis.ReadOnlyError():
                # No primary any more: look, and connect anew, as its name may point elsewhere.
                await lines.line(server, reads=ask.reads).link.close()
                await lines.servers.look()
                return ask, await lines.servers.of(ask.key)
            case redis.ClusterDownError() | redis.TryAgainError():
                await lines.servers.look()
            case _:
                pass
        raise self._unavailable(refused) from refused

    async def _check(self, lines: Lines, server: Address) -> None:
        """Say it once, if this Redis throws sessions away when its memory is full."""
        self._checked = True
        with suppress(Lost):
            memory = await lines.query(server, ("INFO", "memory"))
            policy = re.search(rb"maxmemory_policy:([a-z-]+)", memory)
            if policy is not None and policy[1] != b"noeviction":
                _LOG.warning(
                    "%s has maxmemory-policy %s: when its memory is full it ends sessions nobody "
                    "ended; set it to noeviction",
                    self.place.name,
                    policy[1].decode(),
                )

    def _unavailable(self, trouble: Exception) -> Unavailable:
        if isinstance(trouble, Unavailable):
            return trouble
        verb = "does not answer" if isinstance(trouble, Lost) else "refuses"
        if isinstance(trouble, Unreplicated):
            verb = "does not pass on what it is told"
        return Unavailable(f"{self.place.name} {verb}: {str(trouble)[:200]}")


def _told(elsewhere: Exception, server: Address) -> tuple[int, Address]:
    """Return the slot and the address that `server` named; without a host it means its own."""
    slot, where = str(elsewhere).split()
    host, _, port = where.rpartition(":")
    return int(slot), (host or server[0], int(port))


def _close(lines: Lines) -> None:
    """Close connections on the loop that they are of, which may be running here, elsewhere or not.

    A loop that is closed has closed them itself.
    """
    loop = lines.loop
    if loop is None:
        blocking.run(lines.close())
    elif loop.is_closed():
        return
    elif loop.is_running() or running_loop() is not None:
        loop.call_soon_threadsafe(_keep, loop, lines)
    else:
        loop.run_until_complete(lines.close())


def _keep(loop: asyncio.AbstractEventLoop, lines: Lines) -> None:
    task = loop.create_task(lines.close())
    _CLOSING.add(task)
    task.add_done_callback(_CLOSING.discard)


_CLOSING: set[asyncio.Task[None]] = set()
_DRIVERS: "weakref.WeakSet[RedisDriver]" = weakref.WeakSet()
_OF_THE_PARENT: list[object] = []


def _after_fork() -> None:
    for driver in list(_DRIVERS):
        driver.after_fork()


os.register_at_fork(after_in_child=_after_fork)
