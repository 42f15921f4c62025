"""Leases in Redis."""

from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.drivers.redis_asks import Script
from dojang.stores.names import bounded

__all__ = ["RedisLeases"]

#: Owner, until, now. The value is the end, a space, and the owner.
_ACQUIRE = Script("""
local there = redis.call('GET', KEYS[1])
if there then
  local space = string.find(there, ' ', 1, true)
  local until_, owner = tonumber(string.sub(there, 1, space - 1)), string.sub(there, space + 1)
  if owner ~= ARGV[1] and tonumber(ARGV[3]) < until_ then return 0 end
end
local span = math.max(1, ARGV[2] - ARGV[3])
redis.call('SET', KEYS[1], ARGV[2] .. ' ' .. ARGV[1], 'PX', string.format('%.0f', span))
return 1
""")

_RELEASE = Script("""
local there = redis.call('GET', KEYS[1])
local space = there and string.find(there, ' ', 1, true)
if not space or string.sub(there, space + 1) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")


class RedisLeases:
    """A key for each name; one that nobody gives back is gone at its end."""

    _driver: RedisDriver
    _prefix: bytes

    async def acquire(self, name: str, owner: str, *, until: int, now: int) -> bool:
        bounded(name)
        call = _ACQUIRE([self._prefix + b"l:" + name.encode()], owner, until, now)
        return bool(await self._driver.script(call, safe=True))

    async def release(self, name: str, owner: str) -> bool:
        call = _RELEASE([self._prefix + b"l:" + name.encode()], owner)
        return bool(await self._driver.script(call))
