"""Base64url without padding, in its one canonical spelling."""

import binascii

from dojang.errors import Malformed

__all__ = ["decode", "encode"]

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def encode(data: bytes) -> str:
    """Return `data` as base64url without padding (RFC 4648 section 5)."""
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").translate(_TO_URL).decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes that `encode` was given.

    Args:
        text: Any text is safe to pass. Padding, other alphabets and non-zero trailing bits are
            refused: one value has one spelling, so a signed text cannot be altered even in ways
            that decode alike.

    Raises:
        Malformed: Not canonical base64url.

    Source: RFC 4648 sections 3.5 and 5.
    """
    try:
        raw = text.encode("ascii")
        data = binascii.a2b_base64(raw.translate(_FROM_URL) + b"=" * (-len(raw) % 4))
    except (ValueError, UnicodeEncodeError):
        raise Malformed("expected canonical base64url") from None
    if encode(data) != text:
        raise Malformed("expected canonical base64url")
    return data
