"""Documents in an SQLite file."""

import sqlite3
from collections.abc import Sequence

from dojang.stores.documents import Document
from dojang.stores.drivers.sqlite import SqliteDriver

__all__ = ["SqliteDocuments", "sweep_documents"]

_FIND = "SELECT * FROM document WHERE name = ? AND (expires IS NULL OR expires > ?)"
_INSERT = """
    INSERT INTO document VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (name) DO UPDATE SET text = ?2, owner = ?3, expires = ?4 WHERE expires <= ?5
"""
_REPLACE = """
    UPDATE document SET text = ?2, owner = ?3, expires = ?4
    WHERE name = ?1 AND text = ?6 AND (expires IS NULL OR expires > ?5)
"""
_DISCARD = "DELETE FROM document WHERE name = ? AND text = ?"
_LIST = """
    SELECT * FROM document WHERE owner = ? AND (expires IS NULL OR expires > ?) ORDER BY name
"""
_SWEEP = """
    DELETE FROM document WHERE name IN (SELECT name FROM document WHERE expires <= ? LIMIT ?)
"""


class SqliteDocuments:
    """A row for each."""

    _driver: SqliteDriver

    async def document(self, name: str, *, now: int) -> Document | None:
        rows = self._driver.read(_FIND, (name, now))
        return _document(rows[0]) if rows else None

    async def put(self, before: Document | None, after: Document, *, now: int) -> bool:
        values = (after.name, after.text, after.owner, after.expires, now)
        sql = _INSERT if before is None else _REPLACE
        parameters = values if before is None else (*values, before.text)
        return await self._driver.write(lambda db: db.execute(sql, parameters).rowcount > 0)

    async def discard(self, before: Document) -> bool:
        parameters = (before.name, before.text)
        return await self._driver.write(lambda db: db.execute(_DISCARD, parameters).rowcount > 0)

    async def documents(self, owner: str, *, now: int) -> Sequence[Document]:
        return [_document(row) for row in self._driver.read(_LIST, (owner, now))]


def sweep_documents(db: sqlite3.Connection, now: int, limit: int) -> None:
    """Delete documents whose time is over, `limit` at most."""
    db.execute(_SWEEP, (now, limit))


def _document(row: sqlite3.Row) -> Document:
    name, text, owner, expires = row
    return Document(name=name, text=text, owner=owner, expires=expires)
