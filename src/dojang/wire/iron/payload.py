"""What iron seals: JSON, in which no `__proto__` may be."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from dojang.errors import Malformed, NotJson
from dojang.wire import json

__all__ = ["decode", "encode"]


def encode(value: object, *, root: str = "session") -> bytes:
    """Return `value` as the bytes that iron seals.

    Args:
        value: JSON without a `__proto__` member anywhere.
        root: What to call it in an error.

    Raises:
        NotJson: Something in `value` is not JSON, or a member is called `__proto__`.
    """
    text = json.dumps(value, root=root)
    if "__proto__" in text and _has_proto(value):
        raise NotJson("__proto__", "is a key that @hapi/iron refuses to read")
    return text.encode("utf-8")


def decode(plaintext: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    """Return the JSON value that `encode` was given.

    Raises:
        Malformed: Not JSON, or a member is called `__proto__`.

    Source: @hapi/iron 7.0.1, which parses with @hapi/bourne.
    """
    value = json.loads(plaintext)
    if (b"__proto__" in plaintext or b"\\u" in plaintext) and _has_proto(value):
        raise Malformed("a __proto__ member, which @hapi/iron refuses too")
    return value


def _has_proto(value: object) -> bool:
    match value:
        case Mapping():
            members = cast("Mapping[str, object]", value)
            return "__proto__" in members or any(map(_has_proto, members.values()))
        case list() | tuple():
            return any(map(_has_proto, cast("Sequence[object]", value)))
        case _:
            return False
