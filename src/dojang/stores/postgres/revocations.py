"""The log of revocations in PostgreSQL."""

from collections.abc import Sequence
from typing import Any, LiteralString

from dojang.session.fence import Revocation
from dojang.stores.drivers.postgres import PostgresDriver
from dojang.stores.revocation_log import Pulled
from dojang.wire import entropy

__all__ = ["PostgresRevocations"]

_BEGIN: LiteralString = """
    INSERT INTO dojang_revocation_log VALUES (true, %(generation)s, %(now)s, 0)
    ON CONFLICT (singleton) DO NOTHING
"""

#: The number comes from a row that stays locked until the entry is committed. A sequence would give
#: numbers to transactions that commit in another order, and a reader who has seen a later number
#: never asks for an earlier one again.
_REVOKE: LiteralString = """
    WITH log AS (
        INSERT INTO dojang_revocation_log AS log VALUES (true, %(generation)s, %(now)s, 1)
        ON CONFLICT (singleton) DO UPDATE SET number = log.number + 1
        RETURNING number
    )
    INSERT INTO dojang_revocation
    SELECT number, %(handle)s::text, %(owner)s::text, %(not_before)s::bigint, %(exempt)s::text,
        %(expires)s::bigint
    FROM log
"""
_REVOCATIONS: LiteralString = """
    SELECT log.generation, log.begun,
        (SELECT count(*) FROM dojang_revocation WHERE expires > %(now)s),
        entry.number, entry.handle, entry.owner, entry.not_before, entry.exempt, entry.expires
    FROM dojang_revocation_log AS log
    LEFT JOIN dojang_revocation AS entry ON entry.number > %(after)s AND entry.expires > %(now)s
    ORDER BY entry.number
"""


class PostgresRevocations:
    """Numbered in the order of commits, and pulled in one round trip with all that goes along."""

    _driver: PostgresDriver

    async def begin(self, *, now: int) -> None:
        await self._driver.write((_BEGIN, {"generation": entropy.token(8), "now": now}))

    async def revoke(self, revocation: Revocation, *, now: int) -> None:
        values = {
            "generation": entropy.token(8),
            "now": now,
            "handle": revocation.handle,
            "owner": revocation.user,
            "not_before": revocation.not_before,
            "exempt": revocation.exempt,
            "expires": revocation.expires,
        }
        await self._driver.write((_REVOKE, values))

    async def revocations(self, *, after: int, now: int) -> Pulled:
        rows = await self._driver.read((_REVOCATIONS, {"after": after, "now": now}))
        if not rows:
            return Pulled("", now, 0, ())
        generation, begun, live = rows[0][:3]
        entries = [_revocation(row[3:]) for row in rows if row[3] is not None]
        return Pulled(generation, begun, live, entries)


def _revocation(row: Sequence[Any]) -> Revocation:
    number, handle, owner, not_before, exempt, expires = row
    return Revocation(
        handle=handle,
        user=owner,
        not_before=not_before,
        exempt=exempt,
        expires=expires,
        number=number,
    )
