"""Systems whose cookie holds an id, and whose sessions are looked up where they keep them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable, iscoroutinefunction

from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place, check
from dojang.session.record import Principal, Record
from dojang.stores.foreign.urls import open_foreign, principal_of
from dojang.strategies.looked_up import LookedUp
from dojang.wire.better_auth import signed_cookie
from dojang.wire.cookies import Cookie
from dojang.wire.keyring import Keyring

__all__ = ["BetterAuth", "OpaqueToken", "OwnerOf", "Stored"]

#: Gives the user whose token it is, or None where it is nobody's, or no longer.
OwnerOf = Callable[[str], Awaitable[Principal | None] | Principal | None]


def Stored(  # noqa: N802 - named as what it stands for
    url: str,
    cookie_name: str,
    *,
    secrets: str | Sequence[str] = (),
    https: bool = False,
    domain: str | None = None,
    path: str = "/",
    principal: str | None = None,
) -> Peer:
    """Return the sessions that Flask-Session, starsessions or Django keep in a store; only read.

    Args:
        url: `flask-session+redis://host`, `starsessions+redis://host`,
            `django+postgresql://user@host/database` or `django+sqlite:///db.sqlite3`.
        cookie_name: The name of its cookie: `session`, and Django's `sessionid`.
        secrets: Django's `SECRET_KEY`, and `SECRET_KEY_FALLBACKS`.
        https: Whether its cookie is Secure.
        domain: Of its cookie.
        path: Of its cookie.
        principal: Where it keeps the user in the session; Flask-Login's place and that of
            django.contrib.auth unless given.

    Raises:
        Misuse: `url` names no such sessions, or Django's without a secret.
        MissingExtra: The library of the store is not installed.
        InvalidCookie: No browser would accept such a cookie.

    Source: Flask-Session 0.8.0, starsessions 2.2.1, Django 5.2.
    """
    place = open_foreign(url, secrets=[secrets] if isinstance(secrets, str) else secrets)
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    return _peer(LookedUp(place), cookie, principal or principal_of(url))


def OpaqueToken(  # noqa: N802 - named as what it stands for
    owner_of: OwnerOf,
    cookie_name: str,
    *,
    https: bool = True,
    domain: str | None = None,
    path: str = "/",
) -> Peer:
    """Return the sessions of an application whose cookie holds a token that it looks up; only read.

    As fastapi-users does with DatabaseStrategy and RedisStrategy, and Lucia with its ids.

    Args:
        owner_of: Takes a token of at most 512 characters, looks it up, and returns the user; None
            for one that is unknown or over. A coroutine function or a plain one; what it raises,
            the request ends with.
        cookie_name: The name of its cookie.
        https: Whether its cookie is Secure.
        domain: Of its cookie.
        path: Of its cookie.

    Raises:
        InvalidCookie: No browser would accept such a cookie.
    """
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    return _peer(LookedUp(_Owners(owner_of)), cookie)


def BetterAuth(  # noqa: N802 - named as what it stands for
    secret: str | bytes | Sequence[str | bytes],
    owner_of: OwnerOf,
    *,
    https: bool = True,
    prefix: str = "better-auth",
    domain: str | None = None,
) -> Peer:
    """Return the sessions of an application with better-auth, which are in its database; only read.

    Args:
        secret: Its `secret`, or its `secrets`, newest first.
        owner_of: Takes a token whose signature is good, looks it up in the table `session`, and
            returns its `userId`; None where there is no row, or its `expiresAt` is over.
        https: Whether its `baseURL` is https, which is in the name of the cookie.
        prefix: Its `advanced.cookiePrefix`.
        domain: Its `advanced.crossSubDomainCookies.domain`.

    Raises:
        WeakSecret: There is no secret, or one is empty.
        InvalidCookie: No browser would accept such a cookie.

    Source: better-auth 1.6.0.
    """
    keys = list(Keyring.dictated(secret))
    home = LookedUp(_Owners(owner_of), id_in=partial(_token, keys=keys))
    name = f"{'__Secure-' if https else ''}{prefix}.session_token"
    return _peer(home, Cookie(name=name, secure=https, domain=domain))


@dataclass(frozen=True, slots=True)
class _Owners:
    """Where the application knows whose a token is, and nothing else about it."""

    owner_of: OwnerOf

    @property
    def suspends(self) -> bool:
        return iscoroutinefunction(self.owner_of)

    async def look_up(self, id: str, *, now: int) -> Record | None:
        user = self.owner_of(id)
        if isawaitable(user):
            user = await user
        if user is None:
            return None
        check(user)
        return Record(user=user, created=now, expires=None, seen=now)

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def _token(text: str, *, keys: Sequence[bytes]) -> str:
    return signed_cookie.decode(text, keys=keys)[0]


def _peer(home: LookedUp, cookie: Cookie, principal: str | None = None) -> Peer:
    return Peer(
        strategy=home,
        cookie=cookie,
        lifetime=Lifetime(idle=None, absolute=None, unremembered=None),
        principal=None if principal is None else Place(principal),
    )
