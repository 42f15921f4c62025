"""Refresh tokens: `drt.<family>.<secret>.<tag>`, each made from the one before it.

A successor is computed from the token it replaces, a salt that the store keeps, and a key: whoever
holds the same token computes the same successor, and nobody else can, not even with the whole store
at hand.
"""

import hmac
import re
from hashlib import sha256

from dojang.errors import BadSignature, Malformed, Oversized
from dojang.wire import base64url, entropy
from dojang.wire.keyring import Keyring

__all__ = ["LENGTH", "PREFIX", "family_of", "fingerprint", "first", "new_salt", "successors"]

PREFIX = "drt"

#: Characters of every refresh token.
LENGTH = 93

_SHAPE = re.compile(r"drt\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})")
_SECRET_BYTES, _SALT_BYTES, _TAG_BYTES = 32, 16, 16


def first(family: str, *, keys: Keyring) -> str:
    """Return the first token of a family: 256 random bits.

    Args:
        family: Its name, 22 characters of base64url.
        keys: The secrets of the application; keys for this purpose alone are derived from them.
    """
    return _token(family, entropy.token(_SECRET_BYTES), keys)


def new_salt() -> str:
    """Return a salt for a successor: 128 random bits as 22 characters."""
    return entropy.token(_SALT_BYTES)


def successors(token: str, salt: str, *, keys: Keyring) -> list[str]:
    """Return what follows `token`, as each key makes it; the newest first.

    Args:
        token: As `first` or this made it.
        salt: As the store keeps it beside the token that is used up.
        keys: As for `first`.
    """
    family, secret = token.split(".")[1:3]
    message = f"{salt}.{family}.{secret}".encode("ascii")
    made = [hmac.digest(key, message, "sha256") for key in keys.derive("refresh-successor")]
    return [_token(family, base64url.encode(secret), keys) for secret in made]


def family_of(text: str, *, keys: Keyring) -> str:
    """Return the family of a token that one of `keys` made, whether or not it is used up.

    Args:
        text: Any text is safe to pass.
        keys: As for `first`; a retired secret still vouches.

    Raises:
        Oversized: Longer than a refresh token; nothing in it was looked at.
        Malformed: Not of the form of one.
        BadSignature: No key made it.
    """
    if len(text) > LENGTH:
        raise Oversized(f"{len(text)} characters, and a refresh token has {LENGTH}")
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise Malformed("expected a refresh token: drt.<family>.<secret>.<tag>")
    family, secret, tag = shape.groups()
    tags = [_tag(family, secret, key) for key in keys.derive("refresh-token")]
    if not any([hmac.compare_digest(one, tag) for one in tags]):  # noqa: C419 - all are compared
        raise BadSignature("no key made this refresh token")
    return family


def fingerprint(token: str) -> str:
    """Return what a store keeps instead of a token: a hash, the same whichever key vouches.

    The SHA-256 of family and secret, as 43 characters.
    """
    return base64url.encode(sha256(".".join(token.split(".")[1:3]).encode("ascii")).digest())


def _token(family: str, secret: str, keys: Keyring) -> str:
    tag = _tag(family, secret, keys.derive("refresh-token").newest)
    return f"{PREFIX}.{family}.{secret}.{tag}"


def _tag(family: str, secret: str, key: bytes) -> str:
    mac = hmac.digest(key, f"{family}.{secret}".encode("ascii"), "sha256")
    return base64url.encode(mac[:_TAG_BYTES])
