"""Existing bcrypt hashes: `$2b$12$<22 characters of salt><31 of digest>`; we make none."""

import re
from dataclasses import dataclass

import bcrypt

from dojang.auth.forms import Forms

__all__ = ["Bcrypt"]

_LOOKED_AT = 72  # bytes: bcrypt never used more, so what was hashed elsewhere was cut there

#: 2 to this many rounds: about 4 s. One such account makes every sign-in take as long.
_COST_MAX = 16
_COST_MIN = 4

# A salt is 128 bits in 22 characters, so the last has four to spare; bcrypt computes none of those
# in which they are set.
_TEXT = re.compile(r"\$2[aby]\$(?P<cost>[0-9]{2})\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}")


@dataclass(frozen=True, slots=True)
class Bcrypt:
    """One bcrypt hash."""

    text: str

    @classmethod
    def parse(cls, text: str) -> "Bcrypt | None":
        """Return the hash in `text`; None for what is none, or would take too long.

        `$2x$` was made by a broken bcrypt.

        Source: OpenBSD bcrypt(3); crypt_blowfish for `$2x$` and `$2y$`.
        """
        match = _TEXT.fullmatch(text)
        return cls(text) if match and _COST_MIN <= int(match["cost"]) <= _COST_MAX else None

    @property
    def work(self) -> tuple[object, ...]:
        """What a check takes: equal for hashes that cost the same."""
        return ("bcrypt", self.text[4:6])

    def matches(self, forms: Forms) -> bool:
        """Whether this is the hash of the password as typed, as far as bcrypt looks."""
        try:
            return bcrypt.checkpw(forms.typed[:_LOOKED_AT], self.text.encode())
        except ValueError:  # what bcrypt cannot compute is nobody's
            return False
