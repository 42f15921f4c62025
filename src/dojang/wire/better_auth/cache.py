"""The cookie cache of better-auth: a copy of session and user, good for some minutes.

The session itself is in better-auth's database, so the cache is read and never written: what it
says was true when it was made, and a session that was ended since is still in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn, Protocol

from dojang.errors import Malformed, Misuse, Oversized
from dojang.wire.better_auth import compact, tokens
from dojang.wire.chunking import Chunking
from dojang.wire.format import Opened, Own
from dojang.wire.keyring import Keyring

__all__ = ["CHUNKING", "BetterAuthCache", "Strategy"]

Strategy = Literal["compact", "jwt", "jwe"]

#: better-auth has no bound of its own on reading; common servers take no more in headers.
CHUNKING = Chunking(most=16, piece=3896, reading="every-piece", writing=False)

#: What a text says about itself, and no session's data.
_STAMPS = ("iat", "exp", "jti")


class _Reader(Protocol):
    def __call__(
        self, text: str, secrets: Sequence[bytes], *, now: int
    ) -> tuple[dict[str, Any], int | None, bool]: ...


_READERS: dict[Strategy, _Reader] = {
    "compact": compact.read,
    "jwt": tokens.read_signed,
    "jwe": tokens.read_encrypted,
}


class BetterAuthCache:
    """Reads the cookie `session_data`, whose claims are `session`, `user` and two about itself.

    The user is under `user.id`, and the token of the session under `session.token`.
    """

    limit = CHUNKING.most * 3896
    own = Own()

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        strategy: Strategy = "compact",
        version: str | None = None,
    ) -> None:
        """Take the secrets.

        Args:
            secrets: Its `secret`, or its `secrets`, newest first.
            strategy: Its `session.cookieCache.strategy`.
            version: Its `session.cookieCache.version`, asked for if given; a cache of another is
                as good as over.

        Raises:
            WeakSecret: There is no secret, or one is empty.
            Misuse: Another strategy.
        """
        if strategy not in _READERS:
            raise Misuse(f"strategy is compact, jwt or jwe, not {strategy!r}")
        self._secrets = [*(secrets if isinstance(secrets, Keyring) else Keyring.dictated(secrets))]
        self._read = _READERS[strategy]
        self._version = version

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> NoReturn:
        """Refuse: a session of better-auth is in its database, and only it makes the copy.

        Raises:
            Misuse: Always.
        """
        del claims, expires, now
        raise Misuse(
            "the cache of better-auth is read and not written: its session is in its database; "
            "write sessions of your own in another format"
        )

    def decode(self, text: str, *, now: int) -> Opened:
        """Return `session`, `user`, `updatedAt` and `version`, once signature and time hold.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds.

        Raises:
            Rejected: As `read`.
        """
        claims, expires, newest = self._opened(text, now)
        for name in _STAMPS:
            claims.pop(name, None)
        made: object = claims.get("updatedAt")
        known = made if isinstance(made, int) and not isinstance(made, bool) else None
        return Opened(claims, expires, newest, known)

    def read(self, text: str, *, now: int) -> dict[str, Any]:
        """Return what the library's `getCookieCache` gives, `iat` and `exp` of a token included.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds. A signed token is good until its `exp`, exclusive, an encrypted
                one for 15 s more, and `compact` until its `expiresAt`, exclusive, at which
                `getCookieCache` does not look.

        Raises:
            Oversized: Longer than `limit`; nothing in it was looked at.
            Malformed: Not of the strategy, of another version, or without session or user.
            UnknownKey: It names a key that is not ours.
            WrongAlgorithm: A token made in a way that better-auth does not write.
            BadSignature: No secret made it.
            Expired: Its time is over.

        Source: better-auth 1.6.0 (`getCookieCache`).
        """
        return self._opened(text, now)[0]

    def _opened(self, text: str, now: int) -> tuple[dict[str, Any], int | None, bool]:
        if len(text) > self.limit:
            raise Oversized(f"{len(text)} characters, at most {self.limit} are looked at")
        claims, expires, newest = self._read(text, self._secrets, now=now)
        if not all(isinstance(claims.get(name), dict) for name in ("session", "user")):
            raise Malformed("expected a session and a user")
        if self._version is not None and claims.get("version", "1") != self._version:
            raise Malformed("of another version of the application")
        return claims, expires, newest
