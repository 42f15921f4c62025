"""What is wrong with secrets, without showing one."""

from collections.abc import Sequence

from dojang.wire.keyring import MIN_SECRET
from dojang.wire.strength import is_well_known

__all__ = ["weaknesses"]


def weaknesses(secrets: Sequence[str]) -> list[str | None]:
    """Return for each secret what is wrong with it, or None.

    Args:
        secrets: Any text is safe to pass.
    """
    return [_weakness(secret) for secret in secrets]


def _weakness(secret: str) -> str | None:
    if not secret:
        return "empty"
    if is_well_known(secret):
        return "well known or easily guessed: tutorials have it, or it follows a pattern"
    if len(secret) < MIN_SECRET:
        return f"short: {len(secret)} characters, at least {MIN_SECRET} are needed"
    return None
