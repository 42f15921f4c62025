"""The layout of connect-redis: sessions that express-session and dojang both serve.

A session is filed under its id, as the JSON that express-session stores and nothing else. What else
dojang knows of it is beside it, in the same slot: who and since when, or that it was ended. Express
reads only its own key; a `SET` of it that was under way when the session ended brings the session
back for Express, and dojang takes it away again at the next look.
"""

from collections.abc import Awaitable, Callable, Sequence

from dojang.errors import Conflict, Gone
from dojang.session import merge
from dojang.session.record import Record
from dojang.stores.catalogue import Unreadable
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.drivers.redis_asks import Answer, Ask, Command
from dojang.stores.redis import connect_redis_scripts as scripts
from dojang.stores.redis.connect_redis_records import END, StoredSessions, There, facts
from dojang.stores.redis.layout import SLACK, Reading, glob, readable
from dojang.stores.redis.met import Met
from dojang.wire.express import connect_redis
from dojang.wire.express.express_session import StoredCookie

__all__ = ["ConnectRedisLayout"]

#: Writes, if what was read as that record is still there; gives 1, or what is there.
_Try = Callable[[There, Record], Awaitable[Answer]]


class ConnectRedisLayout:
    """Records filed under their ids, as connect-redis 7 to 10 files them."""

    by_id = True

    def __init__(
        self,
        driver: RedisDriver,
        layout: connect_redis.Layout,
        cookie: StoredCookie,
        prefix: str,
    ) -> None:
        """Share sessions.

        Args:
            driver: Of the Redis.
            layout: What connect-redis is configured with.
            cookie: What express-session stores for a new session, without an end.
            prefix: Of our own keys.
        """
        self._driver = driver
        self._theirs = layout
        self._prefix = prefix.encode()
        self._met = Met()
        self._life = max(cookie.original_max_age or 0, layout.longest * 1000)
        self._stored = StoredSessions(layout, cookie, self._life)

    @property
    def pattern(self) -> bytes:
        return glob(self._theirs.prefix.encode()) + b"*"

    def name(self, record: Record) -> bytes:
        return record.id.encode(errors="surrogatepass")

    def listed_until(self, record: Record, *, now: int) -> int | None:
        """Return twice its life: Express may prolong it, and tells nobody."""
        return None if record.expires is None else 2 * record.expires - min(now, record.expires)

    async def find(self, handle: str, id: str) -> Record | None:
        id = id or await self._id_of(handle)
        return readable(await self._found(id, handle)) if id else None

    async def at(self, names: Sequence[bytes]) -> Sequence[Reading]:
        return await self._driver.together(
            [self._found(name.decode(errors="replace"), "") for name in names]
        )

    async def under(self, keys: Sequence[bytes]) -> Sequence[Reading]:
        start = len(self._theirs.prefix.encode())
        return await self.at([key[start:] for key in keys])

    async def insert(self, record: Record, *, now: int) -> bool:
        put = self._theirs.put(record.id, self._stored.begun(record), now=now)
        if isinstance(put, connect_redis.Delete):
            return True  # over before it began, which connect-redis does not store either
        seconds = "" if put.ttl is None else put.ttl
        call = scripts.INSERT(self._keys(record.id), put.value, seconds, facts(record))
        inserted = bool(await self._driver.script(call))
        if inserted:
            self._met.note(record.handle, record.id)
            await self._remember(record, now)
        return inserted

    async def swap(self, before: Record, after: Record, *, now: int) -> None:
        await self._remember(after, now)
        keys = self._keys(before.id)

        async def try_(there: There, current: Record) -> Answer:
            kept = merge.clocks(before, after, current)
            put = self._theirs.put(after.id, self._stored.changed(there, before, kept), now=now)
            if isinstance(put, connect_redis.Delete):
                return await self._driver.script(scripts.RETIRE(keys, *there.known, 0, self._life))
            seconds = "" if put.ttl is None else put.ttl
            call = scripts.SWAP(keys, *there.known, put.value, seconds, facts(kept))
            return await self._driver.script(call)

        await self._compared(before, try_)

    async def retire(self, before: Record, *, now: int, until: int | None) -> Record:
        keys = self._keys(before.id)
        least = max(self._life, (until or 0) - now)

        async def try_(there: There, current: Record) -> Answer:
            del current
            return await self._driver.script(scripts.RETIRE(keys, *there.known, until or 0, least))

        return await self._compared(before, try_)

    async def touch(self, record: Record, *, now: int) -> bool:
        seconds: int | str = ""
        if record.expires is not None and not (
            self._theirs.disable_touch or self._theirs.disable_ttl
        ):
            seconds = max(1, -((now - record.expires) // 1000))
        call = scripts.TOUCH(
            self._keys(record.id), seconds, record.expires or 0, record.seen, facts(record)
        )
        touched = bool(await self._driver.script(call, safe=True))
        if touched:
            await self._remember(record, now)
        return touched

    async def remove(self, handle: str) -> Reading:
        id = await self._id_of(handle)
        return await self._removed(id, handle) if id else None

    async def remove_named(self, name: bytes) -> Reading:
        return await self._removed(name.decode(errors="replace"), "")

    async def clear(self, keys: Sequence[bytes]) -> int:
        start = len(self._theirs.prefix.encode())
        removed = await self._driver.together([self.remove_named(key[start:]) for key in keys])
        return sum(record is not None for record in removed)

    async def _found(self, id: str, handle: str) -> Reading:
        if not _has_a_slot(id):
            return None
        keys = self._keys(id)
        there = await self._there(keys)
        if there.text is not None and there.side is not None and there.side.startswith(END):
            # Express brought it back, by a write that was under way when it was ended. The mark
            # begins anew with each look that finds it back.
            await self._driver.script(scripts.REMOVE(keys, self._life))
        record = self._stored.read(there, id, handle)
        if isinstance(record, Unreadable):
            self._met.note(record.handle, id)
        elif record is not None and not record.rotated:
            self._met.note(record.handle, id, there)
        return record

    async def _there(self, keys: Sequence[bytes]) -> There:
        commands: tuple[Command, ...] = (("MGET", *keys), ("PEXPIRETIME", keys[0]))
        (text, side), at = await self._driver.run(Ask(commands, keys[0], safe=True))
        return There(text, side, at)

    async def _removed(self, id: str, handle: str) -> Reading:
        if not _has_a_slot(id):
            return None
        there = There(*await self._driver.script(scripts.REMOVE(self._keys(id), self._life)))
        record = self._stored.read(there, id, handle)
        return None if isinstance(record, Record) and record.rotated else record

    async def _compared(self, before: Record, try_: _Try) -> Record:
        """Try until what is there is what was compared, and return it.

        Raises:
            Gone: It is not there any more.
            Conflict: It has other data than `before`.
        """
        met = self._met.there(before.handle, before.id)
        there = met or await self._there(self._keys(before.id))
        while True:
            current = readable(self._stored.read(there, before.id, before.handle))
            if current is None or current.rotated:
                raise Gone("the session was ended")
            if current.data == before.data:
                answer = await try_(there, current)
                if answer == 1:
                    self._met.forget(before.handle)
                    return current
                there = There(*answer)  # touched meanwhile, or written, or gone
            elif there is met:
                there = await self._there(self._keys(before.id))  # what was met may be old
            else:
                self._met.note(before.handle, before.id, there)
                raise Conflict("the session was changed", current=current)

    async def _id_of(self, handle: str) -> str:
        met = self._met.id(handle)
        if met is not None:
            return met
        there = await self._driver.command("GET", self._handle(handle), safe=True)
        return "" if there is None else there.decode(errors="surrogatepass")

    async def _remember(self, record: Record, now: int) -> None:
        """Keep the id under the handle, for whoever ends a session by what a list shows."""
        if record.user is None:
            return
        until = self.listed_until(record, now=now)
        command = ("SET", self._handle(record.handle), self.name(record))
        span = () if until is None else ("PX", max(0, until - now) + SLACK)
        await self._driver.command(*command, *span, safe=True)

    def _keys(self, id: str) -> list[bytes]:
        key = self._theirs.key(id).encode(errors="surrogatepass")
        return [key, self._prefix + b"{" + key + b"}"]

    def _handle(self, handle: str) -> bytes:
        return self._prefix + b"h:" + handle.encode(errors="surrogatepass")


def _has_a_slot(id: str) -> bool:
    """Return whether the key of a session and ours beside it share a slot, as of any usual id."""
    return "{" not in id and "}" not in id
