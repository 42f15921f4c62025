"""Spans of time in words, as the two Node libraries understand them."""

import math
import re

from dojang.errors import Misuse

__all__ = ["jose_seconds", "ms"]

_UNITS = "seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|years?|yrs?|y"
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_557_600}

_JOSE = re.compile(
    rf"(?P<sign>[+-])? ?(?P<value>\d+|\d+\.\d+) ?(?P<unit>{_UNITS})(?: (?P<way>ago|from now))?",
    re.ASCII | re.IGNORECASE,
)
_MS = re.compile(
    rf"(?P<value>-?(?:\d+)?\.?\d+) *(?P<unit>milliseconds?|msecs?|ms|{_UNITS})?",
    re.ASCII | re.IGNORECASE,
)

#: Characters of a span, inclusive; the longest sensible one has about 30.
_MAX_SPAN = 100


def jose_seconds(span: str) -> int:
    """Return the seconds of a span such as `2h`, `1 week`, `-1m` or `5 minutes ago`.

    Args:
        span: A year has 365.25 days; what is left of a second is rounded.

    Raises:
        Misuse: Not a span in the words of jose.

    Source: jose 6.2.17 (`setExpirationTime`, `clockTolerance`, `maxTokenAge`).
    """
    found = _JOSE.fullmatch(span) if len(span) <= _MAX_SPAN else None
    if found is None or (found["sign"] and found["way"]):
        raise Misuse("a span of jose reads as 2h, 1 week, -1m or 5 minutes ago")
    seconds = math.floor(float(found["value"]) * _SECONDS[found["unit"][0].lower()] + 0.5)
    backwards = found["sign"] == "-" or (found["way"] or "").lower() == "ago"
    return -seconds if backwards else seconds


def ms(span: str) -> float:
    """Return the milliseconds of a span such as `2h` or `2 days`; `120` is 120 milliseconds.

    Args:
        span: A year has 365.25 days.

    Raises:
        Misuse: Not a span in the words of ms.

    Source: ms 2.1.3, as jsonwebtoken 8 and 9 use it.
    """
    found = _MS.fullmatch(span) if len(span) <= _MAX_SPAN else None
    if found is None:
        raise Misuse("a span of jsonwebtoken reads as 2h, 2 days or 120 for milliseconds")
    unit = (found["unit"] or "ms").lower()
    if unit.startswith(("ms", "millisecond")):
        return float(found["value"])
    return float(found["value"]) * _SECONDS[unit[0]] * 1000
