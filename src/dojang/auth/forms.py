"""The bytes that a typed password stands for."""

import unicodedata
from dataclasses import dataclass

__all__ = ["MAXIMUM_BYTES", "Forms"]

# Bytes of UTF-8, inclusive. Above, nothing is hashed: 1 MB passwords once kept servers busy
# (CVE-2013-1443).
MAXIMUM_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Forms:
    """A password as bytes, in the two forms it may have been hashed in.

    Attributes:
        normal: UTF-8 of the NFKC form, which is what we hash: two keyboards may spell one
            text differently. Blanks and NUL are kept, nothing is cut off.
        typed: UTF-8 of what was typed, which is what other programs hashed.
    """

    normal: bytes
    typed: bytes

    @classmethod
    def of(cls, password: str) -> "Forms | None":
        """Return the forms of `password`; None if it is too long or has no UTF-8.

        Args:
            password: At most 4,096 characters, and 4,096 bytes of UTF-8 when normalised.

        Source: NIST SP 800-63B section 5.1.1.2 (NFKC), UAX 15.
        """
        # Counted before normalising, which is slow on long text.
        if len(password) > MAXIMUM_BYTES:
            return None
        try:
            forms = cls(unicodedata.normalize("NFKC", password).encode(), password.encode())
        except UnicodeEncodeError:  # half of a surrogate pair, as JSON can carry it
            return None
        return forms if len(forms.normal) <= MAXIMUM_BYTES else None
