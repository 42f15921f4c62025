"""The claims that both libraries write themselves: when, until when, and a name for each token."""

from collections.abc import Mapping
from typing import Any

from dojang.errors import Malformed, NotJson
from dojang.wire.format import Opened
from dojang.wire.jose.claims import check_active, check_expiry, numeric_date

__all__ = ["DEFAULT_MAX_AGE", "check", "stamped", "unstamped"]

#: Seconds: 30 days.
DEFAULT_MAX_AGE = 30 * 24 * 3600

#: Seconds that a token is good beyond its `exp`, exclusive, and before its `nbf`, inclusive.
_TOLERANCE = 15

#: Seconds: the last instant of a JavaScript date.
_LAST = 8_640_000_000_000


def stamped(
    claims: Mapping[str, object], *, issued: int, expires: int | None, id: str
) -> dict[str, object]:
    """Return `claims` with `iat`, `exp` and `jti`, which replace what `claims` have by those names.

    What is replaced keeps its place; the rest comes last.

    Args:
        claims: Of the application.
        issued: Unix seconds.
        expires: Unix seconds, or None for never.
        id: Different for every token.

    Raises:
        NotJson: `nbf` is there and is no number, so that nobody could read the token.

    Source: next-auth 4.24.15 and @auth/core 0.41.3 (`encode`).
    """
    begins = claims.get("nbf", 0)
    if isinstance(begins, bool) or not isinstance(begins, int | float):
        raise NotJson("nbf", "is the time from which a token is good: write unix seconds")
    made = {**claims, "iat": issued, "exp": expires, "jti": id}
    if expires is None:
        del made["exp"]
    return made


def unstamped(claims: Mapping[str, Any], *, newest: bool) -> Opened:
    """Return `claims` without those that `stamped` adds, and when they end.

    Raises:
        Malformed: `exp` or `iat` is beyond what JavaScript's dates hold.
    """
    expires = numeric_date(claims, "exp")
    if expires is not None and abs(expires) > _LAST:
        raise Malformed("the claim exp is beyond what a date can be")
    issued = numeric_date(claims, "iat")
    if issued is not None and abs(issued) > _LAST:
        raise Malformed("the claim iat is beyond what a date can be")
    own = {name: value for name, value in claims.items() if name not in {"iat", "exp", "jti"}}
    return Opened(
        own,
        expires=None if expires is None else int(expires * 1000),
        newest=newest,
        issued=None if issued is None else int(issued * 1000),
    )


def check(claims: Mapping[str, Any], *, now: int) -> None:
    """Return if `now` is within the time of a token, give or take 15 s.

    Args:
        claims: Of a token that is known to be authentic.
        now: Unix milliseconds; judged in whole seconds.

    Raises:
        NotYetValid: Before `nbf`.
        Expired: At or past `exp`.
        Malformed: One of `iat`, `nbf` and `exp` is not a number.

    Source: next-auth 4.24.15 and @auth/core 0.41.3 (`decode`).
    """
    numeric_date(claims, "iat")
    check_active(claims, now=now, tolerance=_TOLERANCE)
    check_expiry(claims, now=now, tolerance=_TOLERANCE)
