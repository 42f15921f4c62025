"""The columns of a record, as PostgreSQL is told them."""

from typing import LiteralString

__all__ = ["COLUMNS", "VALUES"]

#: In the order of a row.
COLUMNS: LiteralString = (
    "handle, owner, numeric, data, created, expires, login, remember, seen, address, agent, rotated"
)

#: What `columns` supplies, in the same order and with their types.
VALUES: LiteralString = """
    %(handle)s::text, %(owner)s::text, %(numeric)s::boolean, %(data)s::text, %(created)s::bigint,
    %(expires)s::bigint, %(login)s::text, %(remember)s::boolean, %(seen)s::bigint,
    %(address)s::text, %(agent)s::text, %(rotated)s::boolean
"""
