"""The columns of a record, as PostgreSQL is told them."""

from typing import LiteralString

__all__ = ["COLUMNS", "VALUES", "values"]

#: In the order of a row.
COLUMNS: LiteralString = (
    "handle, owner, numeric, data, created, expires, login, remember, seen, address, agent, rotated"
)


def values(
    expires: LiteralString = "%(expires)s::bigint", seen: LiteralString = "%(seen)s::bigint"
) -> LiteralString:
    """Return what `columns` supplies, in the same order and with their types.

    Args:
        expires: When the record is over, unless as it says itself.
        seen: When it was last seen, unless as it says itself.
    """
    return f"""
        %(handle)s::text, %(owner)s::text, %(numeric)s::boolean, %(data)s::text,
        %(created)s::bigint, {expires}, %(login)s::text, %(remember)s::boolean, {seen},
        %(address)s::text, %(agent)s::text, %(rotated)s::boolean
    """


VALUES = values()
