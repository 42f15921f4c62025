"""`next-auth/jwt` for Python: the tokens of a next-auth 4 front, for services without sessions.

Whoever has sessions of their own uses `NextAuthToken` as their format instead.
"""

from collections.abc import Mapping
from typing import Any

from dojang import clock
from dojang.wire.authjs import get_token as requests
from dojang.wire.authjs.claims import DEFAULT_MAX_AGE
from dojang.wire.authjs.cookies import next_auth_cookie
from dojang.wire.authjs.next_auth import NextAuthToken

__all__ = ["decode", "encode", "get_token"]


def get_token(
    request: requests.Request,
    secret: str,
    *,
    secure_cookie: bool = True,
    cookie_name: str | None = None,
    now: int | None = None,
) -> dict[str, Any]:
    """Return the token that a signed-in visitor of the front sends, from cookie or bearer.

    Args:
        request: Anything that has headers.
        secret: `NEXTAUTH_SECRET` of the front.
        secure_cookie: Whether the front is reached by https; its cookies then have another name.
        cookie_name: The front's own name for the session cookie, if it has one.
        now: Unix milliseconds; the clock unless given.

    Raises:
        Missing: Neither cookie nor bearer token came.
        Rejected: What came is not good; its `code` says why.
        WeakSecret: `secret` is empty.

    Source: next-auth 4.24.15 (`getToken`, which returns null for every reason).
    """
    cookie = next_auth_cookie(https=secure_cookie)
    if cookie_name is not None:
        cookie = cookie.renamed(cookie_name)
    tokens = NextAuthToken(secret)
    return requests.get_token(request, tokens, cookie, now=_at(now))


def encode(
    token: Mapping[str, object],
    secret: str,
    *,
    max_age: int = DEFAULT_MAX_AGE,
    salt: str = "",
    now: int | None = None,
) -> str:
    """Return `token` as text that the front decodes; see `EncryptedToken.write`.

    Args:
        token: A JSON object; members `iat`, `exp` and `jti` are overwritten.
        secret: `NEXTAUTH_SECRET` of the front.
        max_age: Seconds; 30 days unless given.
        salt: Empty for sessions.
        now: Unix milliseconds; the clock unless given.

    Raises:
        NotJson: Something in `token` is not JSON.
        WeakSecret: `secret` is empty.
    """
    return NextAuthToken(secret, salt=salt).write(token, max_age=max_age, now=_at(now))


def decode(token: str, secret: str, *, salt: str = "", now: int | None = None) -> dict[str, Any]:
    """Return what `encode`, here or at the front, was given; see `EncryptedToken.read`.

    Args:
        token: Any text is safe to pass.
        secret: `NEXTAUTH_SECRET` of the front.
        salt: Empty for sessions.
        now: Unix milliseconds; the clock unless given.

    Raises:
        Rejected: It is not good; its `code` says why.
        WeakSecret: `secret` is empty.
    """
    return NextAuthToken(secret, salt=salt).read(token, now=_at(now))


def _at(now: int | None) -> int:
    return clock.now() if now is None else now
