"""Keys as next-auth 4 and Auth.js derive them from a secret: HKDF-SHA256, and their names."""

from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dojang.errors import WeakSecret
from dojang.wire import base64url
from dojang.wire.jose.thumbprint import thumbprint
from dojang.wire.js.text import utf8

__all__ = ["Key", "auth_js_key", "next_auth_key"]

#: Derived keys that are remembered: a few for each secret and cookie name of an application.
_KEPT = 128

_SIZES = {"A256CBC-HS512": 64, "A256GCM": 32}


@dataclass(frozen=True, slots=True)
class Key:
    """A derived key.

    Attributes:
        id: Its thumbprint, which Auth.js writes into the header as `kid`.
        enc: What it encrypts with.
        secret: The bytes.
    """

    id: str
    enc: str
    secret: bytes = field(repr=False)


def next_auth_key(secret: str, salt: str = "") -> Key:
    """Return the key of next-auth 4.

    Args:
        secret: At least one character; use 32 random ones or more.
        salt: Empty for the session; the cookie's name for those of a sign-in under way.

    Raises:
        WeakSecret: `secret` is empty.

    Source: next-auth 4.24.15 (`getDerivedEncryptionKey`), RFC 5869.
    """
    info = "NextAuth.js Generated Encryption Key" + (f" ({salt})" if salt else "")
    return _derived(secret, salt, info, "A256GCM")


def auth_js_key(secret: str, salt: str, enc: str = "A256CBC-HS512") -> Key:
    """Return the key of Auth.js.

    Args:
        secret: At least one character; use 32 random ones or more.
        salt: The name of the cookie.
        enc: `A256CBC-HS512`, or `A256GCM` for what was written before @auth/core 0.20 or so.

    Raises:
        WeakSecret: `secret` is empty.

    Source: @auth/core 0.41.3 (`getDerivedEncryptionKey`), RFC 5869.
    """
    return _derived(secret, salt, f"Auth.js Generated Encryption Key ({salt})", enc)


@lru_cache(maxsize=_KEPT)
def _derived(secret: str, salt: str, info: str, enc: str) -> Key:
    if not secret:
        raise WeakSecret("the secret is empty; `dojang keys new` prints a good one")
    size = _SIZES[enc]
    hkdf = HKDF(algorithm=SHA256(), length=size, salt=utf8(salt), info=utf8(info))
    derived = hkdf.derive(utf8(secret))
    jwk = {"kty": "oct", "k": base64url.encode(derived)}
    return Key(thumbprint(jwk, "sha512" if size == 64 else "sha256"), enc, derived)  # noqa: PLR2004 - `sha${bits}`
