"""iron-session: a sealed cookie that its application and ours both read and write."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dojang.errors import Misuse
from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.wire.chunking import Chunking
from dojang.wire.cookies import Cookie
from dojang.wire.iron.iron_session import METHODS, IronSeal
from dojang.wire.iron.max_age import DEFAULT_TTL, MARGIN, MaxAge, life
from dojang.wire.iron.passwords import Password, Secret, is_one

__all__ = ["IronSession"]

_ID = re.compile(r"0|[1-9][0-9]*")


def IronSession(  # noqa: N802, PLR0913 - named as what it stands for, with its options
    password: Password | Secret | Sequence[Secret] | Mapping[Any, Any],
    cookie_name: str,
    *,
    ttl: int = DEFAULT_TTL[9],
    https: bool = True,
    domain: str | None = None,
    path: str = "/",
    chunk: bool = False,
    max_age: MaxAge = "ttl",
    legacy: bool = False,
    principal: str | None = None,
    revocations: Revocations | RevocationLog | None = None,
    mirror_expiry: str | None = None,
) -> Peer:
    """Return the sessions of an application that calls `getIronSession` with the same options.

    What is written is what version 9 writes; the seals of 6, 8 and 9 are read.

    Args:
        password: Its `password`: text, or `{1: ..., 2: ...}`.
        cookie_name: Its `cookieName`.
        ttl: Its `ttl` in seconds; 0 for a seal without an end. A session is extended to it again
            whenever either side writes, and by us at half of it.
        https: Its `cookieOptions.secure`.
        domain: Its `cookieOptions.domain`.
        path: Its `cookieOptions.path`.
        chunk: Its `chunk`, of version 9; pieces are read either way.
        max_age: Its `cookieOptions.maxAge` in seconds, at least 1, where it has one; "session"
            where that is `undefined`: a cookie that ends with the browser, and a seal without an
            end.
        legacy: Whether a seal without `~2` is read as next-iron-session wrote it, and as 6 and 8
            read it, with the data under `persistent`; the suffix is not authenticated.
        principal: Where it keeps the user in the session, as `user.id`.
        revocations: A store that makes these sessions listed and revocable by us. It needs an end
            that no renewal passes: `Sessions(peer, lifetime=Lifetime(absolute=...))`.
        mirror_expiry: A member of the data that says when a session ends, for a front that reads
            it there; see `ClientSide`.

    Raises:
        WeakSecret: There is no password, or one is too short.
        InvalidCookie: No browser would accept such a cookie.
        Misuse: `ttl` is negative, it or `max_age` has a fraction, or the id of a password is no
            whole number, with which version 9 throws; or `mirror_expiry` names a member that is
            not the application's.

    Source: iron-session 9.0.1.
    """
    _check_ids(password)
    lives = life(9, ttl=ttl, max_age=max_age)
    follows = max_age == "ttl" and lives.ttl > 0
    return Peer(
        strategy=ClientSide(
            IronSeal(password, legacy=legacy, reserved=METHODS),
            revocations=revocations,
            mirror_expiry=mirror_expiry,
        ),
        cookie=Cookie(
            name=cookie_name,
            secure=https,
            domain=domain,
            path=path,
            chunks=Chunking(writing=chunk),
            margin=MARGIN,
            lasting=lives.max_age is not None,
            fixed=None if follows else lives.max_age,
        ),
        lifetime=Lifetime(idle=lives.ttl or None, absolute=None),
        principal=None if principal is None else Place(principal),
    )


def _check_ids(password: Password | Secret | Sequence[Secret] | Mapping[Any, Any]) -> None:
    if not isinstance(password, Mapping) or is_one(password):
        return
    if not all(_ID.fullmatch(str(id)) for id in password):
        raise Misuse("iron-session numbers its passwords: write {1: ..., 2: ...}")
