"""Whether a secret is one: long enough, and in no tutorial."""

import re
from collections.abc import Sequence
from itertools import pairwise

from dojang.wire.keyring import MIN_SECRET

__all__ = ["REMEDY", "is_well_known", "weakness"]

REMEDY = "`dojang keys new` prints a good one"

#: Pieces of secrets that stand in tutorials and templates, as `_squeezed` leaves them.
_WELL_KNOWN = (
    "complexpasswordatleast32",
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "keyboardcat",
    "djangoinsecure",
    "yoursecret",
    "yoursuper",
    "yourpassword",
    "mysecret",
    "mysuper",
    "supersecret",
    "secretkey",
    "secretpassword",
    "thisisasecret",
    "notsosecret",
    "notasecret",
    "atleast32char",
    "32characterslong",
    "minimum32",
    "password123",
    "correcthorsebatterystaple",
    "loremipsum",
    "abcdefghijklmnop",
    "qwertyuiop",
)

#: Different characters that a random secret of `MIN_SECRET` has at the very least.
_DIFFERENT = 8


def weakness(secrets: Sequence[str], *, production: bool) -> str | None:
    """Return what is wrong with the secrets in one line that shows none; None if nothing is.

    Development makes one where there is none, and takes those of tutorials.
    """
    if not secrets:
        missing = f"DOJANG_SECRET is missing, and production needs one: {REMEDY}"
        return missing if production else None
    shortest = min(map(len, secrets))
    if shortest < MIN_SECRET:
        return (
            f"DOJANG_SECRET has {shortest} characters, and at least {MIN_SECRET} are needed: "
            f"{REMEDY}"
        )
    if production and any(map(is_well_known, secrets)):
        return f"DOJANG_SECRET is well known or easily guessed: {REMEDY}"
    return None


def is_well_known(secret: str) -> bool:
    """Return whether everybody could guess `secret`: from a tutorial, or a pattern.

    Args:
        secret: Any text.
    """
    squeezed = _squeezed(secret)
    return (
        any(piece in squeezed for piece in _WELL_KNOWN)
        or len(set(secret)) < _DIFFERENT
        or secret in (secret + secret)[1:-1]  # one text several times over
        or _counts(secret)
    )


def _squeezed(secret: str) -> str:
    return re.sub(r"[^a-z0-9]", "", secret.casefold())


def _counts(secret: str) -> bool:
    steps = [abs(ord(after) - ord(before)) for before, after in pairwise(secret)]
    return steps.count(1) > len(secret) // 2
