"""Reading the options of a URL, each from its text."""

from collections.abc import Callable

from dojang.errors import Misuse

__all__ = ["Option", "choice", "seconds", "text", "whole"]

#: Reads one: its name, for the error, and its text, decoded.
Option = Callable[[str, str], object]

#: Digits of the longest whole number that is read.
_DIGITS = 12


def whole(*, at_least: int) -> Option:
    """Return what reads a whole number, `at_least` inclusive."""

    def read(name: str, text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text) >= at_least:
            return int(text)
        raise Misuse(f"{name} is {text[:40]!r}; write a whole number from {at_least}")

    return read


def seconds(name: str, text: str) -> float:
    """Read a number of seconds above 0, with a point where it has parts.

    Raises:
        Misuse: It is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise Misuse(f"{name} is {text[:40]!r}; write seconds above 0, as 2 or 0.5")
    return value


def choice(*words: str) -> Option:
    """Return what reads one of `words`."""

    def read(name: str, text: str) -> str:
        if text in words:
            return text
        raise Misuse(f"{name} is {text[:40]!r}; write one of {', '.join(words)}")

    return read


def text(name: str, text: str) -> str:
    """Read any text."""
    del name
    return text
