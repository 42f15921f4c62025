"""The sessions of koa-session: JSON with its own end in it, in a signed cookie or a store."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from dojang.errors import Expired, Misuse
from dojang.wire.format import Opened, Own
from dojang.wire.keygrip import body
from dojang.wire.keygrip.pair import MAX_LENGTH, SignedPair
from dojang.wire.keygrip.signature import Algorithm, Encoding
from dojang.wire.keyring import Keyring

__all__ = ["KoaSession", "join", "split"]

_EXPIRE, _MAX_AGE, _SESSION = "_expire", "_maxAge", "_session"


class KoaSession:
    """Writes and reads the sessions that koa-session 6 and 7 keep in the cookie.

    Its text is `<value>.<signature>`; a `Cookie(chunks=Pair())` carries it in the peer's two
    cookies. Members that begin with `_` are the peer's: it drops any other when it saves.
    """

    limit = MAX_LENGTH
    own = Own()

    def __init__(
        self,
        keys: Keyring | str | bytes | Sequence[str | bytes],
        *,
        name: str = "koa.sess",
        algorithm: Algorithm = "sha1",
        encoding: Encoding = "base64",
    ) -> None:
        """Take its keys.

        Args:
            keys: `app.keys`, newest first.
            name: Of its cookie (its `key`), which is signed too.
            algorithm: What its Keygrip was made with, if it was given one.
            encoding: Likewise.

        Raises:
            WeakSecret: There is no key, or one is empty.
        """
        self._pair = SignedPair(keys, name=name, algorithm=algorithm, encoding=encoding)

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> str:
        """Return `claims` as the two cookies hold them.

        Args:
            claims: A JSON object.
            expires: Unix milliseconds, or None for a session that ends with the browser.
            now: Unix milliseconds.

        Raises:
            NotJson: Something in `claims` is not JSON.
            Misuse: `claims` have a member of the peer's own.

        Source: koa-session 7.0.2 (`ContextSession.save`).
        """
        return self._pair.sign(body.encode(join(claims, expires=expires, now=now)))

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a session, once signature and time hold.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds. A session is good until its end, inclusive.

        Raises:
            Oversized: Longer than `limit`.
            BadSignature: No key made it, or it was made for a cookie of another name.
            Malformed: Not over a JSON object.
            Expired: Its time is over.

        Source: koa-session 7.0.2 (`ContextSession.initFromCookie`).
        """
        value, newest = self._pair.unsign(text)
        kept = body.decode(value)
        claims, expires = split(kept, now=now)
        return Opened(claims, expires, newest, _written(kept, now=now))


def join(claims: Mapping[str, object], *, expires: int | None, now: int) -> dict[str, object]:
    """Return the object that koa-session keeps, in a cookie or a store.

    Args:
        claims: A JSON object.
        expires: Unix milliseconds, or None for a session that ends with the browser.
        now: Unix milliseconds.

    Raises:
        Misuse: `claims` have a member of the peer's own.

    Source: koa-session 7.0.2 (`ContextSession.save`).
    """
    for name in (_EXPIRE, _MAX_AGE, _SESSION):
        if name in claims:
            raise Misuse(f"the member {name} is koa-session's own; choose another name")
    if expires is None:
        return {**claims, _SESSION: True}
    return {**claims, _EXPIRE: expires, _MAX_AGE: expires - now}


def split(kept: Mapping[str, Any], *, now: int) -> tuple[dict[str, Any], int | None]:
    """Return the claims that `join` was given, and when they end.

    Args:
        kept: What koa-session kept. Without a number in `_expire` it never ends, as over there.
        now: Unix milliseconds.

    Raises:
        Expired: Its time is over.

    Source: koa-session 7.0.2 (`ContextSession.valid`).
    """
    claims = dict(kept)
    ends: object = claims.pop(_EXPIRE, None)
    for name in (_MAX_AGE, _SESSION):
        claims.pop(name, None)
    if not _is_number(ends):
        return claims, None
    if ends < now:
        raise Expired("its time is over")
    return claims, int(ends)


def _written(kept: Mapping[str, Any], *, now: int) -> int | None:
    ends, life = kept.get(_EXPIRE), kept.get(_MAX_AGE)
    if not _is_number(ends) or not _is_number(life):
        return None
    written = int(ends) - int(life)
    return written if 0 <= written <= now else None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
