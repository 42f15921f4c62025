"""Where the application keeps the principal in its own data."""

from collections.abc import Mapping, MutableMapping
from typing import Any, cast

from dojang.errors import Misuse
from dojang.session.record import Principal

__all__ = ["check", "find", "restore"]


def check(user: object) -> None:
    """Refuse what cannot name a principal.

    Raises:
        Misuse: `user` is empty, or neither text nor an integer, or text that no UTF-8 has.
    """
    if isinstance(user, str) and any("\ud800" <= char <= "\udfff" for char in user):
        raise Misuse("a user's id is text that UTF-8 can carry, without lone surrogates")
    if isinstance(user, bool) or not isinstance(user, str | int) or user == "":
        raise Misuse(f"a user's id is text or an integer, not {user!r}")


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
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return value


def restore(data: MutableMapping[str, Any], before: Mapping[str, Any], path: str) -> None:
    """Put the member of `data` that `path` begins with back to what it was in `before`."""
    member = path.partition(".")[0]
    if member in before:
        data[member] = before[member]
    else:
        data.pop(member, None)
