"""What the layout of connect-redis does in one step, in Redis."""

from dojang.stores.drivers.redis_asks import Script
from dojang.stores.redis.layout import SLACK

__all__ = ["INSERT", "REMOVE", "RETIRE", "SWAP", "TOUCH"]

#: Keys are the session and what is known of it. Facts begin with `+`, then when Redis ends the
#: session (6 bytes), the handle behind its length, and a packed record without data. They live
#: twice as long as the session, because Express may prolong it alone. A `-` says that it was
#: ended, and until when it reads as rotated.
_COMMON = f"""
local function ended(side) return side and string.sub(side, 1, 1) == '-' end
local function read(key)
  local value = redis.pcall('GET', key)
  return type(value) == 'table' and '' or value
end
local function unlike()
  local there, side, at = read(KEYS[1]), read(KEYS[2]), redis.call('PEXPIRETIME', KEYS[1])
  if not there or ended(side) then return {{false, side, at}} end
  if there ~= ARGV[1] or (side or '') ~= ARGV[2] or at ~= tonumber(ARGV[3]) then
    return {{there, side, at}}
  end
end
local function put(value, seconds)
  if seconds == '' then redis.call('SET', KEYS[1], value)
  else redis.call('SET', KEYS[1], value, 'EX', seconds) end
end
local function note(at, facts)
  local value = '+' .. struct.pack('>I6', math.max(0, at)) .. facts
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then redis.call('SET', KEYS[2], value)
  else redis.call('SET', KEYS[2], value, 'PX', string.format('%.0f', 2 * left + {SLACK})) end
end
local function finish(until_, least)
  local left = math.max(redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[2]), tonumber(least))
  redis.call('DEL', KEYS[1])
  local value = '-' .. struct.pack('>I6', tonumber(until_))
  redis.call('SET', KEYS[2], value, 'PX', string.format('%.0f', left + {SLACK}))
end
"""

#: JSON, seconds, facts.
INSERT = Script(f"""{_COMMON}
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then return 0 end
put(ARGV[1], ARGV[2])
note(redis.call('PEXPIRETIME', KEYS[1]), ARGV[3])
return 1
""")

#: What should be there (JSON, facts, and when Redis ends it), and as for `INSERT`. Gives 1, or what
#: is there.
SWAP = Script(f"""{_COMMON}
local other = unlike()
if other then return other end
put(ARGV[4], ARGV[5])
note(redis.call('PEXPIRETIME', KEYS[1]), ARGV[6])
return 1
""")

#: What should be there, until when it reads as rotated or 0, and the least life of the mark. Gives
#: 1, or what is there.
RETIRE = Script(f"""{_COMMON}
local other = unlike()
if other then return other end
finish(ARGV[4], ARGV[5])
return 1
""")

#: The least life of the mark. Gives what was there, whatever anybody has put there.
REMOVE = Script(f"""{_COMMON}
local there, side = read(KEYS[1]), read(KEYS[2])
local at = redis.call('PEXPIRETIME', KEYS[1])
if not there then return {{false, side, at}} end
local until_ = ended(side) and struct.unpack('>I6', side, 2) or 0
finish(until_, ARGV[1])
return {{there, side, at}}
""")

#: Seconds or nothing, when the session is over, when it was seen, and the facts if there are none.
TOUCH = Script(f"""{_COMMON}
local side = redis.call('GET', KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 0 or ended(side) then return 0 end
local moved = ARGV[1] ~= '' and redis.call('EXPIRE', KEYS[1], ARGV[1], 'GT') == 1
local at, facts = redis.call('PEXPIRETIME', KEYS[1]), ARGV[4]
if side then
  facts = string.sub(side, 8)
  if not moved then at = struct.unpack('>I6', side, 2) end
  local first = string.byte(facts) + 3
  local expires, seen = struct.unpack('>I6I6', facts, first)
  local until_ = tonumber(ARGV[2])
  if expires ~= 0 and (until_ == 0 or until_ > expires) then expires = until_ end
  seen = math.max(seen, tonumber(ARGV[3]))
  facts = string.sub(facts, 1, first - 1) .. struct.pack('>I6I6', expires, seen)
    .. string.sub(facts, first + 12)
end
note(at, facts)
return 1
""")
