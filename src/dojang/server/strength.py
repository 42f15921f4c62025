"""Whether the secrets of the server are good enough for it."""

from collections.abc import Sequence

from dojang.wire.keyring import MIN_SECRET
from dojang.wire.strength import is_well_known

__all__ = ["REMEDY", "weakness"]

REMEDY = "`dojang keys new` prints a good one"


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
