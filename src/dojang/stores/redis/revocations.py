"""The log of revocations in Redis."""

from typing import Any, cast

from dojang.session.fence import Revocation
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.drivers.redis_asks import Script
from dojang.stores.revocation_log import Pulled
from dojang.wire import entropy, json

__all__ = ["RedisRevocations"]

_BEGIN = """
if redis.call('HSETNX', KEYS[1], 'generation', ARGV[1]) == 1 then
  redis.call('HSET', KEYS[1], 'begun', ARGV[2], 'number', 0)
end
"""

#: A fresh generation, and now.
_BEGIN_LOG = Script(_BEGIN + "return 1")

#: Also when the entry expires, and the entry. What is over for everybody goes on the way: to a host
#: whose clock is behind, an entry is alive that is over here.
_REVOKE = Script(
    _BEGIN
    + """
local over = ARGV[2] - 60000
for _, number in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', over, 'LIMIT', 0, 500)) do
  redis.call('ZREMRANGEBYSCORE', KEYS[2], number, number)
  redis.call('ZREM', KEYS[3], number)
end
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
redis.call('ZADD', KEYS[2], number, number .. ' ' .. ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[3], number)
return number
"""
)

#: The number behind which to look, and now.
_PULL = Script(
    """
local log = redis.call('HMGET', KEYS[1], 'generation', 'begun')
if not log[1] then return {} end
local live = redis.call('ZCOUNT', KEYS[3], '(' .. ARGV[2], '+inf')
return {log[1], log[2], live, redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf')}
""",
    reads=True,
)


class RedisRevocations:
    """Three keys of one slot: what the log is, its entries by number, their numbers by expiry.

    Redis runs one script at a time, so numbers are in the order of commits. Who loses the keys
    loses the generation with them.
    """

    _driver: RedisDriver
    _prefix: bytes

    async def begin(self, *, now: int) -> None:
        await self._driver.script(_BEGIN_LOG(self._keys(), entropy.token(8), now), safe=True)

    async def revoke(self, revocation: Revocation, *, now: int) -> None:
        entry = [
            revocation.handle,
            revocation.user,
            revocation.not_before,
            revocation.exempt,
            revocation.expires,
        ]
        text = json.dumps(entry)
        call = _REVOKE(self._keys(), entropy.token(8), now, revocation.expires, text)
        # Appended twice it ends the same sessions.
        await self._driver.script(call, safe=True)

    async def revocations(self, *, after: int, now: int) -> Pulled:
        pulled = await self._driver.script(_PULL(self._keys(), after, now), safe=True)
        if not pulled:
            return Pulled("", now, 0, [])
        generation, begun, live, texts = cast("tuple[bytes, bytes, int, list[bytes]]", pulled)
        entries = [_entry(text) for text in texts]
        alive = [entry for entry in entries if entry.expires > now]
        return Pulled(generation.decode(), int(begun), live, alive)

    def _keys(self) -> list[bytes]:
        slot = b"{" + self._prefix + b"log}"
        return [slot, slot + b":entries", slot + b":expiries"]


def _entry(text: bytes) -> Revocation:
    number, _, entry = text.partition(b" ")
    fields: Any = json.loads(entry.decode())
    handle, user, not_before, exempt, expires = fields
    return Revocation(
        handle=handle,
        user=user,
        not_before=not_before,
        exempt=exempt,
        expires=expires,
        number=int(number),
    )
