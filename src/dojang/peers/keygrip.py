"""cookie-session and koa-session: sessions in a cookie, and a second cookie that signs it."""

from collections.abc import Sequence
from dataclasses import replace

from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.strategies.client_side import ClientSide
from dojang.wire.cookies import Cookie
from dojang.wire.format import Format
from dojang.wire.keygrip import cookie_session, koa_session
from dojang.wire.keygrip.pair import Pair

__all__ = ["CookieSession", "KoaSession"]

Keys = str | bytes | Sequence[str | bytes]

#: Seconds: koa-session's `maxAge` unless it is given.
_DAY = 24 * 3600


def CookieSession(  # noqa: N802 - named as what it stands for
    keys: Keys,
    cookie_name: str = "session",
    *,
    max_age: int | None = None,
    https: bool = False,
    domain: str | None = None,
    path: str = "/",
    principal: str | None = None,
) -> Peer:
    """Return the sessions of an application of Express with cookie-session.

    Args:
        keys: Its `keys`, newest first.
        cookie_name: Its `name`, which is signed too.
        max_age: Its `maxAge`, in seconds here; None for a cookie that ends with the browser.
        https: Its `secure`.
        domain: Its `domain`.
        path: Its `path`.
        principal: Where the application keeps the user in the session, as `user.id`.

    Raises:
        WeakSecret: There is no key, or one is empty.
        InvalidCookie: No browser would accept such a cookie.

    Source: cookie-session 2.1.1.
    """
    format = cookie_session.CookieSession(keys, name=cookie_name)
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    return _peer(format, cookie, max_age, principal, lasting=max_age is not None)


def KoaSession(  # noqa: N802 - named as what it stands for
    keys: Keys,
    cookie_name: str = "koa.sess",
    *,
    max_age: int = _DAY,
    https: bool = False,
    domain: str | None = None,
    path: str = "/",
    principal: str | None = None,
) -> Peer:
    """Return the sessions of an application of Koa with koa-session, where it has no store.

    Args:
        keys: Its `app.keys`, newest first.
        cookie_name: Its `key`, which is signed too.
        max_age: Its `maxAge`, in seconds here.
        https: Its `secure`.
        domain: Its `domain`.
        path: Its `path`.
        principal: Where the application keeps the user in the session, as `user.id`.

    Raises:
        WeakSecret: There is no key, or one is empty.
        InvalidCookie: No browser would accept such a cookie.

    Source: koa-session 7.0.2.
    """
    format = koa_session.KoaSession(keys, name=cookie_name)
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    return _peer(format, cookie, max_age, principal, lasting=True)


def _peer(
    format: Format, cookie: Cookie, max_age: int | None, principal: str | None, *, lasting: bool
) -> Peer:
    return Peer(
        strategy=ClientSide(format),
        cookie=replace(cookie, same_site=None, chunks=Pair(), dated=True, lasting=lasting),
        lifetime=Lifetime(idle=max_age, absolute=None),
        principal=None if principal is None else Place(principal),
        salted=True,
    )
