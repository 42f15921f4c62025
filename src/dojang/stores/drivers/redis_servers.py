"""Finding the server that keeps a key, and finding it again when that has moved."""

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from dojang.errors import Unavailable
from dojang.stores.drivers.redis_asks import Address, Answer, Command, Lost
from dojang.stores.drivers.redis_places import Place

__all__ = ["Alone", "Cluster", "Query", "Sentinels", "Servers"]

#: Asks one address, on a connection of its own; True for a sentinel.
Query = Callable[[Address, Command, bool], Awaitable[Any]]

#: Held while somebody looks, so that the others need not.
Turn = AbstractAsyncContextManager[Any]

#: Seconds between two looks at where the servers are, however many callers are in trouble.
_LOOK_EVERY = 0.1

_SLOTS = 16_384


class Servers(Protocol):
    """Where keys are, as far as is known."""

    async def of(self, key: bytes | None) -> Address:
        """Return the server that keeps `key`, or any for None.

        Raises:
            Unavailable: Nobody says.
        """
        ...

    async def look(self) -> None:
        """Find out anew where the servers are, unless that was done a moment ago."""
        ...

    async def all(self) -> Sequence[Address]:
        """Return the primaries, in the order of the slots they keep.

        Raises:
            Unavailable: Nobody says.
        """
        ...


class Alone:
    """One server, that is always where it was."""

    def __init__(self, place: Place) -> None:
        """Take its address."""
        self._address = place.addresses[0]

    async def of(self, key: bytes | None) -> Address:
        del key
        return self._address

    async def look(self) -> None:
        """Do nothing: a name that points elsewhere is resolved with every new connection."""

    async def all(self) -> Sequence[Address]:
        return [self._address]


class _Looking:
    """Looks one at a time, and not too often."""

    def __init__(self, place: Place, query: Query, turn: Turn) -> None:
        self._place, self._query, self._turn = place, query, turn
        self._looked = 0.0

    async def look(self) -> None:
        before = time.monotonic()
        async with self._turn:
            if self._looked <= before and time.monotonic() - self._looked >= _LOOK_EVERY:
                try:
                    await self._find()
                finally:
                    self._looked = time.monotonic()

    async def _find(self) -> None:
        raise NotImplementedError


class Sentinels(_Looking):
    """The primary that sentinels name, and that says so itself."""

    def __init__(self, place: Place, query: Query, turn: Turn) -> None:
        """Know nothing yet."""
        super().__init__(place, query, turn)
        self._primary: Address | None = None

    async def of(self, key: bytes | None) -> Address:
        del key
        if self._primary is None:
            await self.look()
        if self._primary is None:
            raise Unavailable(f"no sentinel names a primary {self._place.master} that answers")
        return self._primary

    async def all(self) -> Sequence[Address]:
        return [await self.of(None)]

    async def _find(self) -> None:
        wanted = ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._place.master)
        for sentinel in self._place.addresses:
            try:
                named = await self._query(sentinel, wanted, True)
                if not named:
                    continue
                address = named[0].decode(), int(named[1])
                role = await self._query(address, ("ROLE",), False)
            except (Lost, ValueError, TypeError, AttributeError, IndexError):
                continue
            if role[0] == b"master":
                self._primary = address
                return


class Cluster(_Looking):
    """The primaries of a cluster, each with its slots."""

    def __init__(self, place: Place, query: Query, turn: Turn) -> None:
        """Know some nodes, and nothing of the slots yet."""
        super().__init__(place, query, turn)
        self._nodes: list[Address] = list(place.addresses)
        self._slots: list[Address | None] = [None] * _SLOTS

    async def of(self, key: bytes | None) -> Address:
        slot = 0 if key is None else _slot(key)
        if self._slots[slot] is None:
            await self.look()
        address = self._slots[slot]
        if address is None:
            raise Unavailable("no node of the Redis cluster says who keeps the slot of this key")
        return address

    async def all(self) -> Sequence[Address]:
        await self.of(None)
        return list(dict.fromkeys(address for address in self._slots if address is not None))

    def moved(self, slot: int, address: Address) -> None:
        """Note what a server said about a slot that it does not keep."""
        self._slots[slot] = address

    async def _find(self) -> None:
        for node in [*self._nodes, *self._place.addresses]:
            try:
                ranges = await self._query(node, ("CLUSTER", "SLOTS"), False)
                self._slots, nodes = _read(ranges, asked=node)
            except (Lost, ValueError, TypeError, AttributeError, IndexError):
                continue
            # Who answered is asked first the next time.
            self._nodes = [node, *(other for other in nodes if other != node)]
            return


def _slot(key: bytes) -> int:
    from redis.crc import key_slot  # noqa: PLC0415 - there since it was connected

    return key_slot(key)


def _read(ranges: Answer, *, asked: Address) -> tuple[list[Address | None], list[Address]]:
    slots: list[Address | None] = [None] * _SLOTS
    nodes: dict[Address, None] = {}
    for first, last, *keepers in ranges:
        # A node that does not know its own name leaves it out: it is the one that was asked.
        known = [((host or b"").decode() or asked[0], int(port)) for host, port, *_ in keepers]
        slots[first : last + 1] = [known[0]] * (last + 1 - first)
        nodes.update(dict.fromkeys(known))
    if not nodes:
        raise ValueError("no slots")
    return slots, list(nodes)
