"""A session backend in the place of Litestar's own."""

from collections.abc import Collection, Mapping
from typing import Any, Literal, cast

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware.base import DefineMiddleware
from litestar.middleware.session import base
from litestar.serialization import decode_json, encode_json
from litestar.types import ASGIApp, Empty, Message, Receive, Scope, ScopeSession, Send

from dojang.adapters import asgi
from dojang.adapters.asgi.opening import KEY
from dojang.adapters.given import check_sessions
from dojang.adapters.litestar.looking import look_when_shown
from dojang.errors import Misuse
from dojang.session.session import Session
from dojang.sessions import Sessions

__all__ = ["SessionBackend", "SessionConfig"]

_NEXT, _OPENED = "dojang.next", "dojang.opened"


class SessionConfig(base.BaseBackendConfig["SessionBackend"]):
    """Where `CookieBackendConfig` or `ServerSideSessionConfig` was; also for `SessionAuth`.

    The cookie is that of the sessions, and so is how long they live.
    """

    def __init__(
        self,
        sessions: Sessions,
        *,
        exclude: str | list[str] | None = None,
        exclude_opt_key: str = "skip_session",
        scopes: Collection[ScopeType] | None = None,
    ) -> None:
        """Take the sessions, and where there are none, in Litestar's words.

        Args:
            sessions: Where they live.
            exclude: Patterns of paths without a session.
            exclude_opt_key: The option of handlers without one.
            scopes: HTTP or WebSocket; both unless given.

        Raises:
            Misuse: `sessions` is something else.
        """
        check_sessions(sessions)
        cookie = sessions.cookie
        self.sessions = sessions
        self.key, self.path, self.domain = cookie.name, cookie.path or "/", cookie.domain
        self.secure, self.httponly = cookie.secure, cookie.http_only
        self.samesite = cast("Literal['lax', 'strict', 'none']", cookie.same_site)
        self.exclude, self.exclude_opt_key = exclude, exclude_opt_key
        both: Any = {ScopeType.HTTP, ScopeType.WEBSOCKET}
        self.scopes = both if scopes is None else both & set(scopes)
        self._backend_class = SessionBackend
        # One for all routes, each of which has a middleware of its own: it watches open sockets.
        self.served = asgi.SessionMiddleware(_go_on, sessions)

    @property
    def middleware(self) -> DefineMiddleware:
        """What goes into `middleware=[...]`."""
        return DefineMiddleware(_Middleware, backend=SessionBackend(config=self))


class SessionBackend(base.BaseSessionBackend[SessionConfig]):
    """What Litestar asks of a backend; the work is done by the middleware of the config."""

    def get_session_id(self, connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
        """Return None: an id is a secret, and `session.handle` is its public name."""
        del connection
        return None

    async def load_from_connection(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> dict[str, Any]:
        """Return the session that is open.

        Raises:
            Misuse: None is: this backend goes with `SessionConfig.middleware`.
        """
        session = connection.scope.get(KEY)
        if not isinstance(session, Session):
            raise Misuse("no session: write middleware=[SessionConfig(sessions).middleware]")
        return session

    async def store_in_message(
        self,
        scope_session: ScopeSession,
        message: Message,
        connection: ASGIConnection[Any, Any, Any, Any],
    ) -> None:
        """Do nothing: what became of the session was taken over already."""


class _Middleware(base.SessionMiddleware[SessionBackend]):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        values = cast("dict[str, Any]", scope)
        look_when_shown(scope)
        if _OPENED in values:  # the plugin's, around that of SessionAuth
            await self.app(scope, receive, send)
            return
        values[_NEXT] = self.app
        served = cast("ASGIApp", self.backend.config.served)
        await served(scope, receive, send)


async def _go_on(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
    app: asgi.App = scope.pop(_NEXT)
    session: Session = scope[KEY]
    scope[_OPENED] = session

    async def tell(message: asgi.Message) -> None:
        if message["type"] in {"http.response.start", "websocket.accept"}:
            put_back()
        await send(message)

    def put_back() -> None:
        given, scope[KEY] = scope[KEY], session
        _take_over(session, given)

    await app(scope, receive, tell)
    put_back()


def _take_over(session: Session, given: object) -> None:
    """Make `session` what `request.set_session` or `request.clear_session` left in its place."""
    if given is session:
        return
    if given is Empty or given is None:
        session.logout()
        return
    data = given if isinstance(given, Mapping) else decode_json(encode_json(given))
    for name in set(session) - set(data):
        del session[name]
    session.update(data)
