"""Sessions by the handle that a list shows."""

from typing import Annotated

import typer

from dojang import clock
from dojang.errors import Misuse
from dojang.stores.whole import WholeStore

__all__ = ["Handle", "met", "no_such_session"]


def no_such_session() -> Misuse:
    """Return what is said of a handle that nobody has."""
    return Misuse("there is no such session")


def _possible(handle: str) -> str:
    if not handle.isascii():
        raise no_such_session()
    return handle


Handle = Annotated[str, typer.Argument(help="As `list` prints it.", callback=_possible)]


async def met(store: WholeStore, handle: str) -> bool:
    """Go through all sessions until one has that handle, and the store knows it from then on.

    A store that files sessions under their ids knows those of users by their handles, and those it
    has met. Of any other store nothing more can be learnt.

    Raises:
        Unavailable: The store did not answer.
    """
    cursor, more = "", store.by_id
    while more:
        page = await store.scan(after=cursor, now=clock.now())
        here = {one.handle for one in page.records} | {one.handle for one in page.refused}
        if handle in here:
            return True
        cursor, more = page.cursor, bool(page.cursor)
    return False
