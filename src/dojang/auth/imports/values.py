"""The values of a record, as exports spell them."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

__all__ = ["Unclear", "flag", "moment", "names", "proof", "shown", "text"]

#: What stands for nothing, beside the empty text: MySQL's, and PostgreSQL's, in a dump.
_NOTHING = {"", "\\N"}

_FLAGS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}

_NUMBER = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,9})?")

#: A number at or beyond this is in milliseconds: of 1973 as such, of the year 5138 as seconds.
_MILLISECONDS = 100_000_000_000

#: Characters of an id that are shown.
_ID = 200

#: The end of the year 9999.
_LAST = 253_402_300_799_999


class Unclear(Exception):
    """A value that cannot be what its column says; the message has nothing of it."""


def text(value: object) -> str | None:
    """Return a value as text; None for nothing.

    Raises:
        Unclear: It is a list or an object, or true or false.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping) and len(value) == 1:  # `{"$oid": ...}` of MongoDB
        return text(next(iter(value.values())))
    if value is None or (isinstance(value, str) and value.strip() in _NOTHING):
        return None
    if isinstance(value, str):
        return value
    raise Unclear("is no text")


def shown(value: object) -> str:
    """Return an id as text on one line, at most 200 characters of it; empty for what is none."""
    try:
        said = (text(value) or "").strip()
    except Unclear:
        return ""
    return "".join(char for char in said[:_ID] if char.isprintable())


def flag(value: object) -> bool | None:
    """Return whether something is so; None where it is not said.

    Raises:
        Unclear: It is neither.
    """
    if isinstance(value, bool):
        return value
    said = text(value)
    if said is None:
        return None
    known = _FLAGS.get(said.strip().casefold())
    if known is None:
        raise Unclear("is neither true nor false")
    return known


def proof(value: object) -> bool:
    """Return whether something was shown: it is true, or a moment when it was.

    Raises:
        Unclear: It is neither.
    """
    try:
        return bool(flag(value))
    except Unclear:
        return moment(value) is not None


def moment(value: object) -> int | None:
    """Return a moment in unix milliseconds; None for nothing.

    Raises:
        Unclear: It is neither ISO 8601 nor a number of seconds or milliseconds since 1970.
    """
    said = text(value)
    if said is None:
        return None
    said = said.strip()
    try:
        at = _counted(float(said)) if _NUMBER.fullmatch(said) else _dated(said)
    except (ValueError, OverflowError):
        raise Unclear("is no moment: write 2026-01-31T12:00:00Z, or unix time") from None
    if not 0 <= at <= _LAST:
        raise Unclear("is a moment before 1970 or after 9999")
    return at


def names(value: object) -> Sequence[str]:
    """Return the names in a list, or in a text where blanks, commas or semicolons part them.

    Raises:
        Unclear: There is something else among them.
    """
    if isinstance(value, list):
        return [name for one in _items(value) if (name := text(one))]
    return re.split(r"[\s,;]+", said.strip(" \t\r\n,;")) if (said := text(value)) else []


def _items(value: list[Any]) -> list[Any]:
    return value


def _counted(number: float) -> int:
    return round(number if number >= _MILLISECONDS else number * 1000)


def _dated(said: str) -> int:
    at = datetime.fromisoformat(said.removesuffix(" UTC"))  # which Ruby writes
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
