"""A session of another kind, stored here once, however often its text comes."""

from typing import Protocol

from dojang.errors import Conflict, Unknown
from dojang.session.limit import Limit
from dojang.session.record import Record
from dojang.stores.contract import Store
from dojang.stores.leases import Leases
from dojang.wire import entropy

__all__ = ["StoreWithLeases", "stored_once"]

#: Random bytes in the name of who borrows.
_OWNER_BYTES = 16

#: Unix milliseconds: the year 2100, for what has no end of its own.
_FOREVER = 4_102_444_800_000


class StoreWithLeases(Store, Leases, Protocol):
    """A store that lends names, too."""


async def stored_once(
    store: StoreWithLeases,
    record: Record,
    *,
    until: int | None,
    limit: Limit | None,
    now: int,
) -> Record:
    """Store `record`, or return what somebody stored under its handle.

    Args:
        store: Where it goes.
        record: Its handle is made of its text, and so is its id where the store wants one.
        until: When its text is good for nothing any more; None where that is not known.
        limit: As for `Store.insert`.
        now: Unix milliseconds.

    Raises:
        Unknown: It was stored before, and is over.
        TooManySessions: The limit is reached and refuses.
        Unavailable: The store did not answer.
    """
    over = "the session was moved here, and is over"
    try:
        await store.insert(record, now=now, limit=limit)
    except Conflict:
        stored = await store.find(record.handle, id=record.id)
        if stored is None:
            raise Unknown(over) from None
        return stored
    # The name is lent for as long as the text could be good, however soon the session is over, and
    # never given back: whoever brings the text again then finds it taken.
    lent = max(until or _FOREVER, record.expires or _FOREVER)
    owner = entropy.token(_OWNER_BYTES)
    if await store.acquire(f"moved-in:{record.handle}", owner, until=lent, now=now):
        return record
    await store.remove(record.handle)
    raise Unknown(over)
