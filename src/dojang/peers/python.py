"""Flask, Starlette, Django and itsdangerous: sessions in a signed cookie, as those keep them."""

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
from dojang.wire.itsdangerous.signed_user import MadeBy, SignedUser
from dojang.wire.itsdangerous.signer import Derivation, Digest

__all__ = ["Django", "Flask", "ItsDangerous", "Starlette"]

Secrets = str | bytes | Sequence[str | bytes]


def Flask(  # noqa: N802 - named as what it stands for, with its options
    secret: Secrets,
    cookie_name: str = "session",
    *,
    max_age: int = of_flask.DEFAULT_MAX_AGE,
    https: bool = False,
    domain: str | None = None,
    path: str = "/",
    principal: str | None = "_user_id",
    tags: bool = False,
) -> Peer:
    """Return the sessions of an application with Flask's own cookie, or Quart's.

    Args:
        secret: Its `SECRET_KEY`, then its `SECRET_KEY_FALLBACKS`.
        cookie_name: Its `SESSION_COOKIE_NAME`.
        max_age: Its `PERMANENT_SESSION_LIFETIME` in seconds.
        https: Its `SESSION_COOKIE_SECURE`.
        domain: Its `SESSION_COOKIE_DOMAIN`.
        path: Its `SESSION_COOKIE_PATH`.
        principal: Where it keeps the user in the session; Flask-Login's place unless given.
        tags: Whether values that JSON lacks (tuples, bytes, times) stay in Flask's tags, which
            `dojang.adapters.flask` and `quart` read; otherwise they come as the plain values
            nearest to them.

    Raises:
        WeakSecret: There is no secret, or one is empty.
        InvalidCookie: No browser would accept such a cookie.

    Source: Flask 3.1.3.
    """
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path, same_site=None)
    return _peer(
        of_flask.FlaskCookie(secret, max_age=max_age, plain=not tags), cookie, max_age, principal
    )


def Starlette(  # noqa: N802 - named as what it stands for
    secret: Secrets,
    cookie_name: str = "session",
    *,
    max_age: int | None = of_starlette.DEFAULT_MAX_AGE,
    https: bool = False,
    domain: str | None = None,
    path: str = "/",
    principal: str | None = None,
) -> Peer:
    """Return the sessions of an application with Starlette's SessionMiddleware, FastAPI's too.

    Args:
        secret: Its `secret_key`; several, newest first, for what it was before.
        cookie_name: Its `session_cookie`.
        max_age: Its `max_age` in seconds; None where its cookie ends with the browser.
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


def ItsDangerous(  # noqa: N802, PLR0913 - named as what it stands for, with its options
    secret: Secrets,
    cookie_name: str,
    *,
    max_age: int,
    made_by: MadeBy = "URLSafeTimedSerializer",
    salt: str | None = None,
    digest: Digest = "sha1",
    derivation: Derivation = "django-concat",
    https: bool = False,
    domain: str | None = None,
    path: str = "/",
    principal: str | None = None,
) -> Peer:
    """Return the sessions of an application that signs a cookie of its own with itsdangerous.

    What it signs is a user's id and nothing else, or an object, the data; they are only read.

    Args:
        secret: Its secret; several, newest first (the peer's own list has the newest last).
        cookie_name: The name of its cookie.
        max_age: Seconds, as it gives them to `loads` or `unsign`.
        made_by: The class that signs.
        salt: Given to the class; its own unless given.
        digest: The `digest_method` given to the class.
        derivation: The `key_derivation` given to the class.
        https: Whether its cookie is Secure.
        domain: Of its cookie.
        path: Of its cookie.
        principal: Where an object has the user, as `user.id`; without it at `sub`.

    Raises:
        WeakSecret: There is no secret, or one is empty.
        Misuse: It is made by another class, or an option is not one of the peer's.
        InvalidCookie: No browser would accept such a cookie.

    Source: itsdangerous 2.2.0.
    """
    format = SignedUser(
        secret,
        max_age=max_age,
        made_by=made_by,
        salt=salt,
        digest=digest,
        derivation=derivation,
    )
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    return _peer(format, cookie, max_age, principal)


def _peer(format: Format, cookie: Cookie, max_age: int | None, principal: str | None) -> Peer:
    return Peer(
        strategy=ClientSide(format),
        cookie=cookie,
        lifetime=Lifetime(idle=max_age, absolute=None, unremembered=None),
        principal=None if principal is None else Place(principal),
    )
