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
#: One statement, so that what is counted is what is read.
_REVOCATIONS = """
    SELECT log.generation, log.begun,
        (SELECT count(*) FROM revocation WHERE expires > ?2) AS live, entry.*
    FROM revocation_log AS log
    LEFT JOIN revocation AS entry ON entry.number > ?1 AND entry.expires > ?2
    ORDER BY entry.number
"""
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
        rows = self._driver.read(_REVOCATIONS, (after, now))
        if not rows:
            return Pulled("", now, 0, ())
        generation, begun, live = tuple(rows[0])[:3]
        entries = [_revocation(row) for row in rows if row["number"] is not None]
        return Pulled(generation, begun, live, entries)


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
        number=row["number"],
    )
