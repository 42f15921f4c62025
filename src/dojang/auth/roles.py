"""Roles: short names that say what somebody may do."""

import re
from collections.abc import Iterable

from dojang.auth.errors import InvalidInput

__all__ = ["ADMIN", "join", "parse_roles", "split"]

#: Who looks after a server.
ADMIN = "admin"

_ROLE = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_MOST = 32  # of one account, inclusive


def parse_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """Return roles in the order of the alphabet, each once.

    Args:
        roles: Each 1 to 32 of a-z, 0-9, - and _, a letter first; at most 32.

    Raises:
        InvalidInput: One is spelled otherwise, or there are more.
    """
    found = sorted(set(roles))
    for role in found:
        if not _ROLE.fullmatch(role):
            raise InvalidInput(
                "roles", f"{role[:40]!r} is no role: write 1 to 32 of a-z, 0-9, - and _, a-z first"
            )
    if len(found) > _MOST:
        raise InvalidInput("roles", f"{len(found)} roles, and an account has at most {_MOST}")
    return tuple(found)


def join(roles: Iterable[str]) -> str:
    """Return roles as one text, as the table has them."""
    return " ".join(roles)


def split(text: str) -> tuple[str, ...]:
    """Return what `join` was given."""
    return tuple(text.split())
