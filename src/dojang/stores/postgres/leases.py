"""Leases in PostgreSQL."""

from typing import LiteralString

from dojang.stores.drivers.postgres import PostgresDriver
from dojang.stores.names import bounded

__all__ = ["PostgresLeases"]

_ACQUIRE: LiteralString = """
    INSERT INTO dojang_lease AS lease VALUES (%(name)s, %(owner)s, %(until)s)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
        WHERE lease.owner = excluded.owner OR lease.until <= %(now)s
    RETURNING 1
"""
_RELEASE: LiteralString = (
    "DELETE FROM dojang_lease WHERE name = %(name)s AND owner = %(owner)s RETURNING 1"
)


class PostgresLeases:
    """Names with their owners."""

    _driver: PostgresDriver

    async def acquire(self, name: str, owner: str, *, until: int, now: int) -> bool:
        bounded(name)
        values = {"name": name, "owner": owner, "until": until, "now": now}
        return bool(await self._driver.write((_ACQUIRE, values)))

    async def release(self, name: str, owner: str) -> bool:
        return bool(await self._driver.write((_RELEASE, {"name": name, "owner": owner})))
