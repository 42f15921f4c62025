"""Which sessions must go for a new one to fit."""

from collections.abc import Sequence

from dojang.errors import TooManySessions
from dojang.session.limit import Limit
from dojang.session.record import Record

__all__ = ["victims"]


def victims(live: Sequence[Record], limit: Limit | None) -> Sequence[Record]:
    """Return the records that make room for one more.

    Args:
        live: The user's live records without the new one.
        limit: The bound, or None for none.

    Raises:
        TooManySessions: There is no room, and the limit refuses rather than ends.
    """
    if limit is None or len(live) < limit.count:
        return ()
    if limit.when_full == "refuse":
        raise TooManySessions(limit.count)
    oldest_first = sorted(live, key=lambda record: record.created)
    return oldest_first[: len(live) - limit.count + 1]
