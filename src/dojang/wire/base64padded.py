"""Standard base64 with its padding, in its one canonical spelling."""

import binascii

from dojang.errors import Malformed

__all__ = ["decode", "encode"]


def encode(data: bytes) -> str:
    """Return `data` as padded base64 (RFC 4648 section 4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes that `encode` was given.

    Args:
        text: Any text is safe to pass. Missing padding, other alphabets and non-zero trailing bits
            are refused: one value has one spelling.

    Raises:
        Malformed: Not canonical base64.

    Source: RFC 4648 sections 3.5 and 4.
    """
    try:
        data = binascii.a2b_base64(text.encode("ascii"))
    except (ValueError, UnicodeEncodeError):
        raise Malformed("expected canonical padded base64") from None
    if encode(data) != text:
        raise Malformed("expected canonical padded base64")
    return data
