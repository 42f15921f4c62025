"""A session of another kind, as one of ours."""

from dataclasses import replace

from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.session.record import Record
from dojang.session.resume import resume
from dojang.session.settle import RESERVED
from dojang.wire import json

__all__ = ["arrived"]


def arrived(
    record: Record, lifetime: Lifetime, *, came_from: Place | None, goes_to: Place | None, now: int
) -> Record:
    """Return a record of another kind as one of ours, for whose limits its beginning counts.

    Whose it is, the application says: who is at `goes_to` owns it, whatever a token or a peer says
    elsewhere, which may be an id at a provider, or a purpose. They are asked where nobody is there.

    Args:
        record: As its own system has it, and good there.
        lifetime: Our limits.
        came_from: Where that system keeps the user in the data; None where its format has a place.
        goes_to: Where the application keeps the user in the data; None where it does not.
        now: Unix milliseconds.

    Raises:
        Expired: It is past our absolute limit.
    """
    data = json.loads_object(record.data)
    data.pop(RESERVED, None)  # facts about another session, which came along as data
    user = None if goes_to is None else goes_to.find(data)
    if user is None:
        user = record.user if came_from is None else came_from.find(data)
        if goes_to is not None and user is not None:
            goes_to.put(data, user)
    expires = lifetime.expiry(created=record.created, remember=record.remember, now=now)
    moved = replace(
        record,
        handle="",
        id="",
        data=json.dumps(data),
        user=user,
        expires=expires,
        seen=now,
        login=record.login if user == record.user else None,
    )
    return resume(moved, lifetime, now=now)
