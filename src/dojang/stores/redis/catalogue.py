"""Going through all sessions in a Redis."""

from dojang.session.record import Record
from dojang.stores.catalogue import Page
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.redis.index import UserIndex
from dojang.stores.redis.keys import Keys
from dojang.stores.redis.layout import Layout, glob

__all__ = ["RedisCatalogue"]


class RedisCatalogue:
    """What can be done to all sessions, over their keys and those of their index."""

    def __init__(self, driver: RedisDriver, layout: Layout, index: UserIndex) -> None:
        """Know what the keys look like."""
        self._driver, self._layout = driver, layout
        self._sessions = Keys(driver, layout.pattern, type="string")
        self._users = Keys(driver, glob(index.start) + b"*", type="zset")

    async def scan(self, *, after: str, limit: int, now: int) -> Page:
        keys, cursor = await self._sessions.page(after, limit)
        while cursor and not keys:
            keys, cursor = await self._sessions.page(cursor, limit)
        records = await self._layout.under(keys)
        return Page([record for record in records if record and _is_live(record, now)], cursor)

    async def count(self) -> int:
        return sum([len(keys) async for keys in self._sessions.pages()])

    async def sweep(self, *, now: int, limit: int) -> int:
        gone = 0
        async for keys in self._sessions.pages():
            for record in await self._layout.under(keys):
                if gone >= limit:
                    return gone
                if record and record.expires is not None and record.expires <= now:
                    gone += await self._layout.remove_named(self._layout.name(record)) is not None
        return gone

    async def clear(self) -> int:
        gone = 0
        async for keys in self._sessions.pages():
            gone += await self._layout.clear(keys)
        async for keys in self._users.pages():
            await self._driver.each([("UNLINK", key) for key in keys])
        return gone


def _is_live(record: Record, now: int) -> bool:
    return not record.rotated and (record.expires is None or now < record.expires)
