"""Deleting what is over from PostgreSQL, in bounded batches."""

from typing import LiteralString

from dojang.stores.drivers.postgres_connections import Statement

__all__ = ["statements"]

# Whoever sweeps at the same time takes other rows, and nobody waits for anybody; a row that is
# being renewed meanwhile is passed over.
_LEASES: LiteralString = """
    WITH over AS MATERIALIZED (
        SELECT name FROM dojang_lease WHERE until <= %(now)s
        LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM dojang_lease AS lease USING over WHERE lease.name = over.name
"""
_HITS: LiteralString = """
    WITH over AS MATERIALIZED (
        SELECT ctid FROM dojang_hit WHERE expires <= %(now)s
        LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM dojang_hit AS hit USING over WHERE hit.ctid = over.ctid
"""
_DOCUMENTS: LiteralString = """
    WITH over AS MATERIALIZED (
        SELECT name FROM dojang_document WHERE expires <= %(now)s
        LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM dojang_document AS document USING over WHERE document.name = over.name
"""
_REVOCATIONS: LiteralString = """
    WITH over AS MATERIALIZED (
        SELECT number FROM dojang_revocation WHERE expires <= %(now)s
        LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM dojang_revocation AS entry USING over WHERE entry.number = over.number
"""
_SESSIONS: LiteralString = """
    WITH over AS MATERIALIZED (
        SELECT handle FROM dojang_session WHERE expires <= %(now)s
        LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM dojang_session AS session USING over WHERE session.handle = over.handle
        RETURNING 1
    )
    SELECT count(*) FROM gone
"""


def statements(now: int, limit: int) -> list[Statement]:
    """Return what deletes at most `limit` rows of each kind; the last says how many sessions."""
    values: dict[str, object] = {"now": now, "limit": limit}
    return [(sql, values) for sql in (_LEASES, _HITS, _DOCUMENTS, _REVOCATIONS, _SESSIONS)]
