"""How long seals and cookies of iron-session live, which differs from version to version."""

from dataclasses import dataclass
from typing import Literal

from dojang.errors import Misuse

__all__ = ["DEFAULT_TTL", "MARGIN", "Life", "MaxAge", "Version", "expires", "life"]

Version = Literal[6, 8, 9]

#: Seconds. Version 6 calls its constant fourteen days too, and it is fifteen.
DEFAULT_TTL: dict[Version, int] = {6: 15 * 86_400, 8: 14 * 86_400, 9: 14 * 86_400}

#: Seconds, written where a peer means "no end" and needs a figure: 68 years.
ENDLESS = 2**31 - 1

#: Seconds by which the browser drops a cookie before the seal in it ends.
MARGIN = 60

#: `cookieOptions.maxAge`: seconds; `"ttl"` when it is not there; `"session"` when it is there and
#: `undefined`, for a cookie that ends with the browser.
MaxAge = int | Literal["ttl", "session"]


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session lives.

    Attributes:
        ttl: Seconds until its seal ends, 0 for never.
        max_age: Seconds for its cookie, None to write no Max-Age. Nothing below 1 keeps a cookie.
    """

    ttl: int
    max_age: int | None


def life(version: Version, *, ttl: int | None = None, max_age: MaxAge = "ttl") -> Life:
    """Return how long iron-session lets a session live.

    Args:
        version: Of iron-session.
        ttl: Seconds, at least 0, which is for never; the version's default unless given.
        max_age: Seconds for the cookie alone. Version 6 takes its minute off these too. A cookie
            that ends with the browser makes a seal without an end.

    Raises:
        Misuse: `ttl` is negative.

    Source: iron-session 6.3.1, 8.0.4 and 9.0.1 (`computeCookieMaxAge`, `getSessionConfig`).
    """
    seconds = _checked(DEFAULT_TTL[version] if ttl is None else ttl)
    if max_age == "session":
        return Life(0, None)
    if version == 6:  # noqa: PLR2004 - a version
        seconds = seconds or ENDLESS
        return Life(seconds, (seconds if max_age == "ttl" else max_age) - MARGIN)
    if max_age != "ttl":
        return Life(seconds, max_age)
    return Life(seconds, _of_ttl(version, seconds))


def expires(ttl: int, *, now: int) -> int | None:
    """Return when a seal ends: unix milliseconds, or None for never.

    Args:
        ttl: Seconds, at least 0, which is for never.
        now: Unix milliseconds.

    Raises:
        Misuse: `ttl` is negative.

    Source: iron-session 9.0.1 and @hapi/iron 7.0.1 (`seal`).
    """
    return now + ttl * 1000 if _checked(ttl) else None


def _of_ttl(version: Version, ttl: int) -> int:
    if ttl == 0:
        return ENDLESS
    short = version == 9 and ttl <= MARGIN  # noqa: PLR2004 - a version
    return ttl if short else ttl - MARGIN


def _checked(ttl: int) -> int:
    if ttl < 0:
        raise Misuse(f"a ttl of {ttl} s is past already; write 0 for a seal without an end")
    return ttl
