"""Cookies as Express writes them (`res.cookie`) and cookie-parser reads them.

An object goes as `j:` and its JSON, a signed value as `s:<value>.<signature>`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dojang.errors import BadSignature, InvalidCookie, Malformed, Oversized, Rejected, TooLarge
from dojang.wire import json, signed_id
from dojang.wire.cookies import MAX_COOKIE
from dojang.wire.js import cookie_header, percent

__all__ = ["Cookies", "decode", "encode", "read"]

#: Characters of a Cookie header that are looked at, inclusive; servers let less through.
MAX_HEADER = 65_536

#: What the JSON of a value stands behind.
PREFIX = "j:"


def encode(value: object, *, key: bytes | None = None) -> str:
    """Return `value` as Express puts it into a cookie, percent-encoded.

    Args:
        value: Text, or a JSON object or list. A number or a boolean is written as JavaScript
            writes it and comes back as that text.
        key: The secret to sign with, or None for an unsigned cookie.

    Raises:
        InvalidCookie: It would be read as something else: None, text that begins with `j:` and goes
            on as JSON, and, in an unsigned cookie, text that begins with `s:`.
        NotJson: Something in an object or list is not JSON.
        Malformed: Text has a lone surrogate.
        TooLarge: Longer than `MAX_COOKIE`, which no cookie holds.

    Source: Express 4.21.2 and 5.1.0 (`res.cookie`).
    """
    text = _text(value)
    if key is None and text.startswith(signed_id.PREFIX):
        raise InvalidCookie("text that begins with s: reads as a signed cookie; sign it, with key=")
    cookie = percent.encode(text) if key is None else signed_id.to_cookie(text, key=key)
    if len(cookie) > MAX_COOKIE:
        raise TooLarge(
            f"a cookie of {len(cookie)} bytes, and browsers keep {MAX_COOKIE}: put less into it",
            size=len(cookie),
            limit=MAX_COOKIE,
        )
    return cookie


def decode(text: str, *, keys: Sequence[bytes] | None = None, canonical: bool = True) -> Any:  # noqa: ANN401 - JSON is anything
    """Return what `encode` was given.

    Args:
        text: The value of one cookie; any text is safe to pass.
        keys: Secrets, newest first, one of which must have signed the cookie; or None for an
            unsigned one, where nothing is proven.
        canonical: Whether of a signed cookie only the spelling that `encode` writes is good.
            cookie-parser reads any percent-encoding of it.

    Returns:
        Text, or the value of its JSON behind `j:`. What is no JSON stays text, and so do `null`,
        `false`, `0` and `""`, as in the peer; a JSON object with a member twice too, unlike there.

    Raises:
        Oversized: Longer than `MAX_COOKIE`.
        Malformed: Keys were given and it is not signed.
        BadSignature: No key in `keys` made the signature.

    Source: cookie-parser 1.4.7 (`signedCookie`, `JSONCookie`).
    """
    _check_size(text)
    if keys is None:
        return _value(cookie_header.unescape(text))
    spelling = text if canonical else percent.encode(cookie_header.unescape(text))
    value, _ = signed_id.from_cookie(spelling, keys=keys)
    return _value(value)


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies of one request.

    Attributes:
        plain: Those that are not signed; anybody may have written them (`req.cookies`).
        signed: Those with a good signature (`req.signedCookies`).
        rejected: Why the others are refused, where the peer gives `false`.
    """

    plain: dict[str, Any]
    signed: dict[str, Any]
    rejected: dict[str, Rejected]


def read(header: str, *, keys: Sequence[bytes] = ()) -> Cookies:
    """Return what cookie-parser makes of a Cookie header.

    Args:
        header: The value of the header; any text is safe to pass.
        keys: Secrets, newest first. Without one, signed cookies are among the plain ones, unread.

    Raises:
        Oversized: Longer than `MAX_HEADER`; nothing in it was looked at.

    Source: cookie-parser 1.4.7 (`cookieParser`).
    """
    if len(header) > MAX_HEADER:
        raise Oversized(f"{len(header)} characters, at most {MAX_HEADER} are looked at")
    cookies = Cookies({}, {}, {})
    for name, text in cookie_header.parse(header, inherited=True).items():
        try:
            _check_size(text)
            if keys and text.startswith(signed_id.PREFIX):
                value, _ = signed_id.unsign(text[len(signed_id.PREFIX) :], keys=keys)
                cookies.signed[name] = _value(value)
            else:
                cookies.plain[name] = _value(text)
        except (BadSignature, Oversized) as error:
            cookies.rejected[name] = error
    return cookies


def _text(value: object) -> str:
    match value:
        case str():
            if _value(value) != value:
                raise InvalidCookie("text that begins with j: reads as JSON; put it into a list")
            return value
        case bool() | int() | float():
            return json.dumps(value, root="cookie")
        case None:
            raise InvalidCookie("None would be read as the text j:null; delete the cookie instead")
        case _:
            return PREFIX + json.dumps(value, root="cookie")


def _value(text: str) -> Any:  # noqa: ANN401 - JSON is anything
    if not text.startswith(PREFIX):
        return text
    try:
        value = json.loads(text[len(PREFIX) :])
    except Malformed:
        return text
    # What JavaScript takes for false stays text; an empty object or list is true there.
    falsy = value in (None, False, "")  # and 0, which equals False
    return text if falsy else value


def _check_size(text: str) -> None:
    if len(text) > MAX_COOKIE:
        raise Oversized(f"a cookie of {len(text)} characters, at most {MAX_COOKIE} are looked at")
