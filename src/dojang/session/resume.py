"""What a request may see of the record that was found."""

from dojang.errors import Expired, Rotated, Unknown
from dojang.session.lifetime import Lifetime
from dojang.session.record import Record

__all__ = ["resume"]


def resume(found: Record, lifetime: Lifetime, *, now: int) -> Record:
    """Return the record as of `now`: the same, or renewed where that is due.

    Args:
        found: What the format or the store gave.
        lifetime: The limits in force now; an absolute limit made shorter cuts what is out there.
        now: Unix milliseconds.

    Raises:
        Expired: The idle or the absolute limit has passed.
        Rotated: A newer record has taken its place.
        Unknown: The same, and the time in which that could be told apart is over.
    """
    if found.rotated and found.expires is not None and now >= found.expires:
        raise Unknown("there is no such session any more")
    if found.rotated:
        raise Rotated("the session goes on under a newer id")
    if not lifetime.is_live(found, now=now):
        raise Expired("the session is past its limit")
    return lifetime.renewed(found, now=now)
