"""What a request may see of the record that was found."""

from dojang.errors import Expired, Rotated
from dojang.session.lifetime import Lifetime
from dojang.session.record import Record

__all__ = ["resume"]


def resume(found: Record, lifetime: Lifetime, *, now: int) -> Record:
    """Return the record as of `now`: the same, or renewed where that is due.

    Args:
        found: What the format or the store gave.
        lifetime: The limits in force now; a session made under longer ones is cut to them.
        now: Unix milliseconds.

    Raises:
        Expired: The idle or the absolute limit has passed.
        Rotated: A newer record has taken its place.
    """
    if found.rotated:
        raise Rotated("the session goes on under a newer id")
    if not lifetime.is_live(found, now=now):
        raise Expired("the session is past its limit")
    return lifetime.renewed(found, now=now)
