"""What the registry of formats knows of one kind of text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dojang.wire.format import Format

SECRET = "complex_password_at_least_32_characters_long"
NOW = 1_767_225_600_000

#: What is written, of several sizes and alphabets.
VALUES: list[dict[str, Any]] = [
    {"user": 1},
    {},
    {"이름": "최수현", "mood": "🥋", "list": [1, None, 2.5]},
    {"a": "x" * 200},
]


def as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class Entry:
    """One kind of text.

    Attributes:
        name: What it is.
        family: Whose texts it may take for its own, where they are under one secret.
        write: Returns a text for one of `VALUES`.
        read: Returns a value, or raises a `Rejected`.
        between: What stands between its fields.
        proven: The part of a text that is proven. Two texts with the same proven part may both be
            good; with `as_it_is` there is no second spelling of anything.
        kind: The `Format` that it is, if it is one.
        slow: Whether reading one takes so long that of all single changes some are drawn.
    """

    name: str
    family: str
    write: Callable[[dict[str, Any]], str]
    read: Callable[[str], object]
    between: str
    proven: Callable[[str], str] = as_it_is
    kind: type | None = None
    slow: bool = False


def entry(
    name: str, family: str, format: Format, between: str, proven: Callable[[str], str] = as_it_is
) -> Entry:
    """Return the entry of a `Format`."""
    return Entry(
        name=name,
        family=family,
        write=lambda value: format.encode(value, expires=NOW + 3_600_000, now=NOW),
        read=lambda text: format.decode(text, now=NOW),
        between=between,
        proven=proven,
        kind=type(format),
    )
