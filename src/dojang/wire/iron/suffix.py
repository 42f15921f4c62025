"""What iron-session writes behind a seal, outside the MAC: it proves nothing."""

from typing import Any, cast

__all__ = ["CURRENT", "split", "unwrap"]

#: Written by iron-session 6 and later.
CURRENT = "~2"


def split(text: str) -> tuple[str, bool]:
    """Return the seal before the first `~`, and whether `~2` stands behind it.

    Source: iron-session 8.0.4 (`parseSeal`) and 9.0.1 (`stripVersion`).
    """
    sealed, tilde, rest = text.partition("~")
    return sealed, tilde + rest.partition("~")[0] == CURRENT


def unwrap(value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """Return the data under `persistent` where next-iron-session sealed it, or the value as it is.

    Source: next-iron-session 4.2.0, whose seals hold `persistent`, `flash` and nothing else.
    """
    if not isinstance(value, dict):
        return value
    members = cast("dict[str, Any]", value)
    persistent = members.get("persistent")
    if members.keys() <= {"persistent", "flash"} and isinstance(persistent, dict):
        return cast("dict[str, Any]", persistent)
    return members
