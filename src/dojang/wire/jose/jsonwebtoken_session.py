"""A session in a token as jsonwebtoken writes it: its order of claims, its header, its reading."""

from collections.abc import Mapping, Sequence

from dojang.errors import Expired, Misuse, NotYetValid, Oversized, Rejected, WrongType
from dojang.wire import json
from dojang.wire.format import Opened, Own
from dojang.wire.jose import jsonwebtoken, jws
from dojang.wire.jose.jsonwebtoken import SignOptions, VerifyOptions
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.jwt import MAX_LENGTH
from dojang.wire.jose.signed_session import first, opened

__all__ = ["JsonWebTokenSession"]

#: What its tokens say of themselves; `header: {typ: undefined}` leaves it out.
_TYPES = {"jwt", None}


class JsonWebTokenSession:
    """Writes and reads sessions as `jwt.sign` and `jwt.verify` do.

    `iat` and `exp` belong to the token, and so do `aud` and `iss` where they are set.
    """

    limit = MAX_LENGTH
    own = Own(handle="jti", user="sub")

    def __init__(
        self,
        keys: KeySet | Key | Sequence[Key],
        *,
        algorithm: str | None = None,
        key_id: str | None = None,
        issuer: str | Sequence[str] | None = None,
        audience: str | Sequence[str] | None = None,
        tolerance: int = 0,
    ) -> None:
        """Take the keys and the options of its program.

        Args:
            keys: The first of several signs, all verify whatever key a token names; of a `KeySet`
                the one that it names does.
            algorithm: What is signed with; the first choice of the key unless given.
            key_id: Its `keyid`, written into the header; of a `KeySet` the name of its key.
            issuer: Its `issuer`, asked for; of several the first is written.
            audience: Its `audience`, asked for; of several the first is written.
            tolerance: Its `clockTolerance` in seconds.

        Raises:
            Misuse: There is no key, none that signs, or it does not sign with `algorithm`.
        """
        whole = KeySet.of(keys)
        if whole.signing is None:
            raise Misuse("sessions are signed by a key of ours; this set only verifies")
        self._find = whole.find if isinstance(keys, KeySet) else whole.find_or_all
        self._key = whole.signing
        self._algorithm = algorithm or self._key.algorithms[0]
        if self._algorithm not in self._key.algorithms:
            known = ", ".join(self._key.algorithms)
            raise Misuse(f"this key signs with {known}, not with {self._algorithm}")
        self._options: SignOptions = {"algorithm": self._algorithm}
        named = self._key.kid if isinstance(keys, KeySet) else None
        if name := key_id or named:
            self._options["key_id"] = name
        own = {"aud": first(audience), "iss": first(issuer)}
        self._own = {name: value for name, value in own.items() if value is not None}
        self._expected = VerifyOptions(audience=audience, issuer=issuer, clock_tolerance=tolerance)

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

        Source: jsonwebtoken 9.0.3 (`sign`).
        """
        for name in ("iat", "exp"):
            if name in claims:
                raise Misuse(f"{name} belongs to the token; call the member of the session else")
        self._check_readable({**self._own, **claims}, now)
        options = self._options.copy()
        if expires is not None:
            options["expires_in"] = expires // 1000 - now // 1000
        if "aud" in self._own and "aud" not in claims:
            options["audience"] = self._own["aud"]
        if "iss" in self._own and "iss" not in claims:
            options["issuer"] = self._own["iss"]
        return jsonwebtoken.sign(claims, self._key, now=now, **options)

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a token, once signature and time hold.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds. A token is good until its `exp`, exclusive.

        Raises:
            Oversized: Longer than `limit`; nothing in it was looked at.
            Malformed: Not a signed token over a JSON object.
            UnknownKey: It names a key that the set does not have.
            WrongAlgorithm: Its key is not used with its `alg`.
            BadSignature: No key of ours made it.
            WrongType: It says that it is something else than a JWT.
            WrongIssuer: It comes from somebody else.
            WrongAudience: It is meant for somebody else.
            NotYetValid: Its `nbf` has not come.
            Expired: Its time is over.
            MissingExtra: Not an HMAC, and joserfc is not installed.

        Source: jsonwebtoken 9.0.3 (`verify`), which looks at no `typ`: a token that says what it is
            for (`at+jwt`) is no session here.
        """
        if len(text) > self.limit:
            raise Oversized(f"{len(text)} characters, at most {self.limit} are looked at")
        found = jws.verify(text, self._find, header_encoding="latin-1")
        said = found.header.get("typ")
        if (said.lower() if isinstance(said, str) else said) not in _TYPES:
            raise WrongType("the token serves another purpose than a session")
        claims = json.loads_object(found.payload)
        jsonwebtoken.check(claims, self._expected, now=now)
        return opened(claims, self._own, newest=found.key is self._key)

    def _check_readable(self, claims: Mapping[str, object], now: int) -> None:
        try:
            jsonwebtoken.check(claims, self._expected, now=now)
        except (NotYetValid, Expired):
            return
        except Rejected as rejected:
            raise Misuse(f"nobody could read this token again: {rejected}") from None
