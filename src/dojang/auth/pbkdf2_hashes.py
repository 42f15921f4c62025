"""Existing hashes of Django: `pbkdf2_sha256$<iterations>$<salt>$<digest>`; we make none."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from dojang.auth.forms import Forms

__all__ = ["Pbkdf2"]

_SIZES = {"sha256": 32, "sha1": 20}
_TEXT = re.compile(
    r"pbkdf2_(?P<digest>sha256|sha1)\$(?P<iterations>[1-9][0-9]{0,6})"
    r"\$(?P<salt>[^$\x00-\x1f\x7f]{1,128})\$(?P<key>[A-Za-z0-9+/]{27,43}=)"
)


@dataclass(frozen=True, slots=True)
class Pbkdf2:
    """One PBKDF2 hash."""

    digest: str
    iterations: int
    salt: bytes
    key: bytes

    @classmethod
    def parse(cls, text: str) -> "Pbkdf2 | None":
        """Return the hash in `text`; None for what is none, or would take too long.

        Source: Django 5.2 (`PBKDF2PasswordHasher`, `PBKDF2SHA1PasswordHasher`).
        """
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        try:
            salt, key = match["salt"].encode(), base64.b64decode(match["key"], validate=True)
        except ValueError:
            return None
        if len(key) != _SIZES[match["digest"]]:
            return None
        return cls(match["digest"], int(match["iterations"]), salt, key)

    @property
    def work(self) -> tuple[object, ...]:
        """What a check takes: equal for hashes that cost the same."""
        return ("pbkdf2", self.digest, self.iterations)

    def matches(self, forms: Forms) -> bool:
        """Whether this is the hash of the password as typed."""
        derived = hashlib.pbkdf2_hmac(self.digest, forms.typed, self.salt, self.iterations)
        return hmac.compare_digest(derived, self.key)
