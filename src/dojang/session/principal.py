"""Where the application keeps the principal in its own data."""

from collections.abc import Mapping, MutableMapping
from typing import Any, TypeGuard, cast

from dojang.errors import Misuse
from dojang.session.record import Principal

__all__ = ["check", "find", "restore"]

#: Beyond this JavaScript would round it (ECMA-262 21.1.2.6).
_LARGEST = 2**53 - 1


def check(user: object) -> None:
    """Refuse what cannot name a principal.

    Raises:
        Misuse: `user` is empty, neither text nor an integer, an integer that JavaScript would
            round, or text that UTF-8 cannot carry.
    """
    if not _is_principal(user):
        raise Misuse(f"a user's id is text, or an integer of at most {_LARGEST}, and not {user!r}")


def find(data: Mapping[str, Any], path: str) -> Principal | None:
    """Return the text or integer at `path`, or None when there is none.

    Args:
        data: The application's data.
        path: Members joined by dots: `user.id`, `_auth_user_id`.
    """
    value: object = data
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, object]", value).get(step)
    return value if _is_principal(value) else None


def restore(data: MutableMapping[str, Any], before: Mapping[str, Any], path: str) -> None:
    """Put the member of `data` that `path` begins with back to what it was in `before`."""
    member = path.partition(".")[0]
    if member in before:
        data[member] = before[member]
    else:
        data.pop(member, None)


def _is_principal(value: object) -> TypeGuard[Principal]:
    if isinstance(value, str):
        return value != "" and not any("\ud800" <= char <= "\udfff" for char in value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST
