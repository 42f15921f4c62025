"""What Django's `db`, `cached_db` and `file` backends store: JSON, often deflated, and signed."""

import hashlib
import hmac
import zlib
from collections.abc import Iterable
from typing import Any

from dojang.errors import BadSignature, Malformed, Oversized
from dojang.wire import base64url, json
from dojang.wire.js.text import utf8
from dojang.wire.migration import pickled

__all__ = ["MAX_LENGTH", "read"]

#: Characters that are looked at, and bytes that they may inflate to, inclusive.
MAX_LENGTH, _MAX_INFLATED = 4_194_304, 33_554_432

_SALT = b"django.contrib.sessions.SessionStore" + b"signer"
_REMEDY = "let Django write it again with its JSONSerializer"


def read(text: str, *, secrets: Iterable[str]) -> dict[str, Any]:
    """Return the session that `session_data` of a row of `django_session` spells.

    Whether it is over is in the row: `expire_date`.

    Args:
        text: Any text is safe to pass.
        secrets: `SECRET_KEY`, and `SECRET_KEY_FALLBACKS`.

    Raises:
        Oversized: Longer than 4 MiB, or 32 MiB once it is inflated.
        BadSignature: No secret made the signature.
        Malformed: Not what Django's JSONSerializer writes; a pickle is never loaded.

    Source: Django 5.2 (`django.core.signing.dumps`, `SessionBase.encode`).
    """
    if len(text) > MAX_LENGTH:
        raise Oversized(f"{len(text)} characters, at most {MAX_LENGTH} are looked at")
    signed, colon, signature = text.rpartition(":")
    if not colon or not any(_made(signed, signature, secret) for secret in secrets):
        raise BadSignature("no secret made this signature")
    payload, _, _ = signed.rpartition(":")
    data = base64url.decode(payload.removeprefix("."))
    if payload.startswith("."):
        data = _inflated(data)
    pickled.refuse(data, _REMEDY)
    return json.loads_object(data, exact=True)


def _made(signed: str, signature: str, secret: str) -> bool:
    key = hashlib.sha256(_SALT + utf8(secret)).digest()
    tag = hmac.digest(key, utf8(signed), "sha256")
    return hmac.compare_digest(base64url.encode(tag).encode(), utf8(signature))


def _inflated(data: bytes) -> bytes:
    inflate = zlib.decompressobj()
    try:
        whole = inflate.decompress(data, _MAX_INFLATED)
    except zlib.error:
        raise Malformed("expected what zlib deflated") from None
    if inflate.unconsumed_tail:
        raise Oversized(f"more than {_MAX_INFLATED} bytes once it is inflated")
    if not inflate.eof or inflate.unused_data:
        raise Malformed("expected what zlib deflated, and nothing else")
    return whole
