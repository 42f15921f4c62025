"""Signatures as keygrip makes them."""

import base64
import hmac
from collections.abc import Iterable
from typing import Literal

from dojang.errors import BadSignature, Misuse
from dojang.wire.js.text import utf8

__all__ = ["Algorithm", "Encoding", "sign", "verify"]

Algorithm = Literal["sha1", "sha224", "sha256", "sha384", "sha512"]
Encoding = Literal["base64", "hex"]

_ALGORITHMS = ("sha1", "sha224", "sha256", "sha384", "sha512")
_TO_URL = str.maketrans("+/", "-_", "=")


def sign(
    data: str, *, key: bytes, algorithm: Algorithm = "sha1", encoding: Encoding = "base64"
) -> str:
    """Return the signature of `data`: 27 characters unless another algorithm is named.

    Args:
        data: Any text; a lone surrogate is signed as U+FFFD.
        key: The secret as bytes, of any length.
        algorithm: Of the HMAC, by Node's name for it.
        encoding: `base64`, which is base64url without padding there, or `hex`.

    Raises:
        Misuse: Another algorithm or encoding.

    Source: keygrip 1.1.0 (`Keygrip.prototype.sign`).
    """
    if algorithm not in _ALGORITHMS or encoding not in {"base64", "hex"}:
        raise Misuse(f"sign with one of {', '.join(_ALGORITHMS)}, as base64 or hex")
    tag = hmac.digest(key, utf8(data), algorithm)
    return tag.hex() if encoding == "hex" else base64.b64encode(tag).decode().translate(_TO_URL)


def verify(
    data: str,
    signature: str,
    *,
    keys: Iterable[bytes],
    algorithm: Algorithm = "sha1",
    encoding: Encoding = "base64",
) -> int:
    """Return which key made the signature: its index in `keys`, 0 for the newest.

    Compared as text: a padded or otherwise respelled signature is another text.

    Args:
        data: Any text is safe to pass.
        signature: Likewise.
        keys: Secrets, newest first.
        algorithm: As for `sign`.
        encoding: As for `sign`.

    Raises:
        BadSignature: No key in `keys` made it.
        Misuse: Another algorithm or encoding.

    Source: keygrip 1.1.0 (`Keygrip.prototype.index`).
    """
    given = utf8(signature)
    for index, key in enumerate(keys):
        made = sign(data, key=key, algorithm=algorithm, encoding=encoding)
        if hmac.compare_digest(made.encode(), given):
            return index
    raise BadSignature("no key made this signature")
