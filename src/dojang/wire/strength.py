"""Whether everybody knows a secret: it stands in a tutorial, or follows a pattern."""

import re
from itertools import pairwise

__all__ = ["is_well_known"]

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
    "astringsecretatleast",
    "your256bitsecret",
    "your384bitsecret",
    "your512bitsecret",
    "topsecret",
    "insecure",
    "donotuseinproduction",
    "fordevelopment",
    # FastAPI's and Flask's tutorials
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    "password123",
    "correcthorsebatterystaple",
    "loremipsum",
    "abcdefghijklmnop",
    "qwertyuiop",
)

#: Different characters that a random secret of 32 has at the very least.
_DIFFERENT = 8


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
