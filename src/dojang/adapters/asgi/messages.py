"""What servers and applications say to each other, by the names of the ASGI specification."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

__all__ = ["AnyApp", "App", "Message", "Receive", "Scope", "Send", "encoded"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: An application whatever its types: those of Quart are closer than these.
AnyApp = Callable[[Any, Any, Any], Awaitable[None]]


def encoded(told: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return headers as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told]
