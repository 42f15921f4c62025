"""What a token claims, judged: each check by itself, and all that a caller asks for together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from dojang.errors import (
    Expired,
    Malformed,
    MissingClaim,
    NotYetValid,
    WrongAudience,
    WrongId,
    WrongIssuer,
    WrongSubject,
    WrongType,
)

__all__ = [
    "Expected",
    "check_active",
    "check_age",
    "check_audience",
    "check_expiry",
    "check_id",
    "check_issuer",
    "check_required",
    "check_subject",
    "check_type",
    "numeric_date",
]

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must say; what is None is not looked at, `exp` and `nbf` always are.

    Attributes:
        audience: One or several, of which the token names at least one.
        issuer: One or several, of which the token's is one, to the letter.
        subject: To the letter.
        id: The `jti`, to the letter.
        type: The `typ` of the header, as `at+jwt` or `application/at+jwt`, in any case.
        required: Names of claims that must be there.
        max_age: Seconds from `iat`, inclusive; a token without one is refused, and so is one
            from the future.
        tolerance: Seconds that the writer's clock may be off.
    """

    audience: str | Sequence[str] | None = None
    issuer: str | Sequence[str] | None = None
    subject: str | None = None
    id: str | None = None
    type: str | None = None
    required: Sequence[str] = ()
    max_age: float | None = None
    tolerance: float = 0

    def check(self, claims: Claims, *, now: int, header: Claims | None = None) -> None:
        """Return if `claims` are what is expected at `now`, unix milliseconds.

        The order is that of jose: type, what must be there, for whom, then the times.

        Args:
            claims: Of a token that is known to be authentic.
            now: Unix milliseconds; judged in whole seconds, as both peers do.
            header: Of the same token; needed for `type`.

        Raises:
            WrongType: The type is another, or there is none.
            MissingClaim: One of `required` is not there.
            WrongIssuer: The issuer is another, or there is none.
            WrongSubject: The same of the subject.
            WrongAudience: None of the audiences is meant, or there is none.
            WrongId: The same of the id.
            NotYetValid: Before `nbf`, or issued in the future where the age is asked for.
            Expired: At or past `exp`, or older than `max_age`.
            Malformed: A time is not a number.

        Source: RFC 7519 sections 4.1 and 7.2; jose 6.2.17 (`jwtVerify`).
        """
        if self.type is not None:
            check_type(header or {}, self.type)
        age_is_asked = self.max_age is not None
        check_required(claims, [*self.required, "iat"] if age_is_asked else self.required)
        if self.issuer is not None:
            check_issuer(claims, self.issuer)
        if self.subject is not None:
            check_subject(claims, self.subject)
        if self.audience is not None:
            check_audience(claims, self.audience)
        if self.id is not None:
            check_id(claims, self.id)
        numeric_date(claims, "iat")
        check_active(claims, now=now, tolerance=self.tolerance)
        check_expiry(claims, now=now, tolerance=self.tolerance)
        if self.max_age is not None:
            check_age(claims, self.max_age, now=now, tolerance=self.tolerance)


def numeric_date(claims: Claims, name: str) -> float | None:
    """Return the unix seconds of a claim, or None where it is not there.

    Raises:
        Malformed: It is there, and is something else than a number.

    Source: RFC 7519 section 2 (NumericDate).
    """
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(f"the claim {name} is not a number")
    return value


def check_expiry(claims: Claims, *, now: int, tolerance: float = 0) -> None:
    """Return if `now` is before `exp`, exclusive, or there is none.

    Args:
        claims: Of the token.
        now: Unix milliseconds.
        tolerance: Seconds added to `exp`.

    Raises:
        Expired: At or past it.
        Malformed: `exp` is not a number.

    Source: RFC 7519 section 4.1.4; the same in jose and jsonwebtoken.
    """
    expires = numeric_date(claims, "exp")
    if expires is not None and now // 1000 >= expires + tolerance:
        raise Expired("the token has expired")


def check_active(claims: Claims, *, now: int, tolerance: float = 0) -> None:
    """Return if `now` is at or after `nbf`, or there is none.

    Args:
        claims: Of the token.
        now: Unix milliseconds.
        tolerance: Seconds taken from `nbf`.

    Raises:
        NotYetValid: Before it.
        Malformed: `nbf` is not a number.

    Source: RFC 7519 section 4.1.5; the same in jose and jsonwebtoken.
    """
    begins = numeric_date(claims, "nbf")
    if begins is not None and begins > now // 1000 + tolerance:
        raise NotYetValid("the token is not valid yet")


def check_age(claims: Claims, max_age: float, *, now: int, tolerance: float = 0) -> None:
    """Return if the token was issued at most `max_age` seconds ago, inclusive.

    Args:
        claims: Of the token.
        max_age: Seconds.
        now: Unix milliseconds.
        tolerance: Seconds that the token may be older, or from the future.

    Raises:
        MissingClaim: There is no `iat`.
        Expired: It is older.
        NotYetValid: It was issued in the future.
        Malformed: `iat` is not a number.

    Source: jose 6.2.17 (`maxTokenAge`).
    """
    issued = numeric_date(claims, "iat")
    if issued is None:
        raise MissingClaim("the token has no iat, and its age is asked for")
    age = now // 1000 - issued
    if age - tolerance > max_age:
        raise Expired(f"the token is older than {max_age} s")
    if age < -tolerance:
        raise NotYetValid("the token was issued in the future")


def check_audience(claims: Claims, audience: str | Sequence[str]) -> None:
    """Return if the token names one of `audience` as its own, alone or in a list.

    Raises:
        WrongAudience: It names others, or nobody.

    Source: RFC 7519 section 4.1.3.
    """
    wanted = _several(audience)
    if not any(isinstance(one, str) and one in wanted for one in _listed(claims.get("aud"))):
        raise WrongAudience("the token is not meant for us")


def check_issuer(claims: Claims, issuer: str | Sequence[str]) -> None:
    """Return if the token's issuer is `issuer`, or one of them, to the letter.

    Raises:
        WrongIssuer: It is another, or there is none.

    Source: RFC 7519 section 4.1.1.
    """
    found = claims.get("iss")
    if not isinstance(found, str) or found not in _several(issuer):
        raise WrongIssuer("the token comes from an issuer that is not expected")


def check_subject(claims: Claims, subject: str) -> None:
    """Return if the token's subject is `subject`, to the letter.

    Raises:
        WrongSubject: It is another, or there is none.

    Source: RFC 7519 section 4.1.2.
    """
    if claims.get("sub") != subject:
        raise WrongSubject("the token is about another subject")


def check_id(claims: Claims, id: str) -> None:
    """Return if the token's `jti` is `id`, to the letter.

    Raises:
        WrongId: It is another, or there is none.

    Source: RFC 7519 section 4.1.7.
    """
    if claims.get("jti") != id:
        raise WrongId("the token has another id")


def check_type(header: Claims, type: str) -> None:
    """Return if the header's `typ` is the media type `type`, whose `application/` may be left out.

    Raises:
        WrongType: It is another, or there is none.

    Source: RFC 7515 section 4.1.9, RFC 8725 section 3.11.
    """
    found = header.get("typ")
    if not isinstance(found, str) or _media_type(found) != _media_type(type):
        raise WrongType(f"the token is not of the type {type}")


def check_required(claims: Claims, names: Sequence[str]) -> None:
    """Return if all claims of `names` are there, whatever they say.

    Raises:
        MissingClaim: One is not.
    """
    missing = [name for name in names if name not in claims]
    if missing:
        raise MissingClaim(f"the token does not say {', '.join(missing)}")


def _several(value: str | Sequence[str]) -> Sequence[str]:
    # A text is not a list of characters: `"a" in "abc"` let foreign issuers in elsewhere.
    return (value,) if isinstance(value, str) else value


def _listed(value: object) -> Sequence[object]:
    return cast("list[object]", value) if isinstance(value, list) else (value,)


def _media_type(text: str) -> str:
    lower = text.lower()
    return lower if "/" in lower else f"application/{lower}"
