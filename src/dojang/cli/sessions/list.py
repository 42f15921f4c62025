"""`dojang sessions list`."""

import shlex
from collections.abc import Sequence
from typing import Annotated

import typer

from dojang import blocking, clock
from dojang.cli.sessions.output import as_object, notes, print_object, print_table, print_unreadable
from dojang.cli.sessions.stores import AsJson, StoreUrl, at_once, opened
from dojang.session import principal
from dojang.session.record import Record
from dojang.stores.whole import WholeStore

__all__ = ["list_sessions"]


def list_sessions(
    store: StoreUrl,
    user: Annotated[str | None, typer.Option(help="Of this user alone, newest first.")] = None,
    limit: Annotated[
        int,
        typer.Option(callback=at_once, help="So many of everybody's; of a Redis, a few more."),
    ] = 100,
    after: Annotated[str, typer.Option(help="Go on where a list ended.")] = "",
    as_json: AsJson = False,
) -> None:
    """List live sessions."""
    with opened(store) as sessions:
        records, cursor = _of(sessions, user) if user else _page(sessions, after, limit)
    if as_json:
        for record in records:
            print_object(as_object(record))
    else:
        print_table(records)
    if cursor:
        notes.print(f"there are more: --after {shlex.quote(cursor)}")


def _of(sessions: WholeStore, user: str) -> tuple[Sequence[Record], str]:
    principal.check(user)
    return blocking.run(sessions.list(user, now=clock.now())), ""


def _page(sessions: WholeStore, after: str, limit: int) -> tuple[Sequence[Record], str]:
    found: list[Record] = []
    while True:
        wanted = limit - len(found)
        page = blocking.run(sessions.scan(after=after, limit=wanted, now=clock.now()))
        found += page.records
        print_unreadable("cannot be read", page.refused)
        after = page.cursor
        if not after or len(found) >= limit:
            return found, after
