"""What the tokens of next-auth 4 and Auth.js have in common: JSON claims in a JWE, and how long."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dojang.errors import Oversized
from dojang.wire import entropy, json
from dojang.wire.authjs import claims as stamps
from dojang.wire.authjs.keys import Key
from dojang.wire.format import Opened, Own
from dojang.wire.jose import jwe

__all__ = ["EncryptedToken", "Keys"]


class Keys(Protocol):
    """The keys of one version of the library, and what it writes above a token."""

    @property
    def writer(self) -> Key:
        """The key that encrypts."""
        ...

    @property
    def header(self) -> Mapping[str, str]:
        """The protected header of what it encrypts."""
        ...

    def choose(self, header: Mapping[str, Any]) -> Sequence[bytes]:
        """Return the key for a header; none if the header names one that is not here.

        Raises:
            WrongAlgorithm: It was encrypted in a way that this version does not read.
        """
        ...


class EncryptedToken:
    """Claims <-> token, in two pairs of verbs.

    `encode` and `decode` are those of a `Format`, for sessions: claims are the application's, time
    is beside them. `write` and `read` are those of the library: a token has its times in it.
    """

    #: Both libraries write a new `jti` into each token, so it names no session.
    own = Own(user="sub")

    def __init__(self, keys: Keys, *, limit: int) -> None:
        """Take the keys, and how many characters are looked at, inclusive."""
        self._keys = keys
        self.limit = limit

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> str:
        """Return `claims` as a token that is good until `expires`.

        Args:
            claims: A JSON object; members `iat`, `exp` and `jti` are overwritten.
            expires: Unix milliseconds, written in whole seconds; None for never, which the
                libraries read but do not write.
            now: Unix milliseconds.

        Raises:
            NotJson: Something in `claims` is not JSON, or `nbf` is no number.
        """
        return self._seal(claims, now // 1000, None if expires is None else expires // 1000)

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a token without `iat`, `exp` and `jti`, and when it ends.

        Raises:
            Rejected: As `read`.
        """
        decrypted, claims = self._open(text, now)
        return stamps.unstamped(claims, newest=decrypted.key == self._keys.writer.secret)

    def write(
        self, token: Mapping[str, object], *, max_age: int = stamps.DEFAULT_MAX_AGE, now: int
    ) -> str:
        """Return `token` as text, as `encode` of the library does.

        Args:
            token: A JSON object; members `iat`, `exp` and `jti` are overwritten where they stand.
            max_age: Seconds.
            now: Unix milliseconds.

        Raises:
            NotJson: Something in `token` is not JSON, or `nbf` is no number.
        """
        return self._seal(token, now // 1000, now // 1000 + max_age)

    def read(self, text: str, *, now: int) -> dict[str, Any]:
        """Return the token that `text` is, with `iat`, `exp` and `jti`, as `decode` of the library.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds.

        Raises:
            Oversized: Longer than `limit`; nothing in it was looked at.
            Malformed: Not a token, or not over a JSON object.
            WrongAlgorithm: Encrypted in a way that this version does not read.
            UnknownKey: It names a key that is not ours.
            BadSignature: No key of ours made it.
            NotYetValid: Its time has not come.
            Expired: Its time is over.
        """
        return self._open(text, now)[1]

    def _seal(self, claims: Mapping[str, object], issued: int, expires: int | None) -> str:
        made = stamps.stamped(claims, issued=issued, expires=expires, id=entropy.uuid())
        key = self._keys.writer
        return jwe.encrypt(json.dumps(made).encode("utf-8"), self._keys.header, key=key.secret)

    def _open(self, text: str, now: int) -> tuple[jwe.Decrypted, dict[str, Any]]:
        if len(text) > self.limit:
            raise Oversized(f"{len(text)} characters, at most {self.limit} are looked at")
        decrypted = jwe.decrypt(text, self._keys.choose)
        claims = json.loads_object(decrypted.plaintext)
        stamps.check(claims, now=now)
        return decrypted, claims
