"""Records in PostgreSQL."""

from collections.abc import Sequence
from contextlib import suppress
from typing import LiteralString

from dojang.errors import Unavailable
from dojang.session.limit import Limit
from dojang.session.record import Principal, Record
from dojang.stores.catalogue import Page
from dojang.stores.drivers.postgres import PostgresDriver
from dojang.stores.postgres import sweeping, writing
from dojang.stores.postgres.rows import COLUMNS
from dojang.stores.rows import record

__all__ = ["PostgresRecords"]

#: Milliseconds between two sweeps that ride along with an insert.
_SWEEP_EVERY = 60_000

#: Records such a sweep deletes at most, so that nobody waits for it.
_SWEEP_AT_ONCE = 500

#: Records that `clear` deletes at once, so that none of its statements takes long.
_CLEAR_AT_ONCE = 10_000

_FIND: LiteralString = f"SELECT {COLUMNS} FROM dojang_session WHERE handle = %(handle)s"
# greatest() passes over NULL, which here is never.
_TOUCH: LiteralString = """
    UPDATE dojang_session SET seen = greatest(seen, %(seen)s), expires = CASE
        WHEN expires IS NULL OR %(expires)s::bigint IS NULL THEN NULL
        ELSE greatest(expires, %(expires)s::bigint) END
    WHERE handle = %(handle)s AND NOT rotated
    RETURNING 1
"""
_REMOVE: LiteralString = "DELETE FROM dojang_session WHERE handle = %(handle)s RETURNING 1"
_LIST: LiteralString = f"""
    SELECT {COLUMNS} FROM dojang_session
    WHERE owner = %(owner)s AND (expires IS NULL OR expires > %(now)s)
    ORDER BY created DESC, handle
"""
_REMOVE_ALL: LiteralString = """
    WITH gone AS (
        DELETE FROM dojang_session
        WHERE owner = %(owner)s AND handle IS DISTINCT FROM %(but)s::text
        RETURNING expires
    )
    SELECT count(*) FROM gone WHERE expires IS NULL OR expires > %(now)s
"""
_SCAN: LiteralString = f"""
    SELECT {COLUMNS} FROM dojang_session
    WHERE handle > %(after)s AND NOT rotated AND (expires IS NULL OR expires > %(now)s)
    ORDER BY handle LIMIT %(limit)s
"""
_COUNT: LiteralString = """
    SELECT count(*) FROM dojang_session
    WHERE NOT rotated AND (expires IS NULL OR expires > %(now)s)
"""
_CLEAR: LiteralString = """
    WITH next AS MATERIALIZED (
        SELECT handle FROM dojang_session WHERE handle > %(after)s ORDER BY handle LIMIT %(limit)s
    ), gone AS (
        DELETE FROM dojang_session AS session USING next WHERE session.handle = next.handle
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone), (SELECT max(handle) FROM next)
"""


class PostgresRecords:
    """Records in a table of their own, with an index by owner and one by expiry."""

    def __init__(self, driver: PostgresDriver) -> None:
        """Use the database of `driver`."""
        self._driver = driver
        self._swept = 0

    async def find(self, handle: str, *, id: str = "") -> Record | None:
        del id
        rows = await self._driver.read((_FIND, {"handle": handle}))
        return record(rows[0]) if rows else None

    async def insert(self, record: Record, *, now: int, limit: Limit | None = None) -> None:
        writing.judge(await self._driver.write(*writing.inserting(record, now, limit)), limit)
        if now - self._swept >= _SWEEP_EVERY:
            self._swept = now
            with suppress(Unavailable):  # the insert is done, whatever becomes of this
                await self.sweep(now=now, limit=_SWEEP_AT_ONCE)

    async def replace(
        self,
        before: Record,
        after: Record,
        *,
        now: int,
        retire_until: int | None = None,
        limit: Limit | None = None,
    ) -> None:
        statements = writing.replacing(before, after, now, retire_until, limit)
        writing.judge(await self._driver.write(*statements), limit)

    async def touch(self, record: Record, *, now: int) -> bool:
        del now
        values = {"handle": record.handle, "expires": record.expires, "seen": record.seen}
        return bool(await self._driver.write((_TOUCH, values)))

    async def remove(self, handle: str) -> bool:
        return bool(await self._driver.write((_REMOVE, {"handle": handle})))

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        rows = await self._driver.read((_LIST, {"owner": str(user), "now": now}))
        return [record(row) for row in rows]

    async def remove_all(self, user: Principal, *, now: int, but: str | None = None) -> int:
        values: dict[str, object] = {"owner": str(user), "now": now, "but": but}
        ((gone,),) = await self._driver.write(writing.user_lock(str(user)), (_REMOVE_ALL, values))
        return int(gone)

    async def sweep(self, *, now: int, limit: int = 500) -> int:
        ((gone,),) = await self._driver.write(*sweeping.statements(now, limit))
        return int(gone)

    async def scan(self, *, after: str = "", limit: int = 500, now: int) -> Page:
        values: dict[str, object] = {"after": after, "limit": limit, "now": now}
        records = [record(row) for row in await self._driver.read((_SCAN, values))]
        return Page(records, records[-1].handle if len(records) == limit else "")

    async def count(self, *, now: int) -> int:
        ((live,),) = await self._driver.read((_COUNT, {"now": now}))
        return int(live)

    async def clear(self) -> int:
        cleared = 0
        after: str | None = ""
        while after is not None:
            values: dict[str, object] = {"after": after, "limit": _CLEAR_AT_ONCE}
            ((gone, after),) = await self._driver.write((_CLEAR, values))
            cleared += gone
        return cleared
