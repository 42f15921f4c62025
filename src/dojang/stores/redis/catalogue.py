"""Going through all keys of a Redis, server by server."""

from collections.abc import AsyncIterator, Sequence

from dojang.session.record import Record
from dojang.stores.catalogue import Page
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.redis.index import UserIndex
from dojang.stores.redis.layout import Layout, glob

__all__ = ["RedisCatalogue"]

#: Keys that Redis looks at in one step, which is about a millisecond for it.
_STEP = 5_000


class RedisCatalogue:
    """`SCAN` of every primary, one after another.

    A key that is there all the while is met at least once, unless its server fails over meanwhile:
    then the new one is gone through from its beginning.
    """

    def __init__(self, driver: RedisDriver, layout: Layout, index: UserIndex) -> None:
        """Know what the keys look like."""
        self._driver, self._layout, self._index = driver, layout, index

    async def scan(self, *, after: str, limit: int, now: int) -> Page:
        keys, cursor = await self._page(self._layout.pattern, after, limit)
        while cursor and not keys:
            keys, cursor = await self._page(self._layout.pattern, cursor, limit)
        records = await self._layout.under(keys)
        return Page([record for record in records if record and _is_live(record, now)], cursor)

    async def count(self) -> int:
        return sum([len(keys) async for keys in self._pages(self._layout.pattern)])

    async def sweep(self, *, now: int, limit: int) -> int:
        gone = 0
        async for keys in self._pages(self._layout.pattern):
            for record in await self._layout.under(keys):
                if gone >= limit:
                    return gone
                if record and record.expires is not None and record.expires <= now:
                    gone += await self._layout.remove_named(self._layout.name(record)) is not None
        return gone

    async def clear(self) -> int:
        gone = 0
        async for keys in self._pages(self._layout.pattern):
            gone += await self._layout.clear(keys)
        async for keys in self._pages(glob(self._index.start) + b"*"):
            await self._driver.each([("UNLINK", key) for key in keys])
        return gone

    async def _pages(self, pattern: bytes) -> AsyncIterator[Sequence[bytes]]:
        cursor = ""
        while True:
            keys, cursor = await self._page(pattern, cursor, _STEP)
            yield keys
            if not cursor:
                return

    async def _page(self, pattern: bytes, after: str, step: int) -> tuple[Sequence[bytes], str]:
        """Return keys and where to go on: which server in their order, where in it, and its name.

        A server's own cursor means nothing to the one that takes its place.
        """
        servers = await self._driver.servers()
        number, cursor, name = (after.split(" ", 2) if after else ["0", "0", ""])[:3]
        at = min(int(number), len(servers) - 1)
        here = "{}:{}".format(*servers[at])
        come_so_far = int(cursor) if name == here else 0
        command = ("SCAN", come_so_far, "MATCH", pattern, "COUNT", step)
        following, keys = await self._driver.run_at(servers[at], command)
        unique = list(dict.fromkeys(keys))
        if int(following):
            return unique, f"{at} {int(following)} {here}"
        if at + 1 < len(servers):
            return unique, f"{at + 1} 0 -"
        return unique, ""


def _is_live(record: Record, now: int) -> bool:
    return not record.rotated and (record.expires is None or now < record.expires)
