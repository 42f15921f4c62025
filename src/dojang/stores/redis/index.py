"""Which sessions a user has: a sorted set for each, by expiry, in a slot of its own.

A member is the instant the session began (6 bytes) and its name. One that has to go, because there
are too many, is marked: it is replaced by itself behind a `-`. Whoever meets a mark ends the
session and then removes the mark.

A session is entered once it is stored, and before anybody learns its id: a member whose session is
not there has ended, for good, and every session that somebody can use is in the index.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dojang.session.limit import Limit
from dojang.session.record import Principal
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.drivers.redis_asks import Answer, Script
from dojang.stores.redis.layout import SLACK

__all__ = ["Member", "UserIndex"]

_MARK = b"-"
_BEGAN = 6
_NEVER = "inf"

#: For each script: whether a member, with its score, is of a session that goes on.
_LIVE = f"""
local function live(member, score)
  return string.sub(member, 1, 1) ~= '-' and tonumber(score) > tonumber(ARGV[2])
end
local function keep(now)
  local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
  if last == 'inf' then redis.call('PERSIST', KEYS[1])
  elseif last then
    local span = math.max(0, tonumber(last) - tonumber(now)) + {SLACK}
    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', span))
  end
end
"""

#: Member, now, score, leaving, and how many there may be with it or 0. Gives 0 when there is
#: no room.
_ENTER = Script(f"""{_LIVE}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', ARGV[2] - {SLACK}))
local limit = tonumber(ARGV[5])
if limit > 0 then
  local there, count = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'), 0
  for i = 1, #there, 2 do
    local other = there[i] ~= ARGV[1] and there[i] ~= ARGV[4]
    if other and live(there[i], there[i + 1]) then count = count + 1 end
  end
  if count >= limit then return 0 end
end
redis.call('ZADD', KEYS[1], 'GT', ARGV[3], ARGV[1])
keep(ARGV[2])
return 1
""")

#: Member, now, leaving, and how many there may be with it. Gives all that are marked.
_TRIM = Script(f"""{_LIVE}
redis.call('ZREM', KEYS[1], ARGV[3])
local there = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local others, marked, mine = {{}}, {{}}, 0
for i = 1, #there, 2 do
  local member, score = there[i], there[i + 1]
  if string.sub(member, 1, 1) == '-' then table.insert(marked, member)
  elseif member == ARGV[1] then mine = 1
  elseif live(member, score) then
    table.insert(others, {{began = struct.unpack('>I6', member), member = member, score = score}})
  end
end
table.sort(others, function(one, other) return one.began < other.began end)
for i = 1, #others + mine - ARGV[4] do
  redis.call('ZREM', KEYS[1], others[i].member)
  redis.call('ZADD', KEYS[1], others[i].score, '-' .. others[i].member)
  table.insert(marked, '-' .. others[i].member)
end
return marked
""")


@dataclass(frozen=True, slots=True)
class Member:
    """A session as the index has it.

    Attributes:
        name: What the layout calls it.
        text: The whole member.
        marked: Whether it has to go.
    """

    name: bytes
    text: bytes
    marked: bool = False

    @classmethod
    def of(cls, name: bytes, began: int) -> "Member":
        """Return the member for a session of that name."""
        return cls(name, began.to_bytes(_BEGAN, "big") + name)

    @classmethod
    def read(cls, text: bytes) -> "Member":
        """Return the member that `text` is."""
        marked = text.startswith(_MARK)
        return cls(text[_BEGAN + marked :], text, marked)


class UserIndex:
    """The sorted sets of all users."""

    def __init__(self, driver: RedisDriver, prefix: str) -> None:
        """Keep them under `prefix`."""
        self._driver = driver
        self._prefix = prefix.encode()

    @property
    def start(self) -> bytes:
        """What their keys begin with."""
        return self._prefix + b"u:"

    async def enter(
        self,
        user: Principal,
        member: Member,
        expires: int | None,
        *,
        now: int,
        limit: Limit | None = None,
        leaving: Member | None = None,
    ) -> bool:
        """Add a session, or move its expiry on; say whether there was room.

        Args:
            user: Whose it is.
            member: The session.
            expires: Unix milliseconds, or None for never.
            now: Unix milliseconds.
            limit: How many there may be; only one that refuses is a matter of room.
            leaving: One that does not count, because this one takes its place.
        """
        room = limit.count if limit is not None and limit.when_full == "refuse" else 0
        score = _NEVER if expires is None else expires
        left = b"" if leaving is None else leaving.text
        call = _ENTER([self._key(user)], member.text, now, score, left, room)
        return bool(await self._driver.script(call, safe=True))

    async def trim(
        self, user: Principal, member: Member, *, now: int, count: int, leaving: Member | None
    ) -> Sequence[Member]:
        """Mark the oldest beyond `count`, other than `member`; return all that are marked."""
        left = b"" if leaving is None else leaving.text
        call = _TRIM([self._key(user)], member.text, now, left, count)
        return _read(await self._driver.script(call, safe=True))

    async def members(self, user: Principal) -> Sequence[Member]:
        """Return all there are, marked ones too."""
        return _read(
            await self._driver.command("ZRANGE", self._key(user), 0, -1, safe=True),
        )

    async def leave(self, user: Principal, members: Sequence[Member]) -> None:
        """Drop sessions that are not there any more."""
        if members:
            texts = [member.text for member in members]
            await self._driver.command("ZREM", self._key(user), *texts, safe=True)

    def _key(self, user: Principal) -> bytes:
        return self.start + str(user).encode()


def _read(texts: Answer) -> Sequence[Member]:
    return [Member.read(text) for text in texts]
