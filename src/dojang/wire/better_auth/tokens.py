"""The cache as a token: the strategies `jwt`, signed, and `jwe`, encrypted."""

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dojang.errors import Malformed
from dojang.wire import base64url, json
from dojang.wire.jose import jwe, jws
from dojang.wire.jose.claims import Expected, numeric_date
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.thumbprint import thumbprint

__all__ = ["read_encrypted", "read_signed"]

_SIGNED = Expected(required=("exp",))
_ENCRYPTED = Expected(required=("exp",), tolerance=15)

_SALT, _INFO = b"better-auth-session", b"BetterAuth.js Generated Encryption Key"
_KEY_BYTES = 64

#: Seconds that nobody means.
_FAR = 8_640_000_000_000


def read_signed(
    text: str, secrets: Sequence[bytes], *, now: int
) -> tuple[dict[str, Any], int | None, bool]:
    """Return the claims of an HS256 token, when it ends, and whether the first secret signed it.

    Args:
        text: Any text is safe to pass; the caller has looked at its length.
        secrets: Newest first; they are the keys as they are.
        now: Unix milliseconds.

    Raises:
        Rejected: See `BetterAuthCache.read`.

    Source: better-auth 1.6.0 (`signJWT`, `verifyJWT`).
    """
    keys = [Key.from_secret(secret, allow_short=True) for secret in secrets]
    found = jws.verify(text, lambda _: keys)
    claims = _checked(found.payload, _SIGNED, now)
    return claims, _end(claims), found.key is keys[0]


def read_encrypted(
    text: str, secrets: Sequence[bytes], *, now: int
) -> tuple[dict[str, Any], int | None, bool]:
    """Return the claims of an encrypted token, when it ends, and whether the first secret made it.

    Args:
        text: Any text is safe to pass; the caller has looked at its length.
        secrets: Newest first.
        now: Unix milliseconds.

    Raises:
        Rejected: See `BetterAuthCache.read`.

    Source: better-auth 1.6.0 (`symmetricEncodeJWT`, `symmetricDecodeJWT`).
    """
    keys = [_derived(secret) for secret in secrets]

    def choose(header: Mapping[str, Any]) -> list[bytes]:
        named = header.get("kid")
        return [key for key in keys if named is None or _name(key) == named]

    found = jwe.decrypt(text, choose)
    claims = _checked(found.plaintext, _ENCRYPTED, now)
    return claims, _end(claims), found.key == keys[0]


def _checked(content: bytes, expected: Expected, now: int) -> dict[str, Any]:
    claims = json.loads_object(content)
    expected.check(claims, now=now)
    return claims


def _end(claims: Mapping[str, Any]) -> int | None:
    seconds = numeric_date(claims, "exp")
    if seconds is None or abs(seconds) > _FAR:
        raise Malformed("expected an end that a date holds")
    return int(seconds * 1000)


def _derived(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=_SALT, info=_INFO).derive(secret)


def _name(key: bytes) -> str:
    return thumbprint({"kty": "oct", "k": base64url.encode(key)}, "sha256")
