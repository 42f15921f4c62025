"""The middleware: a session for every connection, written when its answer leaves."""

from collections.abc import Collection

from dojang.adapters.asgi.answer import Answer
from dojang.adapters.asgi.denial import Denial
from dojang.adapters.asgi.messages import App, Message, Receive, Scope, Send, encoded
from dojang.adapters.asgi.opening import HOPELESS, opened, watched
from dojang.adapters.asgi.skip import Skip, Skipped
from dojang.adapters.hopeless import Watch
from dojang.adapters.sockets import Sockets
from dojang.errors import DojangError
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.visits.visit import Kind

__all__ = ["SessionMiddleware"]


class SessionMiddleware:
    """Opens a session for every request that looks at one, and writes what became of it.

    What dojang refuses, and nobody caught, becomes a problem document; in a WebSocket it is the
    answer to the handshake, or after that the close code 4000 + status.
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
            Misuse: `skip` is one text, or has a path without a slash in front, or all paths.
        """
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
        elif scope["type"] == "http":
            await self._serve_http(scope, receive, send)
        else:
            await self._serve_socket(scope, receive, send)

    async def _serve_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[HOPELESS] = self._watch.look(
            watched(scope),
            scheme=scope.get("scheme", "http"),
            peer=(scope.get("client") or ("",))[0],
        )
        answer = Answer(await opened(self._sessions, scope, kind=self._kind), send)
        try:
            await self._app(scope, receive, answer.send)
        except DojangError as error:
            await answer.caught(error)
        await answer.finish()

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = await opened(self._sessions, scope, kind=self._kind)
        denial = Denial(scope, send)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "websocket.accept":
                lines = await visit.close(200)
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
