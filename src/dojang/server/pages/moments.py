"""Instants as people read them, with the time that is meant beside them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from dojang.session.instants import instant

__all__ = ["Moment", "distance", "instant"]

_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60))


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant for a `<time>` element.

    Attributes:
        iso: For programs: `2026-09-21T12:33:20Z`.
        absolute: For people, wherever they are: `2026-09-21 12:33 UTC`.
        relative: Seen from now: `3 minutes ago`, `in 7 days`.
    """

    iso: str
    absolute: str
    relative: str

    @classmethod
    def of(cls, when: datetime, now: datetime) -> "Moment":
        """Return `when`, seen from `now`; both know their time zone."""
        utc = when.astimezone(UTC)
        return cls(
            iso=f"{utc:%Y-%m-%dT%H:%M:%SZ}",
            absolute=f"{utc:%Y-%m-%d %H:%M} UTC",
            relative=distance(round((when - now).total_seconds())),
        )


def distance(seconds: int) -> str:
    """Return how far off something is in its largest whole unit.

    Args:
        seconds: Negative for what has been, which is rounded down; what will be is rounded to the
            nearest, so that seven days less a moment are seven days.
    """
    far = abs(seconds)
    for unit, length in _UNITS:
        if far >= length:
            count = (far + length // 2) // length if seconds > 0 else far // length
            many = f"{count} {unit}" + ("" if count == 1 else "s")
            return f"in {many}" if seconds > 0 else f"{many} ago"
    return "in less than a minute" if seconds > 0 else "just now"
