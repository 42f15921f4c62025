"""Documents in Redis."""

from collections.abc import Sequence
from typing import Any

from dojang.stores.documents import Document
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.drivers.redis_asks import Answer, Script
from dojang.stores.redis.layout import SLACK

__all__ = ["RedisDocuments"]

#: The text there has to be, or nothing; now, when it is over or nothing, its owner, and the text.
#: A value is the instant, a space, the length of the owner, a space, the owner, and the text.
_PUT = Script(f"""
local there = redis.call('GET', KEYS[1])
if there then
  local over, length, start = string.match(there, '^(%d*) (%d+) ()')
  if over ~= '' and tonumber(over) <= tonumber(ARGV[3]) then there = nil
  else there = string.sub(there, start + tonumber(length)) end
end
if ARGV[1] == '' then
  if there then return 0 end
elseif there ~= ARGV[2] then return 0 end
local value = ARGV[4] .. ' ' .. #ARGV[5] .. ' ' .. ARGV[5] .. ARGV[6]
if ARGV[4] == '' then redis.call('SET', KEYS[1], value)
else
  local span = math.max(0, tonumber(ARGV[4]) - tonumber(ARGV[3])) + {SLACK}
  redis.call('SET', KEYS[1], value, 'PX', string.format('%.0f', span))
end
return 1
""")

_DISCARD = Script("""
local there = redis.call('GET', KEYS[1])
if not there then return 0 end
local length, start = string.match(there, '^%d* (%d+) ()')
if string.sub(there, start + tonumber(length)) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")

#: Name, when it is over or `inf`, and now. Those that are over go on the way.
_ENTER = Script(f"""
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', ARGV[3] - {SLACK}))
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
if last == 'inf' then redis.call('PERSIST', KEYS[1])
else
  local span = math.max(0, tonumber(last) - tonumber(ARGV[3])) + {SLACK}
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', span))
end
return 1
""")


class RedisDocuments:
    """A key for each, and for each owner a sorted set of names, by expiry, in a slot of its own.

    A name is entered once its document is stored: one that is listed and not there is gone.
    """

    _driver: RedisDriver
    _prefix: bytes

    async def document(self, name: str, *, now: int) -> Document | None:
        there = await self._driver.command("GET", self._named(name), safe=True)
        return _read(name, there, now)

    async def put(self, before: Document | None, after: Document, *, now: int) -> bool:
        known, was = (b"", b"") if before is None else (b"1", before.text)
        over = b"" if after.expires is None else after.expires
        call = _PUT([self._named(after.name)], known, was, now, over, after.owner, after.text)
        done = bool(await self._driver.script(call))
        if done and after.owner and (before is None or before.expires != after.expires):
            score = "inf" if after.expires is None else after.expires
            entering = _ENTER([self._owned(after.owner)], after.name, score, now)
            await self._driver.script(entering, safe=True)
        return done

    async def discard(self, before: Document) -> bool:
        call = _DISCARD([self._named(before.name)], before.text)
        done = bool(await self._driver.script(call))
        if done and before.owner:
            await self._leave(before.owner, [before.name.encode()])
        return done

    async def documents(self, owner: str, *, now: int) -> Sequence[Document]:
        names: Any = await self._driver.command("ZRANGE", self._owned(owner), 0, -1, safe=True)
        keys = [self._prefix + b"d:" + name for name in names]
        there = await self._driver.each([("GET", key) for key in keys])
        found = [_read(name.decode(), one, now) for name, one in zip(names, there, strict=True)]
        gone = [name for name, one in zip(names, there, strict=True) if one is None]
        await self._leave(owner, gone)
        return sorted((one for one in found if one is not None), key=lambda one: one.name)

    async def _leave(self, owner: str, names: Sequence[bytes]) -> None:
        if names:
            await self._driver.command("ZREM", self._owned(owner), *names, safe=True)

    def _named(self, name: str) -> bytes:
        return self._prefix + b"d:" + name.encode()

    def _owned(self, owner: str) -> bytes:
        return self._prefix + b"o:" + owner.encode()


def _read(name: str, there: Answer, now: int) -> Document | None:
    if there is None:
        return None
    over, length, rest = bytes(there).split(b" ", 2)
    expires = int(over) if over else None
    if expires is not None and expires <= now:
        return None
    owner, text = rest[: int(length)], rest[int(length) :]
    return Document(name=name, text=text.decode(), owner=owner.decode(), expires=expires)
