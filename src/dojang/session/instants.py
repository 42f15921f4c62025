"""Instants as Python's calendar has them."""

from datetime import UTC, datetime

__all__ = ["instant"]

#: The last whole second that Python's calendar holds, in unix milliseconds.
_LAST = 253_402_300_799_000


def instant(milliseconds: int) -> datetime:
    """Return unix milliseconds as a time in UTC; what is beyond the year 9999 as its end.

    A peer may have written seconds where milliseconds stand, and that is no fault of a session.
    """
    return datetime.fromtimestamp(max(0, min(milliseconds, _LAST)) / 1000, UTC)
