"""The layout of our own: compact records under their handles, which are hashes of ids."""

from collections.abc import Callable, Sequence

from dojang.errors import Conflict, Gone, Malformed
from dojang.session import merge
from dojang.session.record import Record
from dojang.stores.catalogue import Unreadable
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.drivers.redis_asks import Command, Script
from dojang.stores.redis import packed
from dojang.stores.redis.layout import SLACK, Reading, glob, lives_for, readable

__all__ = ["NativeLayout"]

#: Compares the stored bytes, and puts others in their place or nothing.
#: Gives 1 when it did, else what is there.
_SWAP = Script("""
local there = redis.call('GET', KEYS[1])
if there ~= ARGV[1] then return there end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
elseif ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
""")

_TOUCH = Script(f"""
local first, last = {packed.SEEN_AND_EXPIRES[0]}, {packed.SEEN_AND_EXPIRES[1]}
local there = redis.call('GETRANGE', KEYS[1], first, last)
if #there <= last - first then return 0 end
local expires, seen = struct.unpack('>I6I6', there)
local until_, now = tonumber(ARGV[1]), tonumber(ARGV[3])
local later = expires ~= 0 and (until_ == 0 or until_ > expires)
if later then expires = until_ end
seen = math.max(seen, tonumber(ARGV[2]))
redis.call('SETRANGE', KEYS[1], first, struct.pack('>I6I6', expires, seen))
if later and expires == 0 then redis.call('PERSIST', KEYS[1])
elseif later then
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(0, expires - now) + {SLACK}))
end
return 1
""")


class NativeLayout:
    """A key for each record; one more, for a while, for each handle that was replaced."""

    by_id = False

    def __init__(self, driver: RedisDriver, prefix: str) -> None:
        """File records under `prefix`."""
        self._driver = driver
        self._prefix = prefix.encode()

    @property
    def pattern(self) -> bytes:
        return glob(self._prefix + b"s:") + b"*"

    def name(self, record: Record) -> bytes:
        return _bytes(record.handle)

    def listed_until(self, record: Record, *, now: int) -> int | None:
        del now
        return record.expires

    async def find(self, handle: str, id: str) -> Record | None:
        del id
        there = await self._driver.command("GET", self._key(handle), safe=True)
        if there is None:
            there = await self._driver.command("GET", self._retired(handle), safe=True)
        return readable(_read(there, handle))

    async def at(self, names: Sequence[bytes]) -> Sequence[Reading]:
        return await self.under([self._prefix + b"s:" + name for name in names])

    async def under(self, keys: Sequence[bytes]) -> Sequence[Reading]:
        there = await self._driver.each([("GET", key) for key in keys])
        start = len(self._prefix) + len(b"s:")
        return [
            _read(one, key[start:].decode(errors="replace"))
            for key, one in zip(keys, there, strict=True)
        ]

    async def insert(self, record: Record, *, now: int) -> bool:
        key = self._key(record.handle)
        return await self._driver.command(*_set(key, record, now), "NX") is not None

    async def swap(self, before: Record, after: Record, *, now: int) -> None:
        def written(current: Record) -> tuple[bytes, int | bytes]:
            kept = merge.clocks(before, after, current)
            span = lives_for(kept, now)
            return packed.pack(kept), b"" if span is None else span

        await self._swap(before, written)

    async def retire(self, before: Record, *, now: int, until: int | None) -> Record:
        if until is not None:
            # Written first, so that there is no moment at which the old id is simply unknown.
            retired = Record(
                handle=before.handle, created=before.created, expires=until, rotated=True
            )
            await self._driver.command(*_set(self._retired(before.handle), retired, now))
        return await self._swap(before, lambda _: (b"", b""))

    async def touch(self, record: Record, *, now: int) -> bool:
        call = _TOUCH([self._key(record.handle)], record.expires or 0, record.seen, now)
        return bool(await self._driver.script(call, safe=True))

    async def remove(self, handle: str) -> Reading:
        return _read(await self._driver.command("GETDEL", self._key(handle)), handle)

    async def remove_named(self, name: bytes) -> Reading:
        return await self.remove(name.decode(errors="replace"))

    async def clear(self, keys: Sequence[bytes]) -> int:
        return sum(await self._driver.each([("UNLINK", key) for key in keys]))

    async def _swap(
        self, before: Record, written: Callable[[Record], tuple[bytes, int | bytes]]
    ) -> Record:
        """Write, where `before` is, what `written` gives for what is there; return what was."""
        key, expected, current = self._key(before.handle), packed.pack(before), before
        while True:
            there = await self._driver.script(_SWAP([key], expected, *written(current)))
            if there == 1:
                return current
            found = readable(_read(there, before.handle))
            if found is None:
                raise Gone("the session was ended")
            if found.data != before.data:
                raise Conflict("the session was changed", current=found)
            expected, current = there, found  # touched meanwhile, which is no conflict

    def _key(self, handle: str) -> bytes:
        return self._prefix + b"s:" + _bytes(handle)

    def _retired(self, handle: str) -> bytes:
        return self._prefix + b"r:" + _bytes(handle)


def _set(key: bytes, record: Record, now: int) -> Command:
    span = lives_for(record, now)
    command = ("SET", key, packed.pack(record))
    return command if span is None else (*command, "PX", span)


def _read(there: object, handle: str) -> Reading:
    if there is None:
        return None
    try:
        return packed.unpack(there if isinstance(there, bytes) else b"", handle)
    except Malformed:
        return Unreadable(handle, "a session in Redis is not as dojang writes them")


def _bytes(handle: str) -> bytes:
    return handle.encode(errors="surrogatepass")
