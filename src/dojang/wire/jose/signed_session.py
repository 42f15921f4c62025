"""A signed JWT as the home of a session: readable for whoever holds it, and not to be changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from dojang.errors import Expired, Malformed, Misuse, NotYetValid, Rejected
from dojang.wire.format import Opened, Own
from dojang.wire.jose import jwt
from dojang.wire.jose.claims import Expected, numeric_date
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet

__all__ = ["SESSION_TYPE", "SignedJwt", "first", "opened"]

#: The `typ` of a session that nobody else has to read.
SESSION_TYPE = "session+jwt"

#: The last second that a JavaScript date holds.
_MAX_SECONDS = 8_640_000_000_000


class SignedJwt:
    """Writes and reads sessions as signed tokens that jose and jsonwebtoken verify too.

    `iat` and `exp` belong to the token, and so do `iss` and `aud` where they are set: they are
    written behind the session's members and taken out again.
    """

    limit = jwt.MAX_LENGTH
    own = Own(handle="jti", user="sub")

    def __init__(
        self,
        keys: KeySet | Key | Sequence[Key],
        *,
        issuer: str | Sequence[str] | None = None,
        audience: str | Sequence[str] | None = None,
        type: str | None = SESSION_TYPE,
        tolerance: int = 0,
        by_name: bool = True,
    ) -> None:
        """Take the keys, and what a token of this purpose says about itself.

        Args:
            keys: The first of several signs, all verify; a `KeySet` rotates.
            issuer: Written as `iss`, and asked for; of several the first is written.
            audience: Written as `aud`, and asked for; of several the first is written.
            type: Written as `typ`, and asked for, so that a token of another purpose under the
                same key is no session. None to share sessions with a Node program that writes
                none.
            tolerance: Seconds that the writer's clock may be off.
            by_name: Whether a token that names a key is read with that key alone; if not, a name
                that no key has is passed over, as jose does with a key that it is given.

        Raises:
            Misuse: There is no key, or none that signs.
        """
        self._keys = KeySet.of(keys)
        if self._keys.signing is None:
            raise Misuse("sessions are signed by a key of ours; this set only verifies")
        self._key = self._keys.signing
        named = {"alg": self._key.algorithms[0], "typ": type, "kid": self._key.kid}
        self._header = {name: value for name, value in named.items() if value is not None}
        self._find = self._keys.find if by_name else self._keys.find_or_all
        own = {"iss": first(issuer), "aud": first(audience)}
        self._own = {name: value for name, value in own.items() if value is not None}
        self._expected = Expected(issuer=issuer, audience=audience, type=type, tolerance=tolerance)

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> str:
        """Return `claims` as a token.

        Args:
            claims: A JSON object without the claims that belong to the token.
            expires: Unix milliseconds, cut to whole seconds, or None for never.
            now: Unix milliseconds; written as `iat`.

        Raises:
            NotJson: Something in `claims` is not JSON.
            Misuse: `claims` have a member that belongs to the token, or one such as `nbf` that
                would keep everybody from reading it.
            MissingExtra: Not an HMAC, and joserfc is not installed.

        Source: RFC 7519 section 7.1.
        """
        for name in ("iat", "exp"):
            if name in claims:
                raise Misuse(f"{name} belongs to the token; call the member of the session else")
        made = {**claims, "iat": now // 1000}
        made |= {name: value for name, value in self._own.items() if name not in claims}
        if expires is not None:
            made["exp"] = expires // 1000
        self._check_readable(made, now)
        return jwt.sign(made, self._header, key=self._key)

    def _check_readable(self, claims: Mapping[str, Any], now: int) -> None:
        try:
            self._expected.check(claims, now=now, header=self._header)
        except (NotYetValid, Expired):
            return
        except Rejected as rejected:
            raise Misuse(f"nobody could read this token again: {rejected}") from None

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a token, once signature, time and purpose hold.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds. A token is good until its `exp`, exclusive.

        Raises:
            Oversized: Longer than `limit`; nothing in it was looked at.
            Malformed: Not a signed token over a JSON object.
            UnknownKey: It names a key that we do not have.
            WrongAlgorithm: Its key is not used with its `alg`.
            BadSignature: No key of ours made it.
            WrongType: It serves another purpose.
            WrongIssuer: It comes from somebody else.
            WrongAudience: It is meant for somebody else.
            NotYetValid: Its `nbf` has not come.
            Expired: Its time is over.
            MissingExtra: Not an HMAC, and joserfc is not installed.

        Source: RFC 7519 section 7.2.
        """
        found = jwt.verify(text, self._find, now=now, expected=self._expected)
        return opened(found.claims, self._own, newest=found.key is self._key)


def opened(claims: dict[str, Any], own: Mapping[str, object], *, newest: bool) -> Opened:
    """Return a session without the claims that belong to its token.

    Args:
        claims: Of a token that holds; taken apart.
        own: Issuer and audience, as they are written.
        newest: Whether the key that signs made it.

    Raises:
        Malformed: A time is not a number, or beyond what a date holds.
    """
    expires, issued = (_milliseconds(claims, name) for name in ("exp", "iat"))
    for name in ("exp", "iat"):
        claims.pop(name, None)
    for name, value in own.items():
        # One for several audiences stays as its peer wrote it.
        if claims.get(name) == value:
            del claims[name]
    return Opened(claims, expires, newest, issued)


def first(value: str | Sequence[str] | None) -> str | None:
    """Return what is written of what is asked for: the only one, or the first."""
    return value if value is None or isinstance(value, str) else next(iter(value), None)


def _milliseconds(claims: Mapping[str, Any], name: str) -> int | None:
    seconds = numeric_date(claims, name)
    if seconds is None:
        return None
    if abs(seconds) > _MAX_SECONDS:
        raise Malformed(f"the claim {name} is beyond what a date holds")
    return int(seconds * 1000)
