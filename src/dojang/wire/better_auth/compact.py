"""The cache as base64url of JSON that holds its own signature: the strategy `compact`."""

import hmac
from collections.abc import Sequence
from typing import Any, cast

from dojang.errors import BadSignature, Expired, Malformed
from dojang.wire import base64url, json

__all__ = ["read"]


def read(
    text: str, secrets: Sequence[bytes], *, now: int
) -> tuple[dict[str, Any], int | None, bool]:
    """Return what is cached, when that ends, and whether the first secret signed it.

    The signature is over the text that JavaScript writes for it: `{...session, expiresAt}`. Only
    that spelling is accepted, of the whole too.

    Args:
        text: Any text is safe to pass; the caller has looked at its length.
        secrets: Newest first.
        now: Unix milliseconds. It is good until its `expiresAt`, exclusive.

    Raises:
        Malformed: Not of that form.
        BadSignature: No secret made it.
        Expired: Its time is over.

    Source: better-auth 1.6.0 (`setCookieCache`, `getCookieCache`).
    """
    whole = json.loads_object(base64url.decode(text))
    cached, expires = whole.get("session"), whole.get("expiresAt")
    signature = whole.get("signature")
    if not isinstance(cached, dict) or not isinstance(signature, str):
        raise Malformed("expected session, expiresAt and signature")
    if not isinstance(expires, int) or isinstance(expires, bool):
        raise Malformed("expected expiresAt to be milliseconds")
    session = cast("dict[str, Any]", cached)
    newest = _signed_by(session, expires, signature, secrets) == 0
    if _spelled({"session": session, "expiresAt": expires, "signature": signature}) != text:
        raise Malformed("expected the spelling of better-auth")
    if expires <= now:
        raise Expired("its time is over")
    return session, expires, newest


def _signed_by(
    session: dict[str, Any], expires: int, signature: str, secrets: Sequence[bytes]
) -> int:
    message = json.dumps({**session, "expiresAt": expires}).encode("utf-8")
    for index, secret in enumerate(secrets):
        tag = base64url.encode(hmac.digest(secret, message, "sha256"))
        if hmac.compare_digest(tag.encode(), signature.encode("utf-8", "surrogatepass")):
            return index
    raise BadSignature("no secret made this signature")


def _spelled(whole: dict[str, Any]) -> str:
    return base64url.encode(json.dumps(whole).encode("utf-8"))
