"""Bytes as Flask and Django put them into a cookie: base64url, deflated where that is shorter."""

import zlib

from dojang.errors import Malformed, Oversized
from dojang.wire import base64url

__all__ = ["MAX_INFLATED", "pack", "unpack"]

#: Bytes that a text may inflate to, inclusive: four times what a session of 16,384 characters
#: holds at the ratio of ordinary JSON. Deflate can make a thousand out of one.
MAX_INFLATED = 1_048_576

#: Says that what follows was deflated.
_MARK = "."


def pack(data: bytes, *, compress: bool = True) -> str:
    """Return `data` as base64url, behind a dot if it was deflated.

    Args:
        data: Any bytes.
        compress: Whether to deflate what gets shorter by that, by two bytes at least.

    Source: itsdangerous 2.2.0 (`URLSafeSerializerMixin.dump_payload`).
    """
    if compress:
        deflated = zlib.compress(data)
        if len(deflated) < len(data) - 1:
            return _MARK + base64url.encode(deflated)
    return base64url.encode(data)


def unpack(text: str, *, limit: int = MAX_INFLATED) -> bytes:
    """Return the bytes that `pack` was given.

    Args:
        text: Any text is safe to pass; the caller has looked at its length.
        limit: Bytes that it may inflate to, inclusive.

    Raises:
        Malformed: Not canonical base64url, or not deflated where the dot says so.
        Oversized: It inflates to more than `limit`; no more than that was inflated.

    Source: itsdangerous 2.2.0 (`URLSafeSerializerMixin.load_payload`), which has no limit.
    """
    data = base64url.decode(text.removeprefix(_MARK))
    return _inflate(data, limit) if text.startswith(_MARK) else data


def _inflate(data: bytes, limit: int) -> bytes:
    inflating = zlib.decompressobj()
    try:
        inflated = inflating.decompress(data, limit + 1)
    except zlib.error:
        raise Malformed("expected what zlib deflated") from None
    if len(inflated) > limit:
        raise Oversized(f"more than {limit} bytes once it is inflated")
    if not inflating.eof or inflating.unused_data:
        raise Malformed("expected what zlib deflated, whole and nothing else")
    return inflated
