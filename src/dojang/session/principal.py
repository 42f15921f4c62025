"""Where the application keeps the principal in its own data."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeGuard, cast

from dojang.errors import Misuse
from dojang.session.record import Principal

__all__ = ["LONGEST", "Place", "check", "check_length", "is_principal"]

#: Bytes of UTF-8, inclusive, of the longest text that names a principal; OpenID Connect has 255.
LONGEST = 1_024

#: Beyond this JavaScript would round it (ECMA-262 21.1.2.6).
_LARGEST = 2**53 - 1


def check(user: object) -> None:
    """Refuse what cannot name a principal.

    Raises:
        Misuse: `user` is empty, neither text nor an integer, an integer that JavaScript would
            round, text that UTF-8 cannot carry, or text of more than 1,024 bytes.
    """
    check_length(user)
    if not is_principal(user):
        raise Misuse(f"a user's id is text, or an integer of at most {_LARGEST}, and not {user!r}")


def check_length(user: object) -> None:
    """Refuse a name that is longer than every store keeps.

    Raises:
        Misuse: It has more than 1,024 bytes of UTF-8.
    """
    if isinstance(user, str) and (size := _size(user)) > LONGEST:
        raise Misuse(
            f"a user's id of {size:,} bytes, and at most {LONGEST:,} are kept; use the short id "
            "that the account has"
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application, or a peer, keeps the principal in its own data.

    Args:
        path: Members joined by dots: `user.id`, `_auth_user_id`.
    """

    path: str

    def find(self, data: Mapping[str, Any]) -> Principal | None:
        """Return the text or integer at the path, or None when there is none."""
        value: object = data
        for step in self.path.split("."):
            if not isinstance(value, Mapping):
                return None
            value = cast("Mapping[str, object]", value).get(step)
        return value if is_principal(value) else None

    def put(self, data: dict[str, Any], user: Principal) -> None:
        """Write `user` there, in new objects where the way to it is not made of objects."""
        *steps, last = self.path.split(".")
        for step in steps:
            inner = data.get(step)
            below = dict(cast("Mapping[str, Any]", inner)) if isinstance(inner, Mapping) else {}
            data[step] = below
            data = below
        data[last] = user

    def restore(self, data: MutableMapping[str, Any], before: Mapping[str, Any]) -> None:
        """Put the member that the path begins with back to what it was in `before`."""
        member = self.path.partition(".")[0]
        if member in before:
            data[member] = before[member]
        else:
            data.pop(member, None)


def is_principal(value: object) -> TypeGuard[Principal]:
    """Return whether `value` can name a principal; see `check`."""
    if isinstance(value, str):
        surrogates = any("\ud800" <= char <= "\udfff" for char in value)
        return value != "" and not surrogates and _size(value) <= LONGEST
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
