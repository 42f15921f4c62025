"""The statements of events: each function is one transaction, and blocks.

Source of all: `dojang.auth.tables`.
"""

from collections.abc import Sequence

from sqlalchemy import Engine, RowMapping, delete, insert, select

from dojang.auth import rows
from dojang.auth.event import Event
from dojang.auth.tables import events
from dojang.wire import json

__all__ = ["add", "forget", "page"]


def add(engine: Engine, event: Event) -> None:
    """Add an event.

    Raises:
        Unavailable: The database did not answer.
    """
    values = {
        "at": event.at,
        "kind": event.kind,
        "user_id": event.user,
        "handle": event.handle,
        "address": event.address,
        "agent": event.agent,
        "facts": json.dumps(dict(event.facts)),
    }
    with rows.answering(), engine.begin() as connection:
        connection.execute(insert(events).values(values))


def page(
    engine: Engine, *, user: str | None, kind: str | None, before: int | None, limit: int
) -> Sequence[tuple[int, Event]]:
    """Return events with their numbers, newest first.

    Raises:
        Unavailable: The database did not answer.
    """
    statement = select(events).order_by(events.c.id.desc()).limit(limit)
    if user is not None:
        statement = statement.where(events.c.user_id == user)
    if kind is not None:
        statement = statement.where(events.c.kind == kind)
    if before is not None:
        statement = statement.where(events.c.id < before)
    with rows.answering(), engine.connect() as connection:
        return [(row["id"], _event(row)) for row in connection.execute(statement).mappings()]


def forget(engine: Engine, *, before: int, limit: int) -> int:
    """Delete events from before a time, the oldest first; return how many.

    Raises:
        Unavailable: The database did not answer.
    """
    old = select(events.c.id).where(events.c.at < before).order_by(events.c.at).limit(limit)
    with rows.answering(), engine.begin() as connection:
        return connection.execute(delete(events).where(events.c.id.in_(old))).rowcount


def _event(row: RowMapping) -> Event:
    return Event(
        kind=row["kind"],
        at=row["at"],
        user=row["user_id"],
        handle=row["handle"],
        address=row["address"],
        agent=row["agent"],
        facts=json.loads(row["facts"]),
    )
