"""The log of revocations in an SQLite file."""

import sqlite3

from dojang.session.fence import Revocation
from dojang.stores.drivers.sqlite import SqliteDriver
from dojang.stores.revocation_log import Pulled
from dojang.wire import entropy

__all__ = ["SqliteRevocations", "sweep_revocations"]

_LOG = "SELECT generation, begun FROM revocation_log"
_BEGIN_LOG = """
    INSERT INTO revocation_log SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM revocation_log)
"""
_REVOKE = """
    INSERT INTO revocation (handle, owner, not_before, exempt, expires) VALUES (?, ?, ?, ?, ?)
"""
_COUNT_REVOCATIONS = "SELECT count(*) FROM revocation WHERE expires > ?"
_REVOCATIONS = "SELECT * FROM revocation WHERE number > ? AND expires > ? ORDER BY number"
_SWEEP_REVOCATIONS = """
    DELETE FROM revocation WHERE number IN (
        SELECT number FROM revocation WHERE expires <= ? LIMIT ?
    )
"""


class SqliteRevocations:
    """Numbered in the order of commits, because there is one writer at a time."""

    _driver: SqliteDriver

    async def begin(self, *, now: int) -> None:
        if not self._driver.read(_LOG):
            fresh = (entropy.token(8), now)
            await self._driver.write(lambda db: db.execute(_BEGIN_LOG, fresh).rowcount)

    async def revoke(self, revocation: Revocation, *, now: int) -> None:
        await self.begin(now=now)
        parameters = (
            revocation.handle,
            revocation.user,
            revocation.not_before,
            revocation.exempt,
            revocation.expires,
        )
        await self._driver.write(lambda db: db.execute(_REVOKE, parameters).rowcount)

    async def revocations(self, *, after: int, now: int) -> Pulled:
        log = self._driver.read(_LOG)
        generation, begun = tuple(log[0]) if log else ("", now)
        # Counted before they are read: what comes in between is at worst read twice.
        ((live,),) = self._driver.read(_COUNT_REVOCATIONS, (now,))
        rows = self._driver.read(_REVOCATIONS, (after, now))
        entries = [_revocation(row) for row in rows]
        cursor = rows[-1]["number"] if rows else after
        return Pulled(generation, begun, live, cursor, entries)


def sweep_revocations(db: sqlite3.Connection, now: int, limit: int) -> None:
    """Delete entries whose time is over, `limit` at most."""
    db.execute(_SWEEP_REVOCATIONS, (now, limit))


def _revocation(row: sqlite3.Row) -> Revocation:
    return Revocation(
        handle=row["handle"],
        user=row["owner"],
        not_before=row["not_before"],
        exempt=row["exempt"],
        expires=row["expires"],
    )
