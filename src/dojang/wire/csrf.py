"""CSRF tokens: `<random>.<tag>`, good for one session and no other."""

import hmac
import re

from dojang.errors import Refused
from dojang.wire import base64url, entropy
from dojang.wire.js.text import utf8
from dojang.wire.keyring import Keyring

__all__ = ["FIELD", "HEADER", "LOOKED_AT", "CsrfRefused", "check", "found_in", "make"]

#: The name of the hidden field.
FIELD = "csrf_token"

#: The header that carries the token of a form which a script sends, in lower case.
HEADER = "x-csrf-token"

#: Bytes at the beginning of a body in which the field is looked for, inclusive.
LOOKED_AT = 64 * 1024

_PURPOSE = "csrf"
# The field, urlencoded or in a multipart body (RFC 7578); a token has nothing to escape.
_IN_BODY = re.compile(
    rb'(?:(?:\A|&)csrf_token=|name="csrf_token"\r\n\r\n)([\w.-]{1,100})(?=[&\r]|\Z)'
)

_RANDOM_BYTES = 16  # so that two pages never carry the same text, which compression could betray


class CsrfRefused(Refused):
    """Nothing proves that the form is ours and was made for this session."""

    code = "csrf"

    def __init__(self) -> None:
        super().__init__("the form was not made for this session: reload the page and send it anew")


def make(handle: str, keys: Keyring) -> str:
    """Return a token for forms of the session `handle`; each call gives another one.

    Args:
        handle: The public name of the session. It changes at login, and old tokens end with it.
        keys: The secrets of the application; keys for this purpose alone are derived from them.

    Returns:
        22 characters, a dot, and HMAC-SHA256 in 43; all base64url.

    Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet, "Signed Double-Submit Cookie".
    """
    return _token(entropy.token(_RANDOM_BYTES), handle, keys.derive(_PURPOSE).newest)


def check(token: str, handle: str, keys: Keyring) -> None:
    """Refuse `token` unless `make` made it for this session.

    Compared as text, in constant time: a respelled token is another one.

    Args:
        token: As it came in; any text is safe to pass.
        handle: The public name of the session the request belongs to.
        keys: As for `make`; a retired secret still vouches.

    Raises:
        CsrfRefused: Another session, an earlier login, another application, or a changed character.
    """
    random, _, _ = token.partition(".")
    given = utf8(token)
    made = [utf8(_token(random, handle, key)) for key in keys.derive(_PURPOSE)]
    if not any([hmac.compare_digest(given, one) for one in made]):  # noqa: C419 - all are compared
        raise CsrfRefused


def found_in(body: bytes) -> str:
    """Return the token of a form that is sent, or nothing.

    Where in the body it stands proves no more or less: nobody else could know it.

    Args:
        body: Urlencoded or multipart; the first `LOOKED_AT` bytes are enough, and any are safe.
    """
    found = _IN_BODY.search(body[:LOOKED_AT])
    return found.group(1).decode("ascii", "replace") if found else ""


def _token(random: str, handle: str, key: bytes) -> str:
    # With the lengths in front, no two pairs are one message.
    message = f"{len(handle)}!{handle}!{len(random)}!{random}"
    return f"{random}.{base64url.encode(hmac.digest(key, utf8(message), 'sha256'))}"
