"""Existing scrypt hashes of better-auth and Lucia: `<salt>:<128 hex digits>`; we make none."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from dojang.auth.forms import Forms
from dojang.errors import Unavailable

__all__ = ["Scrypt"]

_N, _P, _KEY_BYTES = 16384, 1, 64

#: Blocks: what better-auth and Lucia 3 use, and what Lucia's LegacyScrypt uses without its prefix.
_BLOCKS, _OLD_BLOCKS = 16, 8

#: Bytes that scrypt may take: 128 times N times the blocks, and some more.
_MEMORY = 64 * 1024 * 1024

_TEXT = re.compile(r"(?P<prefix>s2:)?(?P<salt>[0-9A-Za-z]{16,64}):(?P<key>[0-9a-f]{128})")


@dataclass(frozen=True, slots=True)
class Scrypt:
    """One scrypt hash; the salt is the text, not what it may spell."""

    salt: bytes
    key: bytes
    blocks: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Scrypt | None":
        """Return the hash in `text`; None for what is none.

        Without the prefix `s2:` a text may be of either size of blocks, and both are tried.

        Source: better-auth 1.6.0 (`hashPassword`); Lucia 3.2.2 (`Scrypt`, `LegacyScrypt`).
        """
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        blocks = (_BLOCKS,) if match["prefix"] else (_BLOCKS, _OLD_BLOCKS)
        return cls(match["salt"].encode(), bytes.fromhex(match["key"]), blocks)

    @property
    def work(self) -> tuple[object, ...]:
        """What a check takes: equal for hashes that cost the same."""
        return ("scrypt", self.blocks)

    def matches(self, forms: Forms) -> bool:
        """Whether this is the hash of the NFKC form of the password.

        Raises:
            Unavailable: There is no memory to find out.
        """
        # Each size is computed in any case, so that a check always takes the same time.
        found = [hmac.compare_digest(self._derive(forms, size), self.key) for size in self.blocks]
        return any(found)

    def _derive(self, forms: Forms, size: int) -> bytes:
        cost = {"n": _N, "r": size, "p": _P, "maxmem": _MEMORY}
        try:
            return hashlib.scrypt(forms.normal, salt=self.salt, dklen=_KEY_BYTES, **cost)
        except (MemoryError, ValueError) as error:  # OpenSSL says no more than that it failed
            raise Unavailable(f"a password could not be hashed: {error}") from error
