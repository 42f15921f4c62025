"""A pure ASGI middleware: `scope["session"]`, which Starlette shows as `request.session`."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any, Protocol

from dojang.adapters import headers
from dojang.adapters.hopeless import Watch
from dojang.adapters.problems import log
from dojang.adapters.sockets import Sockets
from dojang.errors import DojangError, Misuse
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.visit import Kind, Visit
from dojang.wire import problem

__all__ = ["HOPELESS", "SessionMiddleware", "session_of"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


#: Where in the scope it says why the browser will not keep the session cookie, or None.
HOPELESS = "dojang.hopeless"

#: Headers that tell how a browser came here.
_WATCHED = {b"cookie", b"host", b"sec-fetch-site", b"user-agent", b"x-forwarded-proto"}


class Connection(Protocol):
    """A request or WebSocket of Starlette or FastAPI, or anything else with a scope."""

    @property
    def scope(self) -> Scope:
        """The ASGI scope."""
        ...


def session_of(connection: Connection) -> Session:
    """Return the session of a connection: `request.session`, with its own type.

    Raises:
        Misuse: The middleware is not in front of the application.
    """
    session = connection.scope.get("session")
    if not isinstance(session, Session):
        raise Misuse("no session: app.add_middleware(SessionMiddleware, sessions=sessions)")
    session.mark_accessed()
    return session


class SessionMiddleware:
    """Opens a session for every request that looks at one, and writes what became of it."""

    def __init__(self, app: App, sessions: Sessions, *, kind: Kind = Session) -> None:
        """Wrap `app`.

        Args:
            app: Any ASGI application.
            sessions: Where they live.
            kind: Makes the session, where a framework promises more than `Session` has.
        """
        self._app = app
        self._sessions = sessions
        self._kind = kind
        self._sockets = Sockets(sessions)
        self._watch = Watch(sessions.cookie)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            await self._serve_http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[HOPELESS] = self._watch.look(_watched(scope), scheme=scope.get("scheme", "http"))
        visit = await self._open(scope)
        response = _Response(visit, send)
        try:
            await self._app(scope, receive, response.send)
        except DojangError as error:
            if response.started:
                raise
            await response.refuse(error)
            if isinstance(error, Misuse):
                raise
        await response.finish()

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = await self._open(scope)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "websocket.accept":
                lines = await visit.close(200)
                visit.start()
                cookies = _encoded(("set-cookie", line) for line in lines)
                # A copy: an application may send one and the same message to everybody.
                message = {**message, "headers": [*message.get("headers", ()), *cookies]}
            await send(message)

        async with self._sockets.watch(visit.session, receive, send_with_cookie) as (hear, say):
            await self._app(scope, hear, say)
        await visit.finish()

    async def _open(self, scope: Scope) -> Visit:
        cookies, bearer, agent = [], None, ""
        for name, value in scope["headers"]:
            if name == b"cookie":
                cookies.append(value.decode("latin-1"))
            elif name == b"authorization":
                bearer = headers.bearer(value.decode("latin-1"))
            elif name == b"user-agent":
                agent = value.decode("latin-1")
        address = (scope.get("client") or ("",))[0]
        visit = await self._sessions.open(
            "; ".join(cookies),
            bearer=bearer,
            device=headers.device(address, agent),
            kind=self._kind,
        )
        scope["session"] = visit.session
        return visit


def _watched(scope: Scope) -> dict[str, str]:
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in _WATCHED
    }


class _Response:
    """One answer on its way out."""

    def __init__(self, visit: Visit, send: Send) -> None:
        self._visit = visit
        self._send = send
        self._refused = False
        self.started = False

    async def send(self, message: Message) -> None:
        if self._refused:
            return
        if message["type"] == "http.response.start":
            try:
                lines = await self._visit.close(message["status"])
            except DojangError as error:
                await self.refuse(error)
                if isinstance(error, Misuse):
                    raise
                return
            told = self._headers(message.get("headers", ()), lines)
            # A copy: an application may send one and the same message to everybody.
            message = {**message, "headers": told}
            self.started = True
            self._visit.start()
        await self._send(message)

    async def refuse(self, error: DojangError) -> None:
        """Answer with a problem document instead of what the application said."""
        if not isinstance(error, Misuse):  # which is raised, too
            log(error)
        lines = await self._visit.close(500)
        self._refused = self.started = True
        self._visit.start()
        await self._send(
            {
                "type": "http.response.start",
                "status": error.status,
                "headers": _encoded(headers.answered(problem.headers(error), lines, self._visit)),
            }
        )
        await self._send({"type": "http.response.body", "body": problem.body(error)})

    async def finish(self) -> None:
        if self.started and not self._refused:
            await self._visit.finish()

    def _headers(
        self, given: Iterable[tuple[bytes, bytes]], lines: Sequence[str]
    ) -> list[tuple[bytes, bytes]]:
        told = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in given)
        return _encoded(headers.answered(told, lines, self._visit))


def _encoded(told: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told]
