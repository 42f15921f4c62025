"""Kinds of hashes that were made elsewhere, by how their text begins."""

import re
from collections.abc import Callable

from dojang.auth.scrypt_hashes import Scrypt

__all__ = ["MOST", "one_of_each"]

#: Texts that are looked at, at most; an import has one kind, or two.
MOST = 32

#: Where the hashes that begin with a salt end, among those that begin with a name; last first.
_FENCES = ("s2;", "pbkdf2`", "0")

#: Fields of a text, apart by `$`, that say what a check takes: empty, name, version, costs.
_TELLING = {"$argon2i": 4, "$argon2d": 4, "$2": 3, "$pbkdf2": 3, "pbkdf2_": 2}

#: What other texts begin with: `scrypt:` of Werkzeug, `!` of those whom Django lets nobody be.
_NAME = re.compile(r"!|[^$:]*[$:]")


def one_of_each(last: Callable[[str | None], str | None]) -> list[str]:
    """Return one hash of each kind and cost.

    Args:
        last: Gives the last hash, in the order of its bytes, that is before a text, or the last of
            all for None; and None when there is none.
    """
    found: list[str] = []
    before: str | None = None
    while len(found) < MOST and (text := last(before)) is not None:
        found.append(text)
        before = _beginning(text)
    return found


def _beginning(text: str) -> str:
    """Return what is at or before every hash of the kind of `text`, and after those to come."""
    for name, fields in _TELLING.items():
        if text.startswith(name):
            return "$".join([*text.split("$")[:fields], ""])
    if text.startswith("s2:"):
        return "s2:"
    if Scrypt.parse(text):
        return next(fence for fence in _FENCES if fence <= text)
    named = _NAME.match(text)
    return named[0] if named else text
