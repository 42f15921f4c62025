"""Sessions that Flask-Session or starsessions keep in Redis."""

from collections.abc import Callable
from dataclasses import replace

from dojang.errors import Malformed, NotJson
from dojang.session.handle import handle_of
from dojang.session.record import Record
from dojang.stores.catalogue import Page, Unreadable
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.drivers.redis_asks import Ask
from dojang.stores.drivers.redis_places import Place
from dojang.stores.drivers.waiting import running_loop
from dojang.stores.foreign.source import a_record
from dojang.stores.redis.keys import Keys
from dojang.stores.redis.layout import glob
from dojang.wire.migration import flask_session, starsessions

__all__ = ["RedisSource", "of_flask_session", "of_starsessions"]

#: Makes a record of what stands under a key: id, value, end and now.
_Read = Callable[[str, bytes, int | None, int], Record]


class RedisSource:
    """A key for each session: a prefix and its id."""

    by_id = True

    def __init__(self, place: Place, prefix: str, read: _Read) -> None:
        """Open nothing yet.

        Args:
            place: Which Redis.
            prefix: Of the keys.
            read: Makes a record of a value.

        Raises:
            MissingExtra: redis-py is not installed.
        """
        self._driver, self._read = RedisDriver(place), read
        self._prefix = prefix.encode()
        self._keys = Keys(self._driver, glob(self._prefix) + b"*", type="string")

    @property
    def suspends(self) -> bool:
        return running_loop() is not None

    async def look_up(self, id: str, *, now: int) -> Record | None:
        found = await self._at(self._prefix + id.encode(), now)
        if isinstance(found, Unreadable):
            raise Malformed(found.why)
        return found

    async def scan(self, *, after: str = "", limit: int = 500, now: int) -> Page:
        keys, cursor = await self._keys.page(after, limit)
        found = await self._driver.together([self._at(key, now) for key in keys])
        records = [one for one in found if isinstance(one, Record)]
        return Page(records, cursor, [one for one in found if isinstance(one, Unreadable)])

    async def count(self, *, now: int) -> int:
        del now
        return sum([len(keys) async for keys in self._keys.pages()])

    def close(self) -> None:
        self._driver.close()

    async def _at(self, key: bytes, now: int) -> Record | Unreadable | None:
        """Return the record, or why there is none; None for what is gone."""
        value, left = await self._driver.run(Ask((("GET", key), ("PTTL", key)), key, safe=True))
        if value is None:
            return None
        id = key[len(self._prefix) :]
        try:
            return self._read(id.decode(), value, None if left < 0 else now + left, now)
        except (Malformed, NotJson, UnicodeDecodeError) as error:
            return Unreadable(handle_of(id.decode(errors="backslashreplace")), str(error))


def of_flask_session(id: str, value: bytes, expires: int | None, now: int) -> Record:
    """Return the record of what Flask-Session stored.

    Raises:
        Malformed: It is none, or a pickle.
        NotJson: Its data are not JSON.
    """
    data = flask_session.read(value)
    lasting = data.pop("_permanent", False) is True
    return replace(a_record(id, data, expires=expires, now=now), remember=lasting)


def of_starsessions(id: str, value: bytes, expires: int | None, now: int) -> Record:
    """Return the record of what starsessions stored.

    Raises:
        Malformed: It is none.
        NotJson: Its data are not JSON.
    """
    stored = starsessions.read(value)
    return replace(
        a_record(id, stored.data, expires=expires, now=now),
        created=now if stored.created is None else stored.created,
        seen=now if stored.seen is None else stored.seen,
        remember=stored.lasting,
    )
