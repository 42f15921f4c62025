"""Counters in an SQLite file."""

import sqlite3

from dojang.stores.counters import Hit, judge
from dojang.stores.drivers.sqlite import SqliteDriver
from dojang.stores.names import bounded

__all__ = ["SqliteCounters", "sweep_hits"]

_COUNTED = "SELECT at FROM hit WHERE key = ? AND at > ? ORDER BY at"
_COUNT = "INSERT INTO hit VALUES (?, ?, ?)"
_FORGET = "DELETE FROM hit WHERE key = ?"
_TAKE_BACK = """
    DELETE FROM hit
    WHERE rowid = (SELECT rowid FROM hit WHERE key = ? ORDER BY at DESC, rowid DESC LIMIT 1)
"""
_OVER = "DELETE FROM hit WHERE key = ? AND at <= ?"
_SWEEP = "DELETE FROM hit WHERE rowid IN (SELECT rowid FROM hit WHERE expires <= ? LIMIT ?)"


class SqliteCounters:
    """A row for each event that counts."""

    _driver: SqliteDriver

    async def hit(self, key: str, *, limit: int, window: int, now: int) -> Hit:
        bounded(key)

        def count(db: sqlite3.Connection) -> Hit:
            db.execute(_OVER, (key, now - window))
            counted = [at for (at,) in db.execute(_COUNTED, (key, now - window))]
            result = judge(counted, limit=limit, window=window, now=now)
            if result.allowed:
                db.execute(_COUNT, (key, now, now + window))
            return result

        return await self._driver.write(count)

    async def take_back(self, key: str) -> bool:
        return await self._driver.write(lambda db: db.execute(_TAKE_BACK, (key,)).rowcount > 0)

    async def forget(self, key: str) -> bool:
        return await self._driver.write(lambda db: db.execute(_FORGET, (key,)).rowcount > 0)


def sweep_hits(db: sqlite3.Connection, now: int, limit: int) -> None:
    """Delete events that no longer count, `limit` at most."""
    db.execute(_SWEEP, (now, limit))
