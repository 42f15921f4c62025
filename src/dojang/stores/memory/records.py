"""Records in memory, bounded and expiring."""

import heapq
import os
import threading
from collections.abc import Sequence
from dataclasses import replace as changed

from dojang.errors import Conflict, Gone, Misuse, Unavailable
from dojang.session import merge, principal
from dojang.session.limit import Limit
from dojang.session.record import Principal, Record
from dojang.stores.catalogue import Page
from dojang.stores.limits import victims

__all__ = ["MemoryRecords"]


class MemoryRecords:
    """Records are frozen and hold their data as text: nothing of one request reaches another."""

    def __init__(self, capacity: int) -> None:
        """Hold at most `capacity` records; one more is refused, nobody is logged out for it."""
        self._capacity = capacity
        self._records: dict[str, Record] = {}
        self._by_user: dict[str, set[str]] = {}
        self._none_over_before = 0
        self._process: int | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._records)

    async def find(self, handle: str, *, id: str = "") -> Record | None:
        del id
        return self._records.get(handle)

    async def insert(self, record: Record, *, now: int, limit: Limit | None = None) -> None:
        principal.check_length(record.user)
        with self._lock:
            self._insert(record, now, limit)

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
        with self._lock:
            current = self._records.get(before.handle)
            if current is None or current.rotated:
                raise Gone("the session was ended")
            if current.data != before.data:
                raise Conflict("the session was changed")
            after = merge.clocks(before, after, current)
            self._drop(before.handle)
            if after.handle == before.handle:
                self._put(after)
                return
            try:
                self._insert(after, now, limit)
            except BaseException:
                self._put(current)
                raise
            if retire_until is not None:
                self._put(
                    Record(
                        handle=before.handle,
                        created=before.created,
                        expires=retire_until,
                        rotated=True,
                    )
                )

    async def touch(self, record: Record, *, now: int) -> bool:
        del now
        with self._lock:
            current = self._records.get(record.handle)
            if current is None or current.rotated:
                return False
            expires = _later(current.expires, record.expires)
            seen = max(current.seen, record.seen)
            self._records[record.handle] = changed(current, expires=expires, seen=seen)
            return True

    async def remove(self, handle: str) -> bool:
        with self._lock:
            return self._drop(handle)

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        with self._lock:
            live = self._live(user, now)
        return sorted(live, key=lambda record: record.created, reverse=True)

    async def remove_all(self, user: Principal, *, now: int, but: str | None = None) -> int:
        with self._lock:
            live = {record.handle for record in self._live(user, now)} - {but}
            for handle in set(self._by_user.get(str(user), ())) - {but}:
                self._drop(handle)
            return len(live)

    async def sweep(self, *, now: int, limit: int = 500) -> int:
        with self._lock:
            return self._sweep(now, limit)

    async def scan(self, *, after: str = "", limit: int = 500, now: int) -> Page:
        with self._lock:
            following = [handle for handle in self._records if handle > after]
            handles = heapq.nsmallest(limit, following)
            records = [self._records[handle] for handle in handles]
        cursor = handles[-1] if len(handles) < len(following) else ""
        return Page([record for record in records if _is_live(record, now)], cursor)

    async def count(self, *, now: int) -> int:
        with self._lock:
            return sum(_is_live(record, now) for record in self._records.values())

    async def clear(self) -> int:
        with self._lock:
            gone = len(self._records)
            self._records.clear()
            self._by_user.clear()
            return gone

    def _insert(self, record: Record, now: int, limit: Limit | None) -> None:
        self._stay_in_one_process()
        if record.handle in self._records:
            raise Conflict("the id is taken")
        if len(self._records) >= self._capacity and not self._made_room(now):
            raise Unavailable(
                f"the memory store holds {self._capacity} sessions and no more; "
                "give it a larger capacity, or use SQLite"
            )
        if record.user is not None:
            for victim in victims(self._live(record.user, now), limit):
                self._drop(victim.handle)
        self._put(record)

    def _stay_in_one_process(self) -> None:
        here = os.getpid()
        if self._process not in {None, here}:
            raise Misuse(
                "a memory store that was used before a fork would keep other sessions in each "
                "process: use SQLite, or make the store after the fork"
            )
        self._process = here

    def _live(self, user: Principal, now: int) -> Sequence[Record]:
        records = [self._records[handle] for handle in self._by_user.get(str(user), ())]
        return [record for record in records if _is_live(record, now)]

    def _put(self, record: Record) -> None:
        self._records[record.handle] = record
        if record.user is not None:
            self._by_user.setdefault(str(record.user), set()).add(record.handle)

    def _drop(self, handle: str) -> bool:
        record = self._records.pop(handle, None)
        if record is not None and record.user is not None:
            handles = self._by_user[str(record.user)]
            handles.discard(handle)
            if not handles:
                del self._by_user[str(record.user)]
        return record is not None

    def _made_room(self, now: int) -> bool:
        # Looking through all of them is worth it only once one of them can be over.
        if now < self._none_over_before:
            return False
        made = self._sweep(now, self._capacity) > 0
        expiries = [record.expires for record in self._records.values() if record.expires]
        self._none_over_before = min(expiries, default=now)
        return made

    def _sweep(self, now: int, limit: int) -> int:
        over = [
            handle
            for handle, record in self._records.items()
            if record.expires is not None and record.expires <= now
        ][:limit]
        return sum(self._drop(handle) for handle in over)


def _is_live(record: Record, now: int) -> bool:
    return not record.rotated and (record.expires is None or now < record.expires)


def _later(one: int | None, other: int | None) -> int | None:
    """Return the later of two expiries, None being never."""
    return None if one is None or other is None else max(one, other)
