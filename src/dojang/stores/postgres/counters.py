"""Counters in PostgreSQL."""

from typing import LiteralString

from dojang.stores.counters import Hit
from dojang.stores.drivers.postgres import PostgresDriver
from dojang.stores.names import bounded
from dojang.stores.postgres.locks import lock

__all__ = ["PostgresCounters"]

#: What `judge` does, where the events are. A refusal writes nothing: whoever tries a thousand
#: passwords a second would otherwise have the disk synced as often.
_HIT: LiteralString = """
    WITH counted AS MATERIALIZED (
        SELECT at FROM dojang_hit WHERE key = %(key)s AND at > %(over)s
    ), total AS (
        SELECT count(*) AS events FROM counted
    ), new AS (
        INSERT INTO dojang_hit SELECT %(key)s, %(now)s, %(now)s + %(window)s
        FROM total WHERE events < %(limit)s
        RETURNING 1
    ), old AS (
        DELETE FROM dojang_hit WHERE key = %(key)s AND at <= %(over)s
    )
    SELECT events, (SELECT at FROM counted ORDER BY at DESC OFFSET %(limit)s - 1 LIMIT 1) FROM total
"""
_FORGET: LiteralString = """
    WITH gone AS (DELETE FROM dojang_hit WHERE key = %(key)s RETURNING 1)
    SELECT count(*) FROM gone
"""
_TAKE_BACK: LiteralString = """
    WITH gone AS (
        DELETE FROM dojang_hit WHERE ctid = (
            SELECT ctid FROM dojang_hit WHERE key = %(key)s ORDER BY at DESC LIMIT 1
        )
        RETURNING 1
    )
    SELECT count(*) FROM gone
"""


class PostgresCounters:
    """A row for each event that counts; those who ask about one key take turns."""

    _driver: PostgresDriver

    async def hit(self, key: str, *, limit: int, window: int, now: int) -> Hit:
        bounded(key)
        values = {
            "key": key,
            "limit": limit,
            "window": window,
            "now": now,
            "over": now - window,
        }
        # Two statements: one alone would count what there was before its lock was granted.
        ((events, first),) = await self._driver.write(lock("counter", key), (_HIT, values))
        if events < limit:
            return Hit(allowed=True, count=events + 1, retry_after=0)
        return Hit(allowed=False, count=events, retry_after=first + window - now)

    async def take_back(self, key: str) -> bool:
        ((gone,),) = await self._driver.write(lock("counter", key), (_TAKE_BACK, {"key": key}))
        return bool(gone)

    async def forget(self, key: str) -> bool:
        ((gone,),) = await self._driver.write(lock("counter", key), (_FORGET, {"key": key}))
        return bool(gone)
