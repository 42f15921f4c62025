"""`@auth/core/jwt` for Python: the tokens of an Auth.js front, for services without sessions.

Whoever has sessions of their own uses `AuthJsToken` as their format instead.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dojang import clock
from dojang.wire.authjs import get_token as requests
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.claims import DEFAULT_MAX_AGE
from dojang.wire.authjs.cookies import auth_js_cookie

__all__ = ["decode", "encode", "get_token"]


def get_token(
    request: requests.Request,
    secret: str | Sequence[str],
    *,
    secure_cookie: bool = True,
    cookie_name: str | None = None,
    salt: str | None = None,
    now: int | None = None,
) -> dict[str, Any]:
    """Return the token that a signed-in visitor of the front sends, from cookie or bearer.

    Args:
        request: Anything that has headers.
        secret: `AUTH_SECRET` of the front, or all its secrets in its own order.
        secure_cookie: Whether the front is reached by https; its cookies then have another name,
            and its tokens other keys. (The library takes False unless told, which fails on https.)
        cookie_name: The front's own name for the session cookie, if it has one.
        salt: The name of the cookie unless given.
        now: Unix milliseconds; the clock unless given.

    Raises:
        Missing: Neither cookie nor bearer token came.
        Rejected: What came is not good; its `code` says why.
        WeakSecret: There is no secret, or one is empty.

    Source: @auth/core 0.41.3 (`getToken`, which returns null for every reason).
    """
    cookie = auth_js_cookie(https=secure_cookie)
    if cookie_name is not None:
        cookie = cookie.renamed(cookie_name)
    tokens = AuthJsToken(secret, salt=cookie.name if salt is None else salt)
    return requests.get_token(request, tokens, cookie, now=_at(now))


def encode(
    token: Mapping[str, object],
    secret: str | Sequence[str],
    *,
    salt: str,
    max_age: int = DEFAULT_MAX_AGE,
    now: int | None = None,
) -> str:
    """Return `token` as text that the front decodes; see `EncryptedToken.write`.

    Args:
        token: A JSON object; members `iat`, `exp` and `jti` are overwritten.
        secret: `AUTH_SECRET` of the front, or all its secrets, of which the first encrypts.
        salt: The name of the cookie that will carry it, as `__Secure-authjs.session-token`.
        max_age: Seconds; 30 days unless given.
        now: Unix milliseconds; the clock unless given.

    Raises:
        NotJson: Something in `token` is not JSON.
        WeakSecret: There is no secret, or one is empty.
    """
    return AuthJsToken(secret, salt=salt).write(token, max_age=max_age, now=_at(now))


def decode(
    token: str, secret: str | Sequence[str], *, salt: str, now: int | None = None
) -> dict[str, Any]:
    """Return what `encode`, here or at the front, was given; see `EncryptedToken.read`.

    Args:
        token: Any text is safe to pass.
        secret: `AUTH_SECRET` of the front, or all its secrets in its own order.
        salt: The name of the cookie that carries it.
        now: Unix milliseconds; the clock unless given.

    Raises:
        Rejected: It is not good; its `code` says why.
        WeakSecret: There is no secret, or one is empty.
    """
    return AuthJsToken(secret, salt=salt).read(token, now=_at(now))


def _at(now: int | None) -> int:
    return clock.now() if now is None else now
