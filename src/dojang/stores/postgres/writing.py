"""Inserting and replacing in PostgreSQL: one statement each, whatever has to hold.

The parts of such a statement all see the same instant. A row that somebody else changed meanwhile
is looked at again before it is written, so that a write never goes over another one; and one that
finds nothing to write any more answers with what there was at first, and whoever tries again learns
the rest.
"""

from typing import LiteralString

from dojang.errors import Conflict, Gone, TooManySessions
from dojang.session import merge
from dojang.session.limit import Limit
from dojang.session.record import Record
from dojang.stores.drivers.postgres_connections import Rows, Statement
from dojang.stores.postgres.locks import lock
from dojang.stores.postgres.rows import COLUMNS, VALUES, values
from dojang.stores.rows import columns

__all__ = ["inserting", "judge", "replacing", "user_lock"]

# Every statement here answers with three values: whether it is done, whether the data before were
# those expected (NULL when there were none), and whether the limit leaves room.

_INSERT: LiteralString = f"""
    INSERT INTO dojang_session ({COLUMNS}) VALUES ({VALUES}) RETURNING true, true, true
"""

# What `merge.clocks` does, where the clocks are that somebody may have moved: `expires` and `seen`.
_CLOCKS: LiteralString = values(
    """nullif(CASE WHEN %(meant)s THEN %(end)s::bigint
        WHEN coalesce(expires, %(never)s) < %(base)s THEN expires
        ELSE greatest(coalesce(expires, %(never)s), %(end)s) END, %(never)s)""",
    "greatest(seen, %(seen)s::bigint)",
)

_UPDATE: LiteralString = f"""
    WITH done AS (
        UPDATE dojang_session SET ({COLUMNS}) = ROW ({_CLOCKS})
        WHERE handle = %(old)s AND NOT rotated AND data = %(was)s
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM done),
        (SELECT data = %(was)s FROM dojang_session WHERE handle = %(old)s AND NOT rotated), true
"""

_PLENTY: LiteralString = "room AS (SELECT true AS there)"
_COUNTED: LiteralString = """
    live AS MATERIALIZED (
        SELECT handle, created FROM dojang_session
        WHERE owner = %(owner)s AND handle <> %(old)s AND NOT rotated
            AND (expires IS NULL OR expires > %(now)s)
    ), room AS (
        SELECT %(evicts)s OR count(*) < %(most)s AS there FROM live
    ), victim AS (
        SELECT handle FROM live ORDER BY created DESC, handle DESC OFFSET %(most)s - 1
    )
"""
_EVICT: LiteralString = """, evicted AS (
        DELETE FROM dojang_session AS session USING victim
        WHERE session.handle = victim.handle AND %(evicts)s AND EXISTS (SELECT FROM old)
    )
"""

_NONE: LiteralString = "SELECT FROM room WHERE there"
_ENDED: LiteralString = """
    DELETE FROM dojang_session
    WHERE handle = %(old)s AND NOT rotated AND data = %(was)s AND (SELECT there FROM room)
    RETURNING expires, seen
"""
# What an update returns are its own values: those before are read in its stead, once it is locked.
_RETIRED: LiteralString = """
    UPDATE dojang_session AS session SET rotated = true, owner = NULL, numeric = false,
        data = '{}', expires = %(retire_until)s, login = NULL, remember = true, seen = 0,
        address = '', agent = ''
    FROM (
        SELECT handle, expires, seen FROM dojang_session
        WHERE handle = %(old)s AND NOT rotated AND data = %(was)s FOR UPDATE
    ) AS found
    WHERE session.handle = found.handle AND (SELECT there FROM room)
    RETURNING found.expires, found.seen
"""


def _moving(
    old: LiteralString, record: LiteralString, same: LiteralString, *, counted: bool
) -> LiteralString:
    """Return what inserts a record once there is room for it and the old one is out of the way."""
    room, evict = (_COUNTED, _EVICT) if counted else (_PLENTY, "")
    return f"""
        WITH {room}, old AS ({old}){evict}, new AS (
            INSERT INTO dojang_session ({COLUMNS}) SELECT {record} FROM old RETURNING 1
        )
        SELECT EXISTS (SELECT FROM new), {same}, there FROM room
    """


_SAME: LiteralString = (
    "(SELECT data = %(was)s FROM dojang_session WHERE handle = %(old)s AND NOT rotated)"
)
_INSERT_COUNTED = _moving(_NONE, VALUES, "true", counted=True)
_END = _moving(_ENDED, _CLOCKS, _SAME, counted=False)
_END_COUNTED = _moving(_ENDED, _CLOCKS, _SAME, counted=True)
_RETIRE = _moving(_RETIRED, _CLOCKS, _SAME, counted=False)
_RETIRE_COUNTED = _moving(_RETIRED, _CLOCKS, _SAME, counted=True)


def user_lock(owner: str) -> Statement:
    """Return the statement that lets those who count or end the sessions of a user take turns."""
    return lock("user", owner)


def inserting(record: Record, now: int, limit: Limit | None) -> list[Statement]:
    """Return what inserts `record`; see `Store.insert`."""
    values = columns(record)
    if record.user is None or limit is None:
        return [(_INSERT, values)]
    return [
        user_lock(str(record.user)),
        (_INSERT_COUNTED, {**values, "old": "", **_bounds(limit, now)}),
    ]


def replacing(
    before: Record, after: Record, now: int, retire_until: int | None, limit: Limit | None
) -> list[Statement]:
    """Return what puts `after` where `before` is; see `Store.replace`."""
    known = {
        **columns(after),
        "old": before.handle,
        "was": before.data,
        "meant": merge.ends_as_meant(before, after),
        "base": merge.end(before),
        "end": merge.end(after),
        "never": merge.NEVER,
    }
    if before.handle == after.handle:
        return [(_UPDATE, known)]
    if retire_until is not None:
        known["retire_until"] = retire_until
    moving = (_END if retire_until is None else _RETIRE, known)
    if after.user is None:
        return [moving]
    if limit is not None:
        counted = _END_COUNTED if retire_until is None else _RETIRE_COUNTED
        moving = (counted, {**known, **_bounds(limit, now)})
    # Whoever ends all sessions of the user would see the old row alone, and wait for it: the new
    # one would outlive them.
    return [user_lock(str(after.user)), moving]


def judge(rows: Rows, limit: Limit | None) -> None:
    """Raise what has become of an insert or a replace, unless it is done.

    Raises:
        Gone: There was nothing to replace.
        Conflict: It had changed.
        TooManySessions: The limit refuses.
    """
    ((done, same, room),) = rows
    if done:
        return
    if same is None:
        raise Gone("the session was ended")
    if same and not room and limit is not None:
        raise TooManySessions(limit.count)
    raise Conflict("the session was changed")


def _bounds(limit: Limit, now: int) -> dict[str, object]:
    return {"most": limit.count, "evicts": limit.when_full == "oldest-out", "now": now}
