"""The gate before an ASGI application, WebSockets included."""

from collections.abc import Collection, Sequence

from dojang.adapters.asgi.messages import App, Message, Receive, Scope, Send, encoded
from dojang.adapters.asgi.opening import KEY, Connection
from dojang.adapters.asgi.skip import path_of
from dojang.adapters.cross_site.gate import GATE, Asked, Gate, Html
from dojang.adapters.given import check_sessions
from dojang.adapters.problems import log
from dojang.errors import DojangError, Misuse
from dojang.session.content import Content
from dojang.sessions import Sessions
from dojang.wire import csrf, problem
from dojang.wire.cors import Cors
from dojang.wire.keyring import Keyring

__all__ = ["CrossSiteMiddleware", "form_token"]

#: The close code of a handshake that is refused (RFC 6455 section 7.4.1, policy violation).
_POLICY = 1008


class CrossSiteMiddleware:
    """Refuses what another site sends, and lets the fronts call with credentials.

    It belongs outside of everything that answers, so that a front can read errors too: around the
    application, or added last, where a 500 of Starlette's own is the one answer that it misses.
    """

    def __init__(
        self,
        app: App,
        sessions: Sessions,
        *,
        fronts: Collection[str] = (),
        secret: Keyring | str | bytes | Sequence[str | bytes] | None = None,
        skip: Collection[str] = (),
        cors: Cors | None = None,
    ) -> None:
        """Wrap `app`; see `Gate` for what is allowed.

        Args:
            app: Any ASGI application.
            sessions: Whose cookie it is.
            fronts: Origins of other addresses whose pages act for us.
            secret: Makes the tokens of forms.
            skip: Paths that anybody may send to.
            cors: The same as `fronts`, with more to say.

        Raises:
            Misuse: `sessions` is something else, a front is `*` or no origin, or `skip` is not
                paths.
            WeakSecret: A secret is too short.
        """
        check_sessions(sessions)
        self._app = app
        self._given = sessions
        self.gate = Gate(fronts=fronts, secret=secret, skip=skip, cors=cors)

    @property
    def sessions(self) -> Sessions:
        """Whose cookie it is."""
        return self._given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve_http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, cors = _asked(scope), self.gate.cors
        scope[GATE] = self.gate
        try:
            if cors.is_preflight(asked.method, asked.headers):
                await self._allow(asked, send)
                return
            if self.gate.needs_token(asked):
                receive = await self._prove(asked, receive)
        except DojangError as error:
            log(error)
            told = cors.answered(problem.headers(error), asked.origin)
            await _answer(send, error.status, told, problem.body(error))
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [
                    (name.decode("latin-1"), value.decode("latin-1"))
                    for name, value in message.get("headers", ())
                ]
                # A copy: an application may send one and the same message to everybody.
                message = {**message, "headers": encoded(cors.answered(given, asked.origin))}
            await send(message)

        await self._app(scope, receive, tell if cors.origins else send)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A handshake is no safe request: it comes with the cookie, and no CORS holds it back.
        try:
            self.gate.needs_token(_asked(scope))
        except DojangError:
            await send({"type": "websocket.close", "code": _POLICY, "reason": "cross-site"})
        else:
            await self._app(scope, receive, send)

    async def _allow(self, asked: Asked, send: Send) -> None:
        if not self.gate.cors.allows(asked.origin):
            self.gate.turn_away(asked)
        await _answer(send, 204, self.gate.cors.preflight(asked.origin or ""))

    async def _prove(self, asked: Asked, receive: Receive) -> Receive:
        visit = await self.sessions.open(asked.headers.get("cookie", ""))
        token, heard = asked.headers.get(csrf.HEADER), _Heard(receive)
        if token is None:
            token = csrf.found_in(await heard.beginning())
        self.gate.prove(token, visit.session.handle)
        return heard.again


class _Heard:
    """A request whose first messages were looked at, and are heard again."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []

    async def beginning(self) -> bytes:
        body, more = b"", True
        while more and len(body) < csrf.LOOKED_AT:
            message = await self._receive()
            self._messages.append(message)
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return body

    async def again(self) -> Message:
        return self._messages.pop(0) if self._messages else await self._receive()


def form_token(connection: Connection) -> Html:
    """Return the hidden field that proves a form to be ours, for templates to show.

    With Jinja2 it is `{{ form_token(request) }}` once it is among the globals:
    `templates.env.globals["form_token"] = form_token`.

    Raises:
        Misuse: There is no session, no gate, or the gate has no secret.
        Unavailable: The store did not answer.
    """
    gate, session = connection.scope.get(GATE), connection.scope.get(KEY)
    if not isinstance(gate, Gate) or not isinstance(session, Content):
        raise Misuse("write app.add_middleware(CrossSiteMiddleware, sessions=..., secret=...) last")
    return gate.field(session)


def _asked(scope: Scope) -> Asked:
    headers: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1").lower()
        text = value.decode("latin-1")
        headers[name] = f"{headers[name]}; {text}" if name == "cookie" and name in headers else text
    socket = scope["type"] == "websocket"
    scheme: str = scope.get("scheme", "http")
    return Asked(
        method="CONNECT" if socket else scope["method"],
        scheme={"ws": "http", "wss": "https"}.get(scheme, scheme),
        path=path_of(scope),
        headers={k: v for k, v in headers.items() if k != "content-type"} if socket else headers,
    )


async def _answer(
    send: Send, status: int, headers: Sequence[tuple[str, str]], body: bytes = b""
) -> None:
    start = {"type": "http.response.start", "status": status, "headers": encoded(headers)}
    await send(start)
    await send({"type": "http.response.body", "body": body})
