"""How long seals and cookies of iron-session live, which differs from version to version."""

from dataclasses import dataclass
from typing import Literal

from dojang.errors import Misuse
from dojang.wire.seconds import whole

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
        Misuse: `ttl` is negative, or one of the two has a fraction, which the peer refuses as well.

    Source: iron-session 6.3.1, 8.0.4 and 9.0.1 (`computeCookieMaxAge`, `getSessionConfig`).
    """
    seconds = DEFAULT_TTL[version] if ttl is None else whole(ttl, "ttl")
    _refuse_past(seconds)
    if max_age == "session":
        return Life(0, None)
    given = None if max_age == "ttl" else whole(max_age, "max_age")
    if version == 6:  # noqa: PLR2004 - a version
        seconds = seconds or ENDLESS
        return Life(seconds, (seconds if given is None else given) - MARGIN)
    return Life(seconds, _of_ttl(version, seconds) if given is None else given)


def expires(ttl: float, *, now: int) -> int | None:
    """Return when a seal ends: unix milliseconds, or None for never.

    Args:
        ttl: Seconds, at least 0, which is for never; with a fraction of whole milliseconds.
        now: Unix milliseconds.

    Raises:
        Misuse: `ttl` is negative, or has a part of a millisecond, with which the peer writes a
            seal that nobody reads.

    Source: iron-session 9.0.1 and @hapi/iron 7.0.1 (`seal`).
    """
    _refuse_past(ttl)
    if not ttl:
        return None
    # In doubles, as the peer adds them, where the instant has a fraction or none.
    end = now + ttl * 1000
    if isinstance(end, float) and not end.is_integer():
        raise Misuse(f"a ttl of {ttl} s has a part of a millisecond; write it as 3600 or 1.5")
    return int(end)


def _of_ttl(version: Version, ttl: int) -> int:
    if ttl == 0:
        return ENDLESS
    short = version == 9 and ttl <= MARGIN  # noqa: PLR2004 - a version
    return ttl if short else ttl - MARGIN


def _refuse_past(ttl: float) -> None:
    if ttl < 0:
        raise Misuse(f"a ttl of {ttl} s is past already; write 0 for a seal without an end")
