"""Documents in PostgreSQL."""

from collections.abc import Sequence
from typing import LiteralString

from dojang.stores.documents import Document
from dojang.stores.drivers.postgres import PostgresDriver

__all__ = ["PostgresDocuments"]

_COLUMNS: LiteralString = "name, text, owner, expires"
_LIVE: LiteralString = "(document.expires IS NULL OR document.expires > %(now)s)"

_FIND: LiteralString = f"""
    SELECT {_COLUMNS} FROM dojang_document AS document WHERE name = %(name)s AND {_LIVE}
"""
_INSERT: LiteralString = """
    INSERT INTO dojang_document AS document
    VALUES (%(name)s, %(text)s, %(owner)s, %(expires)s::bigint)
    ON CONFLICT (name) DO UPDATE
        SET text = excluded.text, owner = excluded.owner, expires = excluded.expires
        WHERE document.expires <= %(now)s
    RETURNING 1
"""
# Of many at the same time one finds the text it knows: the others wait for its row, and look again.
_REPLACE: LiteralString = f"""
    UPDATE dojang_document AS document
    SET text = %(text)s, owner = %(owner)s, expires = %(expires)s::bigint
    WHERE name = %(name)s AND text = %(was)s AND {_LIVE}
    RETURNING 1
"""
_DISCARD: LiteralString = (
    "DELETE FROM dojang_document WHERE name = %(name)s AND text = %(was)s RETURNING 1"
)
_LIST: LiteralString = f"""
    SELECT {_COLUMNS} FROM dojang_document AS document
    WHERE owner = %(owner)s AND {_LIVE} ORDER BY name
"""


class PostgresDocuments:
    """A row for each."""

    _driver: PostgresDriver

    async def document(self, name: str, *, now: int) -> Document | None:
        rows = await self._driver.read((_FIND, {"name": name, "now": now}))
        return _document(*rows[0]) if rows else None

    async def put(self, before: Document | None, after: Document, *, now: int) -> bool:
        values: dict[str, object] = {
            "name": after.name,
            "text": after.text,
            "owner": after.owner,
            "expires": after.expires,
            "now": now,
        }
        if before is None:
            return bool(await self._driver.write((_INSERT, values)))
        return bool(await self._driver.write((_REPLACE, {**values, "was": before.text})))

    async def discard(self, before: Document) -> bool:
        values: dict[str, object] = {"name": before.name, "was": before.text}
        return bool(await self._driver.write((_DISCARD, values)))

    async def documents(self, owner: str, *, now: int) -> Sequence[Document]:
        rows = await self._driver.read((_LIST, {"owner": owner, "now": now}))
        return [_document(*row) for row in rows]


def _document(name: str, text: str, owner: str, expires: int | None) -> Document:
    return Document(name=name, text=text, owner=owner, expires=expires)
