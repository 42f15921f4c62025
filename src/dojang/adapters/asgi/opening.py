"""The session of a connection: how it gets into the scope, and out of it."""

from typing import Any, Protocol

from dojang.adapters import headers
from dojang.adapters.asgi.messages import Scope
from dojang.adapters.hopeless import HOPELESS, Watch
from dojang.errors import Misuse
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.visits.visit import Kind, Visit

__all__ = ["HOPELESS", "KEY", "Connection", "check_kept", "look", "opened", "session_of"]

#: Where in the scope the session is.
KEY = "session"

#: Headers that tell how a browser came here.
_WATCHED = {b"cookie", b"host", b"sec-fetch-site", b"user-agent", b"x-forwarded-proto"}


class Connection(Protocol):
    """A request or WebSocket of Starlette, FastAPI or Litestar, or anything else with a scope."""

    @property
    def scope(self) -> Any:  # noqa: ANN401 - each framework has a type of its own for it
        """The ASGI scope."""
        ...


def session_of(connection: Connection) -> Session:
    """Return the session of a connection: `request.session`, with its own type.

    Raises:
        Misuse: There is none: no middleware is in front of the application, or it skips this path.
    """
    session = connection.scope.get(KEY)
    if not isinstance(session, Session):
        raise Misuse("no session: app.add_middleware(SessionMiddleware, sessions=sessions)")
    session.mark_accessed()
    return session


async def opened(sessions: Sessions, scope: Scope, *, kind: Kind = Session) -> Visit:
    """Return the visit of a connection, and put its session into the scope.

    Args:
        sessions: Where they live.
        scope: Of the connection.
        kind: Makes the session.
    """
    cookies, bearer, agent = [], None, ""
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies.append(value.decode("latin-1"))
        elif name == b"authorization":
            bearer = headers.bearer(value.decode("latin-1"))
        elif name == b"user-agent":
            agent = value.decode("latin-1")
    address = (scope.get("client") or ("",))[0]
    visit = await sessions.open(
        "; ".join(cookies), bearer=bearer, device=headers.device(address, agent), kind=kind
    )
    scope[KEY] = visit.session
    return visit


def check_kept(scope: Scope) -> None:
    """Refuse a session that a plain dict was put in the place of.

    Raises:
        Misuse: One was, and nobody would save it.
    """
    # Another middleware within has a session of a class of its own, and saves that itself.
    if type(scope.get(KEY)) is dict:
        raise Misuse(
            'scope["session"] was replaced by a dict, which nobody saves: '
            "write session.clear() and session.update(...)"
        )


def look(watch: Watch, scope: Scope) -> None:
    """Put into the scope why the browser will not keep the cookie, if that is so."""
    told = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in _WATCHED
    }
    peer = (scope.get("client") or ("",))[0]
    scope[HOPELESS] = watch.look(told, scheme=scope.get("scheme", "http"), peer=peer)
