"""Existing bcrypt hashes: `$2b$12$<22 characters of salt><31 of digest>`; we make none."""

import re
from dataclasses import dataclass

import bcrypt

from dojang.auth.forms import Forms

__all__ = ["Bcrypt"]

_LOOKED_AT = 72  # bytes: bcrypt never used more, so what was hashed elsewhere was cut there
_TEXT = re.compile(r"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")


@dataclass(frozen=True, slots=True)
class Bcrypt:
    """One bcrypt hash."""

    text: str

    @classmethod
    def parse(cls, text: str) -> "Bcrypt | None":
        """Return the hash in `text`; None for what is none. `$2x$` was made by a broken bcrypt.

        Source: OpenBSD bcrypt(3); crypt_blowfish for `$2x$` and `$2y$`.
        """
        return cls(text) if _TEXT.fullmatch(text) else None

    @property
    def work(self) -> tuple[object, ...]:
        """What a check takes: equal for hashes that cost the same."""
        return ("bcrypt", self.text[4:6])

    def matches(self, forms: Forms) -> bool:
        """Whether this is the hash of the password as typed, as far as bcrypt looks."""
        return bcrypt.checkpw(forms.typed[:_LOOKED_AT], self.text.encode())
