"""The token of fastapi-users' JWTStrategy: who it is, for whom, until when, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from dojang.errors import Misuse
from dojang.wire.format import Opened, Own
from dojang.wire.jose import jwt
from dojang.wire.jose.claims import Expected
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.signed_session import opened

__all__ = ["AUDIENCE", "FastApiUsersToken"]

#: Its `token_audience` unless given. Tokens to verify an address and to reset a password have
#: others, and often the same secret.
AUDIENCE = ("fastapi-users:auth",)


class FastApiUsersToken:
    """Reads such tokens."""

    limit = jwt.MAX_LENGTH
    own = Own(user="sub")

    def __init__(self, keys: Sequence[Key], *, audience: Sequence[str] = AUDIENCE) -> None:
        """Take the keys, newest first, public halves too, and its `token_audience`."""
        self._keys = KeySet(None, past=tuple(keys))
        self._newest = keys[0]
        self._expected = Expected(audience=audience, required=("sub",))

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> NoReturn:
        """Refuse: the token has a place for the user alone.

        Raises:
            Misuse: Always.
        """
        del claims, expires, now
        raise Misuse("tokens of fastapi-users are read and not written")

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a token, once signature, time and audience hold.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds. A token is good until its `exp`, exclusive.

        Raises:
            Oversized: Longer than `limit`; nothing in it was looked at.
            Malformed: Not a signed token over a JSON object.
            WrongAlgorithm: Its key is not used with its `alg`.
            BadSignature: No key of ours made it.
            WrongAudience: It is to verify an address, to reset a password, or for somebody else.
            MissingClaim: It is nobody's.
            NotYetValid: Its `nbf` has not come.
            Expired: Its time is over.
            MissingExtra: Not an HMAC, and joserfc is not installed.

        Source: fastapi-users 15.0.5 (`JWTStrategy.read_token`), PyJWT 2.12.
        """
        found = jwt.verify(text, self._keys.find_or_all, now=now, expected=self._expected)
        del found.claims["aud"]
        return opened(found.claims, {}, newest=found.key is self._newest)
