"""Going through all sessions in a Redis."""

from dojang.session.record import Record
from dojang.stores.catalogue import Page, Unreadable
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
        found = await self._layout.under(keys)
        records = [one for one in found if isinstance(one, Record)]
        refused = [one for one in found if isinstance(one, Unreadable)]
        return Page([one for one in records if _is_live(one, now)], cursor, refused)

    async def count(self) -> int:
        return sum([len(keys) async for keys in self._sessions.pages()])

    async def sweep(self, *, now: int, limit: int) -> int:
        gone = 0
        async for keys in self._sessions.pages():
            for record in await self._layout.under(keys):
                if gone >= limit:
                    return gone
                if isinstance(record, Record) and _is_over(record, now):
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
    return not record.rotated and not _is_over(record, now)


def _is_over(record: Record, now: int) -> bool:
    return record.expires is not None and record.expires <= now
