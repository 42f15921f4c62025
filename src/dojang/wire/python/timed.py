"""What itsdangerous and Django have in common: text that was signed together with a second."""

from dataclasses import dataclass
from typing import Any

from dojang.errors import Malformed
from dojang.wire.format import Opened

__all__ = ["Timed", "opened", "utf8"]


@dataclass(frozen=True, slots=True)
class Timed:
    """What was signed, once the signature and the time were found good.

    Attributes:
        value: The text.
        at: Unix milliseconds, a whole second.
        newest: Whether the newest secret signed it.
    """

    value: str
    at: int
    newest: bool


def opened(
    claims: dict[str, Any], timed: Timed, max_age: int | None, *, remember: bool = True
) -> Opened:
    """Return what a session's text held.

    Args:
        claims: A JSON object.
        timed: What it was signed with.
        max_age: Seconds that it is good for; None for any time.
        remember: Whether its cookie outlives the browser.
    """
    expires = None if max_age is None else timed.at + max_age * 1000
    return Opened(claims, expires, timed.newest, timed.at, remember)


def utf8(text: str) -> bytes:
    """Return `text` in UTF-8, which is what is signed.

    Raises:
        Malformed: Half a surrogate pair, which UTF-8 cannot carry.
    """
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("half a surrogate pair, which UTF-8 cannot carry") from None
