"""Where the keys of access tokens come from."""

from collections.abc import Sequence
from typing import Protocol

from dojang.errors import Misuse
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.keyring import Keyring

__all__ = ["FixedKeys", "Keys"]


class Keys(Protocol):
    """A set of keys that may change while the program runs."""

    async def current(self, *, now: int) -> KeySet:
        """Return the keys as of now.

        Raises:
            Unavailable: The store that keeps them did not answer.
        """
        ...


class FixedKeys:
    """Keys that stay as they are until the program is started anew."""

    def __init__(self, keys: KeySet | Key | Sequence[Key]) -> None:
        """Take the keys; the first of several signs, and all verify.

        Raises:
            Misuse: There is no key, or none that signs.
        """
        self._keys = KeySet.of(keys)
        if self._keys.signing is None:
            raise Misuse("access tokens are signed by a key of ours; this set only verifies")

    @classmethod
    def of(cls, keys: "Keys | KeySet | Key | Sequence[Key] | None", *, secret: Keyring) -> "Keys":
        """Return `keys`, whatever form they come in; HS256 under the secret where there are none.

        Args:
            keys: As the constructor takes them, or where they come from.
            secret: A key for access tokens alone is derived from each of its secrets.

        Raises:
            Misuse: As the constructor.
        """
        if keys is None:
            derived = list(secret.derive("access-token"))
            return cls([Key.from_secret(one, kid=None) for one in derived])
        if isinstance(keys, KeySet | Key | Sequence):
            return cls(keys)
        return keys

    async def current(self, *, now: int) -> KeySet:
        """Return the keys."""
        del now
        return self._keys
