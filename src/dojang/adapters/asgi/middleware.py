"""The middleware: a session for every connection, written when its answer leaves."""

from collections.abc import Collection

from dojang.adapters.asgi import deaf
from dojang.adapters.asgi.answer import Answer
from dojang.adapters.asgi.denial import Denial
from dojang.adapters.asgi.messages import App, Message, Receive, Scope, Send, encoded
from dojang.adapters.asgi.opening import check_kept, look, opened
from dojang.adapters.asgi.skip import Skip, Skipped
from dojang.adapters.given import check_sessions
from dojang.adapters.hopeless import Watch
from dojang.adapters.sockets import Sockets
from dojang.errors import DojangError
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.visits.visit import Kind

__all__ = ["SessionMiddleware"]

#: Where in the scope the middleware is that has opened its session.
_SERVED_BY = "dojang.served_by"


class SessionMiddleware:
    """Opens a session for every request that looks at one, and writes what became of it.

    Within another one of the same sessions, as a mounted application may have, it leaves the
    session to that. What dojang refuses, and nobody caught, becomes a problem document; in a
    WebSocket it is the answer to the handshake, or after that the close code 4000 + status.
    """

    def __init__(
        self, app: App, sessions: Sessions, *, skip: Collection[str] = (), kind: Kind = Session
    ) -> None:
        """Wrap `app`.

        Args:
            app: Any ASGI application.
            sessions: Where they live.
            skip: Paths without a session, each with all that is below it: `/static` is `/static`
                and `/static/site.css`, and not `/statics`. Upper and lower case differ; paths are
                those that the routes of `app` see, decoded and without `root_path`. No store is
                asked there, nothing is written, no cookie is set, and looking at the session
                raises `Misuse`.
            kind: Makes the session, where a framework promises more than `Session` has.

        Raises:
            Misuse: `sessions` is something else, or `skip` is one text, or has a path without a
                slash in front, or all paths.
        """
        check_sessions(sessions)
        self._app = app
        self._sessions = sessions
        self._kind = kind
        self._skip = Skip(skip)
        self._sockets = Sockets(sessions)
        self._watch = Watch(sessions.cookie)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
        elif self._skip.covers(scope):
            Skipped(scope, self._sessions)
            await self._app(scope, receive, send)
        elif self._is_within_its_like(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve_http(scope, receive, send)
        else:
            await self._serve_socket(scope, receive, send)

    def opens_as(self, sessions: Sessions, kind: Kind) -> bool:
        """Return whether it opens these sessions, and makes them the same way."""
        return self._sessions is sessions and self._kind is kind

    def _is_within_its_like(self, scope: Scope) -> bool:
        outer = scope.get(_SERVED_BY)
        if isinstance(outer, SessionMiddleware) and outer.opens_as(self._sessions, self._kind):
            return True
        scope[_SERVED_BY] = self
        return False

    async def _serve_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        look(self._watch, scope)
        answer = Answer(await opened(self._sessions, scope, kind=self._kind), scope, send)
        try:
            await self._app(scope, receive, answer.send)
        except DojangError as error:
            await answer.caught(error)
        await answer.finish()

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = await opened(self._sessions, scope, kind=self._kind)
        denial = Denial(scope, send)
        is_deaf = deaf.drops_headers()
        if is_deaf:
            visit.forgo_cookies(deaf.WHY)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "websocket.accept":
                check_kept(scope)
                lines = await visit.close_without_cookies() if is_deaf else await visit.close(200)
                visit.start()
                cookies = encoded(("set-cookie", line) for line in lines)
                # A copy: an application may send one and the same message to everybody.
                message = {**message, "headers": [*message.get("headers", ()), *cookies]}
            await denial.send(message)

        async with self._sockets.watch(visit.session, receive, send_with_cookie) as (hear, say):
            try:
                await self._app(scope, hear, say)
            except DojangError as error:
                await denial.caught(error)
        await visit.finish()
