"""Signed values: `<value>.<signature>` as cookie-signature writes them, `s:` as Express adds."""

import base64
import hmac
from collections.abc import Iterable

from dojang.errors import BadSignature, Malformed, Oversized
from dojang.wire.js import percent
from dojang.wire.js.text import utf8

__all__ = ["PREFIX", "from_cookie", "sign", "to_cookie", "unsign"]

PREFIX = "s:"

#: Characters that are looked at, inclusive.
MAX_LENGTH = 16_384


def sign(value: str, *, key: bytes) -> str:
    """Return `<value>.<signature>`.

    Args:
        value: Any text; a lone surrogate is signed as U+FFFD.
        key: The secret as bytes, of any length, as the peer takes it.

    Returns:
        The value, a dot, and HMAC-SHA256 in standard base64 without its trailing `=`.

    Source: cookie-signature 1.2.2.
    """
    tag = hmac.digest(key, utf8(value), "sha256")
    return f"{value}.{base64.b64encode(tag).rstrip(b'=').decode('ascii')}"


def unsign(text: str, *, keys: Iterable[bytes]) -> tuple[str, int]:
    """Return the value that `sign` was given, and which key made the signature.

    Compared as text: a padded or otherwise respelled signature is another text.

    Args:
        text: Any text is safe to pass.
        keys: Secrets, newest first.

    Returns:
        The value and the index of the key in `keys`; 0 is the newest.

    Raises:
        Oversized: Longer than `MAX_LENGTH`; nothing in it was looked at.
        BadSignature: No dot, or no key in `keys` made the signature.

    Source: cookie-signature 1.2.2.
    """
    _check_size(text)
    value, dot, _ = text.rpartition(".")
    if dot:
        given = utf8(text)
        for index, key in enumerate(keys):
            if hmac.compare_digest(utf8(sign(value, key=key)), given):
                return value, index
    raise BadSignature("no key made this signature")


def to_cookie(value: str, *, key: bytes) -> str:
    """Return `s:<value>.<signature>`, percent-encoded as Express puts it into a cookie.

    Raises:
        Malformed: `value` has a lone surrogate.

    Source: express-session 1.19.0 (`setcookie`).
    """
    return percent.encode(PREFIX + sign(value, key=key))


def from_cookie(text: str, *, keys: Iterable[bytes], canonical: bool = True) -> tuple[str, int]:
    """Return what `to_cookie` was given, and which key signed it.

    Args:
        text: Any text is safe to pass.
        keys: Secrets, newest first.
        canonical: Whether only the one spelling that `to_cookie` writes is good. Express reads any
            percent-encoding of it.

    Raises:
        Oversized: Longer than `MAX_LENGTH`; nothing in it was looked at.
        Malformed: Not percent-encoded text that begins with `s:`.
        BadSignature: No key in `keys` made the signature.

    Source: express-session 1.19.0 (`getcookie`).
    """
    _check_size(text)
    decoded = percent.decode(text)
    if not decoded.startswith(PREFIX):
        raise Malformed("expected s:<id>.<signature>")
    if canonical and percent.encode(decoded) != text:
        raise Malformed("expected s:<id>.<signature>, percent-encoded as Express writes it")
    return unsign(decoded[len(PREFIX) :], keys=keys)


def _check_size(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise Oversized(f"{len(text)} characters, at most {MAX_LENGTH} are looked at")
