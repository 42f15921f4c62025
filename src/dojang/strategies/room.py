"""Which of the listed sessions of a user stay, where only so many may.

Sessions are in one order, the same for all who look at the list, however many sign in at the same
moment: by the place that a login took behind all it found there. Whoever is beyond the newest then,
stays beyond them, because the others only become more; so nobody ends one whom another keeps, and
the last to look sees them all.
"""

from collections.abc import Sequence
from dataclasses import replace

from dojang.session.limit import Limit
from dojang.session.record import Record
from dojang.session.settle import RESERVED
from dojang.wire import json

__all__ = ["behind", "beyond"]


def behind(entry: Record, listed: Sequence[Record]) -> Record:
    """Return the entry of a new login, placed behind all that were there when it came.

    The clocks of hosts are apart: one that is slow would otherwise sign in behind its time, and
    end what it has just begun.
    """
    last = max((_place(one) for one in listed), default=0)
    return entry if last < entry.created else _placed(entry, last + 1)


def beyond(listed: Sequence[Record], limit: Limit) -> Sequence[Record]:
    """Return those that have to go, oldest first."""
    in_order = sorted(listed, key=lambda one: (_place(one), one.handle))
    return in_order[: -limit.count]


def _place(entry: Record) -> int:
    place = json.loads_object(entry.data).get(RESERVED)
    return place if isinstance(place, int) else entry.created


def _placed(entry: Record, place: int) -> Record:
    return replace(entry, data=json.dumps({RESERVED: place}))
