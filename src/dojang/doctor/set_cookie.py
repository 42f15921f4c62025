"""Reading a Set-Cookie line as browsers do, who forgive much more than we ever write."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from dojang.doctor.engines import Engine

__all__ = ["Line", "read", "value_of"]

#: Bytes of an attribute's value, inclusive; longer ones are passed over (RFC 6265bis 5.6).
_MAX_ATTRIBUTE = 1024

SameSite = Literal["strict", "lax", "none"]

_MAX_AGE = re.compile(r"-?[0-9]+", re.ASCII)
_DELIMITER = re.compile(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9]).*", re.DOTALL)
_SHORT_TIME = re.compile(r"([0-9]{1,2}):([0-9]{1,2})")
_DAY = re.compile(r"([0-9]{1,2})(?![0-9]).*", re.DOTALL)
_YEAR = re.compile(r"([0-9]{2,4})(?![0-9]).*", re.DOTALL)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


_HEADER = re.compile(r"(?i)[<\s]*set-cookie\s*:\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a browser understands of one line.

    Attributes:
        name: May be empty.
        value: Never shown to anybody.
        size: Bytes of name and value.
        has_equals: Whether there was a name at all.
        domain: As written, without one leading dot, lower case; None or empty for this host only.
        path: Begins with `/`, or None for the default.
        secure: Whether it says so.
        http_only: Whether it says so.
        partitioned: Whether it says so.
        same_site: None where it says nothing, or nothing known.
        same_site_text: What it says, known or not; None if nothing.
        max_age: Seconds, or None where it says none that can be read.
        max_age_text: As written, or None.
        expires: Unix milliseconds, or None where it says none that can be read.
        expires_text: As written, or None.
        too_long: Names of the attributes that were passed over for their length.
    """

    name: str
    value: str
    size: int
    has_equals: bool
    domain: str | None = None
    path: str | None = None
    secure: bool = False
    http_only: bool = False
    partitioned: bool = False
    same_site: SameSite | None = None
    same_site_text: str | None = None
    max_age: int | None = None
    max_age_text: str | None = None
    expires: int | None = None
    expires_text: str | None = None
    too_long: tuple[str, ...] = ()


def read(text: str, engine: Engine) -> Line:
    """Return what a browser understands of a Set-Cookie value.

    Args:
        text: Any text is safe to pass, of any length.
        engine: Of the browser.

    Source: RFC 6265bis section 5.6.
    """
    pair, _, rest = text.partition(";")
    name, equals, value = pair.partition("=")
    if not equals and engine.nameless == "value":
        name, value = value, name
    name, value = name.strip(" \t"), value.strip(" \t")
    said = dict(_attributes(rest))
    same_site = said["samesite"].lower() if "samesite" in said else None
    return Line(
        name=name,
        value=value,
        size=_size(name) + _size(value),
        has_equals=bool(equals),
        domain=_domain(said.get("domain")),
        path=said["path"] if said.get("path", "").startswith("/") else None,
        secure="secure" in said,
        http_only="httponly" in said,
        partitioned="partitioned" in said,
        same_site=_same_site(same_site),
        same_site_text=said.get("samesite"),
        max_age=_max_age(said.get("max-age")),
        max_age_text=said.get("max-age"),
        expires=_instant(said["expires"], loose=engine.loose_dates) if "expires" in said else None,
        expires_text=said.get("expires"),
        too_long=tuple(_too_long(rest)),
    )


def value_of(header: str) -> str:
    """Return the value of a Set-Cookie header that was pasted with its name, or without.

    Args:
        header: Any text is safe to pass.
    """
    return _HEADER.sub("", header, count=1) if _HEADER.match(header) else header


def _pieces(rest: str) -> Iterator[tuple[str, str]]:
    for piece in rest.split(";"):
        name, _, value = piece.partition("=")
        yield name.strip(" \t").lower(), value.strip(" \t")


def _attributes(rest: str) -> Iterator[tuple[str, str]]:
    return (pair for pair in _pieces(rest) if pair[0] and _size(pair[1]) <= _MAX_ATTRIBUTE)


def _too_long(rest: str) -> Iterator[str]:
    return (name for name, value in _pieces(rest) if _size(value) > _MAX_ATTRIBUTE)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _domain(text: str | None) -> str | None:
    if text is None or text == ".":  # a dot alone is refused, and nothing at all is nothing
        return text
    return text.removeprefix(".").lower()


def _same_site(text: str | None) -> SameSite | None:
    known: dict[str, SameSite] = {"strict": "strict", "lax": "lax", "none": "none"}
    return known.get(text or "")


def _max_age(text: str | None) -> int | None:
    if text is None or not _MAX_AGE.fullmatch(text):
        return None
    # Whatever has more digits is beyond every limit, and costs no time to read.
    return int(text[:20])


def _instant(text: str, *, loose: bool) -> int | None:
    """Return a date as cookies have them, in unix milliseconds.

    Source: RFC 6265bis section 5.1.1; where `loose`, what Firefox makes of the rest.
    """
    time = day = month = year = None
    for token in _DELIMITER.split(text):
        if time is None and (found := _TIME.fullmatch(token)):
            time = [int(part) for part in found.groups()]
        elif time is None and loose and (found := _SHORT_TIME.fullmatch(token)):
            time = [int(found[1]), int(found[2]), 0]
        elif day is None and (found := _DAY.fullmatch(token)):
            day = int(found[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS.index(token[:3].lower()) + 1
        elif year is None and (found := _YEAR.fullmatch(token)):
            year = _century(int(found[1]))
    time = [0, 0, 0] if time is None and loose else time
    if time is None or day is None or month is None or year is None:
        return None
    return _moment((year, month, day), time, loose=loose)


def _moment(date: tuple[int, int, int], time: list[int], *, loose: bool) -> int | None:
    (year, month, day), (hour, minute, second) = date, time
    try:
        if loose:
            into = timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
            moment = datetime(year, month, 1, tzinfo=UTC) + into
        else:
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return round(moment.timestamp()) * 1000 if year >= 1601 else None  # noqa: PLR2004 - the RFC's


def _century(year: int) -> int:
    if 70 <= year <= 99:  # noqa: PLR2004 - the RFC's figures
        return year + 1900
    return year + 2000 if year <= 69 else year  # noqa: PLR2004 - the RFC's figure
