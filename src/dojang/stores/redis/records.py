"""Records in Redis: the verbs, over a layout and the index of users."""

from collections.abc import Sequence

from dojang.errors import Conflict, Refused, TooManySessions
from dojang.session import merge, principal
from dojang.session.limit import Limit
from dojang.session.record import Principal, Record
from dojang.stores.catalogue import Page
from dojang.stores.redis.catalogue import RedisCatalogue
from dojang.stores.redis.index import Member, UserIndex
from dojang.stores.redis.layout import Layout

__all__ = ["RedisRecords"]

#: Times the index is read again for sessions that moved to a new id meanwhile.
_ROUNDS = 10


class RedisRecords:
    """Every step leaves a state that is good by itself, because on a cluster there is no larger."""

    _layout: Layout
    _index: UserIndex
    _catalogue: RedisCatalogue

    @property
    def by_id(self) -> bool:
        """Whether records are filed under the id itself."""
        return self._layout.by_id

    async def find(self, handle: str, *, id: str = "") -> Record | None:
        return await self._layout.find(handle, id)

    async def insert(self, record: Record, *, now: int, limit: Limit | None = None) -> None:
        principal.check_length(record.user)
        if not await self._layout.insert(record, now=now):
            raise Conflict("the id is taken")
        try:
            await self._enter(record, now, limit)
        except TooManySessions:
            await self._layout.remove(record.handle)
            raise
        await self._settle(record, now, limit)

    async def replace(
        self,
        before: Record,
        after: Record,
        *,
        now: int,
        retire_until: int | None = None,
        limit: Limit | None = None,
    ) -> None:
        principal.check_length(after.user)
        if before.handle == after.handle:
            await self._rewrite(before, after, now)
            return
        if not await self._layout.insert(after, now=now):
            raise Conflict("the new id is taken")
        try:
            await self._enter(after, now, limit, leaving=before)
            was = await self._layout.retire(before, now=now, until=retire_until)
        except Refused:
            # Nobody knows the new id yet, so that nobody has used it.
            await self.remove(after.handle)
            raise
        kept = merge.clocks(before, after, was)
        if kept != after:
            await self.touch(kept, now=now)
        await self._settle(after, now, limit, leaving=before)

    async def touch(self, record: Record, *, now: int) -> bool:
        await self._enter(record, now)
        touched = await self._layout.touch(record, now=now)
        if not touched and record.user is not None:
            await self._index.leave(record.user, [self._member(record)])
        return touched

    async def remove(self, handle: str) -> bool:
        record = await self._layout.remove(handle)
        if isinstance(record, Record) and record.user is not None:
            await self._index.leave(record.user, [self._member(record)])
        return record is not None

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        members = await self._index.members(user)
        await self._finish(user, [member for member in members if member.marked])
        unmarked = [member for member in members if not member.marked]
        records = await self._layout.at([member.name for member in unmarked])
        found = list(zip(unmarked, records, strict=True))
        await self._index.leave(user, [member for member, record in found if record is None])
        live = [one for one in records if isinstance(one, Record) and _is_live_of(user, one, now)]
        return sorted(live, key=lambda record: record.created, reverse=True)

    async def remove_all(self, user: Principal, *, now: int, but: str | None = None) -> int:
        ended = 0
        for _ in range(_ROUNDS):
            members = await self._index.members(user)
            records = await self._layout.at([member.name for member in members])
            leaving = [
                member
                for member, record in zip(members, records, strict=True)
                if not isinstance(record, Record) or record.handle != but
            ]
            if not leaving:
                break
            for member in leaving:
                record = await self._layout.remove_named(member.name)
                ended += isinstance(record, Record) and _is_live_of(user, record, now)
            await self._index.leave(user, leaving)
        return ended

    async def sweep(self, *, now: int, limit: int = 500) -> int:
        """Delete what is over and Redis keeps for a little longer."""
        return await self._catalogue.sweep(now=now, limit=limit)

    async def scan(self, *, after: str = "", limit: int = 500, now: int) -> Page:
        return await self._catalogue.scan(after=after, limit=limit, now=now)

    async def count(self, *, now: int) -> int:
        """Return how many sessions there are; those that were over for less than a minute too."""
        del now
        return await self._catalogue.count()

    async def clear(self) -> int:
        return await self._catalogue.clear()

    async def _rewrite(self, before: Record, after: Record, now: int) -> None:
        if after.user != before.user or _ends_later(after, before):
            await self._enter(after, now)
        await self._layout.swap(before, after, now=now)
        if before.user is not None and before.user != after.user:
            await self._index.leave(before.user, [self._member(before)])

    async def _enter(
        self, record: Record, now: int, limit: Limit | None = None, leaving: Record | None = None
    ) -> None:
        if record.user is None:
            return
        if limit is not None:
            await self.list(record.user, now=now)  # what has ended by itself does not count
        room = await self._index.enter(
            record.user,
            self._member(record),
            self._layout.listed_until(record, now=now),
            now=now,
            limit=limit,
            leaving=self._left_for(record, leaving),
        )
        if not room:
            assert limit is not None
            raise TooManySessions(limit.count)

    async def _settle(
        self, record: Record, now: int, limit: Limit | None, leaving: Record | None = None
    ) -> None:
        """Take what was replaced out of the index, and end what is too many."""
        left = self._left_for(record, leaving)
        if record.user is not None and limit is not None:
            marked = await self._index.trim(
                record.user, self._member(record), now=now, count=limit.count, leaving=left
            )
            await self._finish(record.user, marked)
        elif leaving is not None and leaving.user is not None:
            await self._index.leave(leaving.user, [self._member(leaving)])
        if left is None and limit is not None and leaving is not None and leaving.user is not None:
            await self._index.leave(leaving.user, [self._member(leaving)])

    async def _finish(self, user: Principal, marked: Sequence[Member]) -> None:
        for member in marked:
            await self._layout.remove_named(member.name)
        await self._index.leave(user, marked)

    def _left_for(self, record: Record, leaving: Record | None) -> Member | None:
        same = leaving is not None and str(leaving.user) == str(record.user)
        return self._member(leaving) if same and leaving is not None else None

    def _member(self, record: Record) -> Member:
        return Member.of(self._layout.name(record), record.created)


def _is_live_of(user: Principal, record: Record, now: int) -> bool:
    mine = record.user is not None and str(record.user) == str(user)
    return mine and not record.rotated and (record.expires is None or now < record.expires)


def _ends_later(after: Record, before: Record) -> bool:
    if before.expires is None:
        return False
    return after.expires is None or after.expires > before.expires
