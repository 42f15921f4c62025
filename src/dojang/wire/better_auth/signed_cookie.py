"""Signed cookies of better-auth: `<value>.<signature>`, percent-encoded; one holds the token."""

import base64
import hmac
import re
from collections.abc import Iterable

from dojang.errors import BadSignature, Malformed, Oversized
from dojang.wire.cookies import MAX_COOKIE
from dojang.wire.js import percent
from dojang.wire.js.text import utf8

__all__ = ["decode", "encode"]

#: 32 bytes in padded base64.
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{43}=")


def encode(value: str, *, key: bytes) -> str:
    """Return `value` as better-auth signs it into a cookie.

    Args:
        value: Any text, such as the token of a session.
        key: Its `secret`, or the first of its `secrets`, as bytes.

    Raises:
        Malformed: `value` has a lone surrogate.

    Source: better-auth 1.6.0, better-call (`signCookieValue`).
    """
    return percent.encode(f"{value}.{_signature(value, key)}")


def decode(text: str, *, keys: Iterable[bytes]) -> tuple[str, int]:
    """Return the value that `encode` was given, and which key signed it.

    Args:
        text: Any text is safe to pass. Only the spelling that `encode` writes is good; better-auth
            reads any percent-encoding of it, and of a signature any base64.
        keys: Secrets, newest first; better-auth itself reads with the first alone.

    Returns:
        The value and the index of the key in `keys`; 0 is the newest.

    Raises:
        Oversized: Longer than `MAX_COOKIE`.
        Malformed: Not percent-encoded text that ends with a dot and 44 characters of base64.
        BadSignature: No key in `keys` made the signature.

    Source: better-auth 1.6.0, better-call (`getSignedCookie`).
    """
    if len(text) > MAX_COOKIE:
        raise Oversized(f"{len(text)} characters, at most {MAX_COOKIE} are looked at")
    decoded = percent.decode(text)
    value, _, signature = decoded.rpartition(".")
    if not value or not _SIGNATURE.fullmatch(signature) or percent.encode(decoded) != text:
        raise Malformed("expected a value, a dot and 44 characters of base64, percent-encoded")
    for index, key in enumerate(keys):
        if hmac.compare_digest(_signature(value, key).encode(), signature.encode()):
            return value, index
    raise BadSignature("no key made this signature")


def _signature(value: str, key: bytes) -> str:
    return base64.b64encode(hmac.digest(key, utf8(value), "sha256")).decode()
