"""`getToken` of both libraries: the token that a request carries, or why it has none."""

from collections.abc import Iterable
from typing import Any, Protocol

from dojang.errors import Missing, Oversized, Rejected
from dojang.wire import chunks
from dojang.wire.authjs.encrypted_token import EncryptedToken
from dojang.wire.cookies import Cookie
from dojang.wire.js import percent

__all__ = ["Headers", "Request", "get_token"]

#: Cookies of one name that are looked at; a browser sends one, or a few from parent domains.
_LOOKED_AT = 8


class Headers(Protocol):
    """The headers of a request, as every framework has them: names in any case, maybe several."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return names and values."""
        ...


class Request(Protocol):
    """A request of any framework."""

    @property
    def headers(self) -> Headers:
        """Its headers."""
        ...


def get_token(
    request: Request, tokens: EncryptedToken, cookie: Cookie, *, now: int
) -> dict[str, Any]:
    """Return the token of a request, with `iat`, `exp` and `jti`.

    The cookie is looked at first, whole or in pieces; `Authorization: Bearer` only without one. Of
    several cookies of the name, the one that is good; of several good ones, the newest.

    Args:
        request: Anything with headers, whatever is in them.
        tokens: Reads the tokens.
        cookie: Its name, and how it is cut.
        now: Unix milliseconds.

    Raises:
        Missing: Neither cookie nor bearer token came.
        Rejected: What came is not good; see `EncryptedToken.read` for the kinds.

    Source: next-auth 4.24.15 and @auth/core 0.41.3 (`getToken`, which returns null instead).
    """
    headers = request.headers
    header = "; ".join(_all(headers, "cookie"))
    texts = chunks.candidates(header, cookie.name, cookie.chunks)
    texts = texts or _bearer(headers, tokens.limit)
    if not texts:
        raise Missing(_what_is_missing(header, cookie))
    good: list[dict[str, Any]] = []
    reasons: list[Rejected] = []
    for text in texts[:_LOOKED_AT]:
        try:
            good.append(tokens.read(text, now=now))
        except Rejected as rejected:
            reasons.append(rejected.with_traceback(None))
    if not good:
        raise reasons[0]
    return max(good, key=lambda token: token.get("iat", 0))


def _all(headers: Headers, name: str) -> list[str]:
    return [value for found, value in headers.items() if found.lower() == name]


def _bearer(headers: Headers, limit: int) -> list[str]:
    for value in _all(headers, "authorization"):
        if len(value) > limit:
            raise Oversized(f"{len(value)} characters, at most {limit} are looked at")
        scheme, *rest = value.split(" ")
        if scheme == "Bearer":
            return [percent.decode(text) for text in rest[:1]]
    return []


def _what_is_missing(header: str, cookie: Cookie) -> str:
    plain = cookie.name.removeprefix("__Secure-")
    secured = plain != cookie.name
    twin = plain if secured else f"__Secure-{plain}"
    if chunks.stale(header, twin, cookie.chunks):
        return f"no cookie {cookie.name} came, but {twin}: write secure_cookie={not secured}"
    return f"neither a cookie {cookie.name} nor a bearer token came"
