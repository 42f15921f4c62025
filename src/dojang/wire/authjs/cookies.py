"""The cookies of both libraries: their names, which depend on https, and their attributes."""

from dojang.wire.authjs import auth_js, next_auth
from dojang.wire.chunking import Chunking
from dojang.wire.cookies import Cookie

__all__ = ["auth_js_cookie", "auth_js_csrf_cookie", "next_auth_cookie", "next_auth_csrf_cookie"]


def next_auth_cookie(*, https: bool) -> Cookie:
    """Return the session cookie of next-auth 4; `renamed` gives it a name of the front's own.

    Args:
        https: Whether the front is reached by https (`useSecureCookies`).

    Source: next-auth 4.24.15 (`defaultCookies`).
    """
    return _session("next-auth", next_auth.CHUNKING, https=https)


def next_auth_csrf_cookie(*, https: bool) -> Cookie:
    """Return the cookie that vouches for forms of next-auth 4.

    Args:
        https: Whether the front is reached by https.

    Source: next-auth 4.24.15 (`defaultCookies`).
    """
    return _csrf("next-auth", https=https)


def auth_js_cookie(*, https: bool) -> Cookie:
    """Return the session cookie of Auth.js; `renamed` gives it a name of the front's own.

    The name is also the salt of `AuthJsToken`.

    Args:
        https: Whether the front is reached by https (`useSecureCookies`).

    Source: @auth/core 0.41.3 (`defaultCookies`).
    """
    return _session("authjs", auth_js.CHUNKING, https=https)


def auth_js_csrf_cookie(*, https: bool) -> Cookie:
    """Return the cookie that vouches for forms of Auth.js.

    Args:
        https: Whether the front is reached by https.

    Source: @auth/core 0.41.3 (`defaultCookies`).
    """
    return _csrf("authjs", https=https)


def _session(family: str, chunking: Chunking, *, https: bool) -> Cookie:
    prefix = "__Secure-" if https else ""
    return Cookie(name=f"{prefix}{family}.session-token", secure=https, chunks=chunking, dated=True)


def _csrf(family: str, *, https: bool) -> Cookie:
    prefix = "__Host-" if https else ""
    return Cookie(name=f"{prefix}{family}.csrf-token", secure=https)
