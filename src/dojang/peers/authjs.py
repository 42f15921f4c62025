"""next-auth 4 and Auth.js: an encrypted token in a cookie, whose `sub` is the user."""

from collections.abc import Sequence
from dataclasses import replace

from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.claims import DEFAULT_MAX_AGE
from dojang.wire.authjs.cookies import auth_js_cookie, next_auth_cookie
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.cookies import Cookie

__all__ = ["AuthJs", "NextAuth"]


def NextAuth(  # noqa: N802 - named as what it stands for
    secret: str,
    *,
    https: bool = True,
    cookie_name: str | None = None,
    domain: str | None = None,
    path: str = "/",
    max_age: int = DEFAULT_MAX_AGE,
    revocations: Revocations | RevocationLog | None = None,
    mirror_expiry: str | None = None,
) -> Peer:
    """Return the sessions of a front with next-auth 4 and `session.strategy` "jwt".

    Args:
        secret: Its `NEXTAUTH_SECRET`, to the letter.
        https: Whether the front is reached by https, which is in the name of the cookie.
        cookie_name: Its `cookies.sessionToken.name`, if it has one of its own.
        domain: Of that cookie, in its `cookies.sessionToken.options`.
        path: Of that cookie, likewise.
        max_age: Its `session.maxAge` in seconds. The front extends a session whenever it is asked
            for one; we do at half of it.
        revocations: A store that makes these sessions listed and revocable by us. It needs an end
            that no renewal passes: `Sessions(peer, lifetime=Lifetime(absolute=...))`.
        mirror_expiry: A member of the data that says when a session ends, for a front that reads
            it there; see `ClientSide`.

    Raises:
        WeakSecret: `secret` is empty.
        InvalidCookie: No browser would accept such a cookie.
        Misuse: `mirror_expiry` names a member that is not the application's.

    Source: next-auth 4.24.15.
    """
    cookie = _placed(next_auth_cookie(https=https), cookie_name, domain, path)
    home = ClientSide(NextAuthToken(secret), revocations=revocations, mirror_expiry=mirror_expiry)
    return _peer(home, cookie, max_age)


def AuthJs(  # noqa: N802 - named as what it stands for
    secret: str | Sequence[str],
    *,
    https: bool = True,
    cookie_name: str | None = None,
    domain: str | None = None,
    path: str = "/",
    max_age: int = DEFAULT_MAX_AGE,
    revocations: Revocations | RevocationLog | None = None,
    mirror_expiry: str | None = None,
) -> Peer:
    """Return the sessions of a front with Auth.js (next-auth 5) and `session.strategy` "jwt".

    Args:
        secret: Its `AUTH_SECRET`, to the letter; or all of them, newest first, in its own order:
            `AUTH_SECRET_3`, `_2`, `_1`, then `AUTH_SECRET`.
        https: Whether the front is reached by https, which is in the name of the cookie.
        cookie_name: Its `cookies.sessionToken.name`, if it has one of its own; it is also the salt
            of the key.
        domain: As for `NextAuth`.
        path: As for `NextAuth`.
        max_age: Its `session.maxAge` in seconds. The front extends a session whenever it is asked
            for one; we do at half of it.
        revocations: As for `NextAuth`.
        mirror_expiry: As for `NextAuth`.

    Raises:
        WeakSecret: There is no secret, or one is empty.
        InvalidCookie: No browser would accept such a cookie.
        Misuse: `mirror_expiry` names a member that is not the application's.

    Source: @auth/core 0.41.3.
    """
    cookie = _placed(auth_js_cookie(https=https), cookie_name, domain, path)
    token = AuthJsToken(secret, salt=cookie.name)
    home = ClientSide(token, revocations=revocations, mirror_expiry=mirror_expiry)
    return replace(_peer(home, cookie, max_age), salted=True)


def _placed(cookie: Cookie, name: str | None, domain: str | None, path: str) -> Cookie:
    return replace(cookie, name=name or cookie.name, domain=domain, path=path)


def _peer(home: ClientSide, cookie: Cookie, max_age: int) -> Peer:
    return Peer(strategy=home, cookie=cookie, lifetime=Lifetime(idle=max_age, absolute=None))
