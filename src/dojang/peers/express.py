"""express-session with connect-redis: sessions in Redis that both sides serve at the same time."""

from collections.abc import Sequence

from dojang.errors import InvalidCookie, Misuse
from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.principal import Place
from dojang.stores.redis import RedisStore
from dojang.strategies.server_side import OnConflict, ServerSide
from dojang.wire.cookies import Cookie, Priority, SameSite
from dojang.wire.express.express_session import StoredCookie
from dojang.wire.keyring import Keyring

__all__ = ["Express"]

#: Random bytes in an id (uid-safe, as express-session calls it).
_ID_BYTES = 24

#: Seconds; longer than any limit of Redis or of a browser.
_NO_LIMIT = 100 * 366 * 24 * 3600


def Express(  # noqa: N802 - named as what it stands for
    secret: str | bytes | Sequence[str | bytes],
    store: RedisStore,
    *,
    name: str = "connect.sid",
    rolling: bool = False,
    principal: str | None = None,
    limit: Limit | None = None,
    on_conflict: OnConflict = "merge",
) -> Peer:
    """Return the sessions of an application with express-session over connect-redis.

    Args:
        secret: Its `secret`, to the letter: one, or several with the newest first.
        store: `RedisStore(url, layout="connect-redis", cookie=StoredCookie(...))`: the cookie is
            its option `cookie`, with `original_max_age` for its `maxAge`.
        name: Its `name`.
        rolling: Its `rolling`: whether every request extends the session and sends the cookie.
        principal: Where it keeps the user in the session, as `user.id` or `passport.user`. Without
            it, sessions that Express made are nobody's to us.
        limit: How many sessions one principal may have, of those that we know.
        on_conflict: As of `ServerSide`, when Express wrote first. Express itself compares nothing:
            what it writes last, it keeps.

    Raises:
        WeakSecret: There is no secret, or one is empty.
        InvalidCookie: No browser would accept such a cookie.
        Misuse: The store has another layout, or `secure` or `same_site` is `auto`, which we cannot
            know.

    Source: express-session 1.19.0, connect-redis 10.0.0.
    """
    stored, life = store.stored_cookie, store.default_life
    if stored is None or life is None:
        raise Misuse(
            'Express needs a store with its layout: RedisStore(url, layout="connect-redis")'
        )
    idle = life if stored.original_max_age is None else -(-stored.original_max_age // 1000)
    return Peer(
        strategy=ServerSide(
            store,
            keys=Keyring.dictated(secret),
            on_conflict=on_conflict,
            limit=limit,
            id_bytes=_ID_BYTES,
        ),
        cookie=_cookie(name, stored),
        lifetime=Lifetime(
            idle=idle, absolute=None, renew=0 if rolling else 0.5, unremembered=_NO_LIMIT
        ),
        principal=None if principal is None else Place(principal),
    )


def _cookie(name: str, stored: StoredCookie) -> Cookie:
    if stored.secure == "auto":
        raise Misuse("secure: auto depends on each connection; write True or False")
    return Cookie(
        name=name,
        path=stored.path,
        domain=stored.domain,
        secure=bool(stored.secure),
        http_only=bool(stored.http_only),
        same_site=_same_site(stored.same_site),
        partitioned=bool(stored.partitioned),
        priority=_priority(stored.priority),
        dated=True,
        lasting=stored.original_max_age is not None,
    )


def _same_site(value: bool | str | None) -> SameSite | None:
    match value.lower() if isinstance(value, str) else value:
        case True | "strict":
            return "strict"
        case "lax":
            return "lax"
        case "none":
            return "none"
        case None | False | "":
            return None
        case "auto":
            raise Misuse("same_site: auto depends on each connection; write 'lax', 'none' or None")
        case _:
            raise InvalidCookie(f"Express throws on same_site={value!r}; write 'lax' or 'strict'")


def _priority(value: str | None) -> Priority | None:
    match value and value.lower():
        case "low":
            return "low"
        case "medium":
            return "medium"
        case "high":
            return "high"
        case None | "":
            return None
        case _:
            raise InvalidCookie(f"Express throws on priority={value!r}; write 'low' or 'high'")
