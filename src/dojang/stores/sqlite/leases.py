"""Leases in an SQLite file."""

from dojang.stores.drivers.sqlite import SqliteDriver
from dojang.stores.names import bounded

__all__ = ["SqliteLeases"]

_ACQUIRE = """
    INSERT INTO lease VALUES (?1, ?2, ?3)
    ON CONFLICT (name) DO UPDATE SET owner = ?2, until = ?3 WHERE owner = ?2 OR until <= ?4
"""
_RELEASE = "DELETE FROM lease WHERE name = ? AND owner = ?"


class SqliteLeases:
    """Names with their owners."""

    _driver: SqliteDriver

    async def acquire(self, name: str, owner: str, *, until: int, now: int) -> bool:
        bounded(name)
        parameters = (name, owner, until, now)
        return await self._driver.write(lambda db: db.execute(_ACQUIRE, parameters).rowcount > 0)

    async def release(self, name: str, owner: str) -> bool:
        return await self._driver.write(lambda db: db.execute(_RELEASE, (name, owner)).rowcount > 0)
