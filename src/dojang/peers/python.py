"""Flask, Starlette and Django: sessions in a signed cookie, as their own middleware keeps them."""

from collections.abc import Sequence

from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.strategies.client_side import ClientSide
from dojang.wire.cookies import Cookie
from dojang.wire.django import cookie as of_django
from dojang.wire.format import Format
from dojang.wire.itsdangerous import flask as of_flask
from dojang.wire.itsdangerous import starlette as of_starlette

__all__ = ["Django", "Flask", "Starlette"]

Secrets = str | bytes | Sequence[str | bytes]


def Flask(  # noqa: N802 - named as what it stands for
    secret: Secrets,
    cookie_name: str = "session",
    *,
    max_age: int = of_flask.DEFAULT_MAX_AGE,
    https: bool = False,
    domain: str | None = None,
    path: str = "/",
    principal: str | None = "_user_id",
) -> Peer:
    """Return the sessions of an application with Flask's own cookie, or Quart's.

    Values that JSON lacks (tuples, bytes, times) come as the plain values nearest to them; an
    application that stays with Flask keeps them with `dojang.adapters.flask`.

    Args:
        secret: Its `SECRET_KEY`, then its `SECRET_KEY_FALLBACKS`.
        cookie_name: Its `SESSION_COOKIE_NAME`.
        max_age: Its `PERMANENT_SESSION_LIFETIME` in seconds.
        https: Its `SESSION_COOKIE_SECURE`.
        domain: Its `SESSION_COOKIE_DOMAIN`.
        path: Its `SESSION_COOKIE_PATH`.
        principal: Where it keeps the user in the session; Flask-Login's place unless given.

    Raises:
        WeakSecret: There is no secret, or one is empty.
        InvalidCookie: No browser would accept such a cookie.

    Source: Flask 3.1.3.
    """
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path, same_site=None)
    return _peer(
        of_flask.FlaskCookie(secret, max_age=max_age, plain=True), cookie, max_age, principal
    )


def Starlette(  # noqa: N802 - named as what it stands for
    secret: Secrets,
    cookie_name: str = "session",
    *,
    max_age: int = of_starlette.DEFAULT_MAX_AGE,
    https: bool = False,
    domain: str | None = None,
    path: str = "/",
    principal: str | None = None,
) -> Peer:
    """Return the sessions of an application with Starlette's SessionMiddleware, FastAPI's too.

    Args:
        secret: Its `secret_key`; several, newest first, for what it was before.
        cookie_name: Its `session_cookie`.
        max_age: Its `max_age` in seconds.
        https: Its `https_only`.
        domain: Its `domain`.
        path: Its `path`.
        principal: Where the application keeps the user in the session, as `user.id`.

    Raises:
        WeakSecret: There is no secret, or one is empty.
        InvalidCookie: No browser would accept such a cookie.

    Source: Starlette 1.10.0.
    """
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    return _peer(of_starlette.StarletteCookie(secret, max_age=max_age), cookie, max_age, principal)


def Django(  # noqa: N802 - named as what it stands for
    secret: Secrets,
    cookie_name: str = "sessionid",
    *,
    max_age: int = of_django.DEFAULT_MAX_AGE,
    https: bool = False,
    domain: str | None = None,
    path: str = "/",
    principal: str | None = "_auth_user_id",
) -> Peer:
    """Return the sessions of an application with Django's `signed_cookies`.

    Args:
        secret: Its `SECRET_KEY`, then its `SECRET_KEY_FALLBACKS`.
        cookie_name: Its `SESSION_COOKIE_NAME`.
        max_age: Its `SESSION_COOKIE_AGE` in seconds.
        https: Its `SESSION_COOKIE_SECURE`.
        domain: Its `SESSION_COOKIE_DOMAIN`.
        path: Its `SESSION_COOKIE_PATH`.
        principal: Where it keeps the user in the session.

    Raises:
        WeakSecret: There is no secret, or one is empty.
        InvalidCookie: No browser would accept such a cookie.

    Source: Django 5.2.
    """
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    return _peer(of_django.DjangoCookie(secret, max_age=max_age), cookie, max_age, principal)


def _peer(format: Format, cookie: Cookie, max_age: int, principal: str | None) -> Peer:
    return Peer(
        strategy=ClientSide(format),
        cookie=cookie,
        lifetime=Lifetime(idle=max_age, absolute=None),
        principal=None if principal is None else Place(principal),
    )
