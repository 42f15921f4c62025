"""The value of such a cookie: JSON in padded base64."""

from collections.abc import Mapping
from typing import Any

from dojang.wire import base64padded, json

__all__ = ["decode", "encode"]


def encode(members: Mapping[str, object]) -> str:
    """Return a JSON object as text that a cookie can hold.

    Raises:
        NotJson: Something in it is not JSON.

    Source: cookie-session 2.1.1 and koa-session 7.0.2 (`encode`).
    """
    return base64padded.encode(json.dumps(members).encode("utf-8"))


def decode(value: str) -> dict[str, Any]:
    """Return the JSON object that `encode` was given; nothing is proven by it.

    Args:
        value: Any text is safe to pass; the caller has looked at its length.

    Raises:
        Malformed: Not a JSON object in canonical padded base64.

    Source: cookie-session 2.1.1 and koa-session 7.0.2 (`decode`).
    """
    return json.loads_object(base64padded.decode(value))
