"""`request.session` is open when it is shown: serialisers written in C do not ask a dict."""

from functools import cache
from typing import Any

from litestar import Request, WebSocket
from litestar.enums import ScopeType
from litestar.types import Scope

from dojang.session.session import Session

__all__ = ["look_when_shown"]


def look_when_shown(scope: Scope) -> None:
    """Let the handler of a connection have a request, or WebSocket, that opens what it shows.

    Whichever layer chose the class of that. Litestar asks for it once the middleware is through.
    """
    handler: Any = scope["route_handler"]
    is_http = scope["type"] == ScopeType.HTTP
    name, usual = ("request_class", Request) if is_http else ("websocket_class", WebSocket)
    own = getattr(handler, name, None)
    if own is not None and issubclass(own, _Looking):
        return
    # Not what resolves it, which remembers what it has found.
    given = (getattr(layer, name, None) for layer in reversed(handler.ownership_layers))
    if hasattr(handler, name):
        setattr(handler, name, _looking(next(filter(None, given), usual)))


@cache
def _looking(kind: Any) -> Any:  # noqa: ANN401 - a class of Litestar's or the application's
    class Looking(_Looking, kind):  # type: ignore[misc] # known at run time
        pass

    Looking.__name__, Looking.__qualname__ = kind.__name__, kind.__qualname__
    return Looking


class _Looking:
    __slots__ = ()

    @property
    def session(self) -> Any:  # noqa: ANN401 - as Litestar has it
        found = super().session  # type: ignore[misc] # of the class it is mixed with
        if isinstance(found, Session):
            found.mark_accessed()
        return found
