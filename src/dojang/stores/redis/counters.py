"""Counters in Redis."""

from dojang.stores.counters import Hit
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.drivers.redis_asks import Script
from dojang.stores.names import bounded
from dojang.wire import entropy

__all__ = ["RedisCounters"]

#: Limit, window, now, and something random. Gives whether it is allowed, the count, and when the
#: next one will be.
_HIT = Script("""
local limit, window, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local count = redis.call('ZCARD', KEYS[1])
if count < limit then
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {1, count + 1, 0}
end
local oldest = redis.call('ZRANGE', KEYS[1], count - limit, count - limit, 'WITHSCORES')[2]
return {0, count, tonumber(oldest) + window - now}
""")


class RedisCounters:
    """A sorted set for each key, with every event that counts."""

    _driver: RedisDriver
    _prefix: bytes

    async def hit(self, key: str, *, limit: int, window: int, now: int) -> Hit:
        bounded(key)
        call = _HIT([self._counted(key)], limit, window, now, entropy.random_bytes(8))
        allowed, count, retry_after = await self._driver.script(call)
        return Hit(allowed=allowed == 1, count=count, retry_after=retry_after)

    async def take_back(self, key: str) -> bool:
        return bool(await self._driver.command("ZPOPMAX", self._counted(key)))

    async def forget(self, key: str) -> bool:
        return bool(await self._driver.command("DEL", self._counted(key)))

    def _counted(self, key: str) -> bytes:
        return self._prefix + b"c:" + key.encode()
