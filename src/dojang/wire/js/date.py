"""Instants as JavaScript and HTTP write them."""

import re
from datetime import UTC, datetime, timedelta

from dojang.errors import Malformed

__all__ = ["MAX_TIME", "from_iso", "http_date", "to_iso"]

#: The last instant a JavaScript date holds, in milliseconds from 1970 either way.
MAX_TIME = 8_640_000_000_000_000

#: Days of 400 Gregorian years.
_CYCLE_DAYS = 146_097

_ISO = re.compile(r"(\d{4}|[+-]\d{6})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def to_iso(milliseconds: int) -> str:
    """Return unix milliseconds as `Date.prototype.toISOString` writes them.

    Raises:
        Malformed: Beyond what JavaScript's dates hold, 100 million days from 1970.

    Source: ECMA-262 sections 21.4.1.1 and 21.4.4.36.
    """
    if abs(milliseconds) > MAX_TIME:
        raise Malformed(f"expected an instant at most {MAX_TIME} ms from 1970")
    days, rest = divmod(milliseconds, 86_400_000)
    # Years are moved by whole Gregorian cycles of 400 years, which have the same days.
    cycles, day = divmod(days, _CYCLE_DAYS)
    moment = _EPOCH + timedelta(days=day, milliseconds=rest)
    year = moment.year + 400 * cycles
    text = f"{year:04d}" if 0 <= year <= 9999 else f"{year:+07d}"  # noqa: PLR2004 - ISO 8601
    return f"{text}-{moment:%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def from_iso(text: str) -> int:
    """Return the unix milliseconds that `to_iso` was given.

    Raises:
        Malformed: Not a date of that form, or one that no calendar has.
    """
    found = _ISO.fullmatch(text)
    if found is None:
        raise Malformed("expected a date such as 2026-01-31T12:00:00.000Z")
    year, month, day, hour, minute, second, thousandth = map(int, found.groups())
    # Within one Gregorian cycle from 2000, whose days are those of every other.
    cycles, year = divmod(year, 400)
    try:
        moment = datetime(
            2000 + year, month, day, hour, minute, second, thousandth * 1000, tzinfo=UTC
        )
    except ValueError:
        raise Malformed("expected a date that the calendar has") from None
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    return milliseconds + (cycles - 5) * _CYCLE_DAYS * 86_400_000


def http_date(milliseconds: int) -> str:
    """Return unix milliseconds as an HTTP date, which has whole seconds.

    Raises:
        Malformed: A year beyond 1 to 9999.

    Source: RFC 9110 section 5.6.7; `Date.prototype.toUTCString`.
    """
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        raise Malformed("expected a date in the years 1 to 9999") from None
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year:04d} {moment:%H:%M:%S} GMT"
