"""Existing PBKDF2 hashes; we make none.

`pbkdf2_sha256$<iterations>$<salt>$<digest>` of Django, whose salt is the text, and
`$pbkdf2-sha256$<iterations>$<salt>$<digest>` of passlib, whose salt is what base64 spells, and in
which `dojang.auth.imports` writes those of Keycloak.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from dojang.auth.forms import Forms

__all__ = ["Pbkdf2"]

_SIZES = {"sha1": 20, "sha256": 32, "sha512": 64}
_DJANGO = re.compile(
    r"pbkdf2_(?P<digest>sha256|sha1)\$(?P<iterations>[1-9][0-9]{0,6})"
    r"\$(?P<salt>[^$\x00-\x1f\x7f]{1,128})\$(?P<key>[A-Za-z0-9+/]{27,43}=)"
)
_PASSLIB = re.compile(
    r"\$pbkdf2(?:-(?P<digest>sha256|sha512))?\$(?P<iterations>[1-9][0-9]{0,6})"
    r"\$(?P<salt>[A-Za-z0-9+/.]{11,172})\$(?P<key>[A-Za-z0-9+/.]{27,172})"
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

        Source: Django 5.2 (`PBKDF2PasswordHasher`, `PBKDF2SHA1PasswordHasher`); passlib 1.7.4
        (`pbkdf2_sha256` and its like); Keycloak 26 (`Pbkdf2PasswordHashProvider`).
        """
        if match := _DJANGO.fullmatch(text):
            key = _decoded(match["key"])
            found = cls(match["digest"], int(match["iterations"]), _utf8(match["salt"]), key)
            return found if found.salt and len(key) == _SIZES[found.digest] else None
        if match := _PASSLIB.fullmatch(text):
            digest, salt, key = (
                match["digest"] or "sha1",
                *map(_adapted, match.group("salt", "key")),
            )
            # Keycloak derives 64 bytes whatever the digest; those of its size are the whole proof.
            whole = len(key) >= _SIZES[digest]
            found = cls(digest, int(match["iterations"]), salt, key[: _SIZES[digest]])
            return found if salt and whole else None
        return None

    @property
    def work(self) -> tuple[object, ...]:
        """What a check takes: equal for hashes that cost the same."""
        return ("pbkdf2", self.digest, self.iterations)

    def matches(self, forms: Forms) -> bool:
        """Whether this is the hash of the password as typed."""
        derived = hashlib.pbkdf2_hmac(self.digest, forms.typed, self.salt, self.iterations)
        return hmac.compare_digest(derived, self.key)


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return b""


def _adapted(text: str) -> bytes:
    """Return what base64 spells that has no `=`, and may have `.` for `+`."""
    return _decoded(text.replace(".", "+") + "=" * (-len(text) % 4))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
