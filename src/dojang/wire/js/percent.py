"""Percent-encoding exactly as JavaScript's `encodeURIComponent` and its inverse."""

import re
from urllib.parse import quote, unquote_to_bytes

from dojang.errors import Malformed

__all__ = ["decode", "encode"]

_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")


def encode(text: str) -> str:
    """Return `text` as `encodeURIComponent` writes it.

    Raises:
        Malformed: `text` has a lone surrogate, which has no UTF-8.

    Source: ECMA-262 section 19.2.6.4.
    """
    try:
        return quote(text, safe="!'()*-._~")
    except UnicodeEncodeError:
        raise Malformed("a lone surrogate cannot be percent-encoded") from None


def decode(text: str) -> str:
    """Return what `decodeURIComponent` reads in `text`.

    Raises:
        Malformed: A `%` without two hexadecimal digits, or bytes that are not UTF-8.

    Source: ECMA-262 section 19.2.6.2.
    """
    if "%" not in text:
        return text
    if _BROKEN.search(text):
        raise Malformed("a % without two hexadecimal digits")
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        raise Malformed("percent-encoded bytes that are not UTF-8") from None
