"""Records in an SQLite file."""

import sqlite3
from collections.abc import Sequence

from dojang.errors import Conflict, Gone
from dojang.session import merge
from dojang.session.limit import Limit
from dojang.session.record import Principal, Record
from dojang.stores.catalogue import Page
from dojang.stores.drivers.sqlite import SqliteDriver
from dojang.stores.limits import victims
from dojang.stores.rows import columns
from dojang.stores.rows import record as as_record
from dojang.stores.sqlite.counters import sweep_hits
from dojang.stores.sqlite.documents import sweep_documents
from dojang.stores.sqlite.revocations import sweep_revocations

__all__ = ["SqliteRecords"]

#: Milliseconds between two sweeps that ride along with a write.
_SWEEP_EVERY = 60_000

#: Records such a sweep deletes at most, so that nobody waits for it.
_SWEEP_AT_ONCE = 500

_FIND = "SELECT * FROM session WHERE handle = ?"
_INSERT = """
    INSERT INTO session VALUES (:handle, :owner, :numeric, :data, :created, :expires, :login,
    :remember, :seen, :address, :agent, :rotated)
"""
_UPDATE = """
    UPDATE session SET owner = :owner, numeric = :numeric, data = :data, created = :created,
    expires = :expires, login = :login, remember = :remember, seen = :seen, address = :address,
    agent = :agent, rotated = :rotated WHERE handle = :handle
"""
# max() of NULL is NULL, which is never: exactly what an expiry wants.
_TOUCH = """
    UPDATE session SET expires = max(expires, ?), seen = max(seen, ?)
    WHERE handle = ? AND rotated = 0
"""
_REMOVE = "DELETE FROM session WHERE handle = ?"
_LIVE = """
    SELECT * FROM session WHERE owner = ? AND (expires IS NULL OR expires > ?)
    ORDER BY created DESC, handle
"""
_REMOVE_OVER = "DELETE FROM session WHERE owner = ? AND expires <= ?"
_REMOVE_ALL = "DELETE FROM session WHERE owner = ? AND handle IS NOT ?"
_SWEEP = """
    DELETE FROM session WHERE handle IN (SELECT handle FROM session WHERE expires <= ? LIMIT ?)
"""
_SCAN = """
    SELECT * FROM session
    WHERE handle > ? AND rotated = 0 AND (expires IS NULL OR expires > ?)
    ORDER BY handle LIMIT ?
"""
_COUNT = """
    SELECT count(*) FROM session WHERE rotated = 0 AND (expires IS NULL OR expires > ?)
"""


class SqliteRecords:
    """Records in a table of their own, with an index by owner and one by expiry."""

    def __init__(self, driver: SqliteDriver) -> None:
        """Use the file of `driver`."""
        self._driver = driver
        self._swept = 0

    async def find(self, handle: str, *, id: str = "") -> Record | None:
        del id
        rows = self._driver.read(_FIND, (handle,))
        return as_record(rows[0]) if rows else None

    async def insert(self, record: Record, *, now: int, limit: Limit | None = None) -> None:
        await self._driver.write(lambda db: self._insert(db, record, now, limit))

    async def replace(
        self,
        before: Record,
        after: Record,
        *,
        now: int,
        retire_until: int | None = None,
        limit: Limit | None = None,
    ) -> None:
        await self._driver.write(
            lambda db: _replace(db, before, after, now, retire_until=retire_until, limit=limit)
        )

    async def touch(self, record: Record, *, now: int) -> bool:
        del now
        parameters = (record.expires, record.seen, record.handle)
        return await self._driver.write(lambda db: db.execute(_TOUCH, parameters).rowcount > 0)

    async def remove(self, handle: str) -> bool:
        return await self._driver.write(lambda db: db.execute(_REMOVE, (handle,)).rowcount > 0)

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        return [as_record(row) for row in self._driver.read(_LIVE, (str(user), now))]

    async def remove_all(self, user: Principal, *, now: int, but: str | None = None) -> int:
        return await self._driver.write(lambda db: _remove_all(db, str(user), now, but))

    async def sweep(self, *, now: int, limit: int = 500) -> int:
        return await self._driver.write(lambda db: _sweep(db, now, limit))

    async def scan(self, *, after: str = "", limit: int = 500, now: int) -> Page:
        rows = self._driver.read(_SCAN, (after, now, limit))
        cursor = rows[-1]["handle"] if len(rows) == limit else ""
        return Page([as_record(row) for row in rows], cursor)

    async def count(self, *, now: int) -> int:
        ((live,),) = self._driver.read(_COUNT, (now,))
        return int(live)

    async def clear(self) -> int:
        return await self._driver.write(lambda db: db.execute("DELETE FROM session").rowcount)

    def _insert(
        self, db: sqlite3.Connection, record: Record, now: int, limit: Limit | None
    ) -> None:
        _insert(db, record, now, limit)
        if now - self._swept >= _SWEEP_EVERY:
            self._swept = now
            _sweep(db, now, _SWEEP_AT_ONCE)


def _insert(db: sqlite3.Connection, record: Record, now: int, limit: Limit | None) -> None:
    if record.user is not None and limit is not None:
        live = [as_record(row) for row in db.execute(_LIVE, (str(record.user), now))]
        for victim in victims(live, limit):
            db.execute(_REMOVE, (victim.handle,))
    try:
        db.execute(_INSERT, columns(record))
    except sqlite3.IntegrityError:
        raise Conflict("the id is taken") from None


def _replace(
    db: sqlite3.Connection,
    before: Record,
    after: Record,
    now: int,
    *,
    retire_until: int | None,
    limit: Limit | None,
) -> None:
    row = db.execute(_FIND, (before.handle,)).fetchone()
    if row is None or row["rotated"]:
        raise Gone("the session was ended")
    if row["data"] != before.data:
        raise Conflict("the session was changed")
    after = merge.clocks(before, after, as_record(row))
    if after.handle == before.handle:
        db.execute(_UPDATE, columns(after))
        return
    db.execute(_REMOVE, (before.handle,))
    _insert(db, after, now, limit)
    if retire_until is not None:
        retired = Record(
            handle=before.handle, created=before.created, expires=retire_until, rotated=True
        )
        db.execute(_INSERT, columns(retired))


def _remove_all(db: sqlite3.Connection, owner: str, now: int, but: str | None) -> int:
    db.execute(_REMOVE_OVER, (owner, now))
    return db.execute(_REMOVE_ALL, (owner, but)).rowcount


def _sweep(db: sqlite3.Connection, now: int, limit: int) -> int:
    sweep_revocations(db, now, limit)
    sweep_hits(db, now, limit)
    sweep_documents(db, now, limit)
    return db.execute(_SWEEP, (now, limit)).rowcount
