"""Quart: `session` as Quart has it, kept where `Sessions` says, WebSockets included."""

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar, cast

from dojang.adapters import asgi
from dojang.adapters.given import check_function, check_sessions
from dojang.adapters.nobody import nobody
from dojang.adapters.problems import log
from dojang.errors import DojangError, Misuse
from dojang.extras import extra
from dojang.sessions import Sessions
from dojang.wire import problem

with extra("quart"):
    import quart
    from quart import Quart, Response, current_app, g
    from quart.sessions import SessionInterface, SessionMixin, session_json_serializer
    from werkzeug.wrappers import Response as AnyResponse

    from dojang.adapters.flask.config import Configured, Settled
    from dojang.adapters.flask.cookie_facts import CookieFacts
    from dojang.adapters.flask.session import FlaskSession

__all__ = [
    "Dojang",
    "DojangSessionInterface",
    "QuartSession",
    "current_user",
    "login_required",
    "session",
]

#: Returns the application's own user by its id, or None when there is no such user any more.
LoadUser = Callable[[Any], Any]

P = ParamSpec("P")
R = TypeVar("R")

_NAME = "dojang"


class QuartSession(FlaskSession):
    """A session with the values of Quart, which are those of Flask; its `save` is awaited."""


#: `quart.session`, with its own type.
session = cast("QuartSession", quart.session)


class _Alone(QuartSession):
    """A session without a request on the wire, as Quart's test client makes it."""


class DojangSessionInterface(CookieFacts, SessionInterface):
    """Shows what the middleware around the application has opened, which also writes it."""

    def __init__(self, sessions: Sessions | Settled) -> None:
        """Keep sessions where `sessions` says, or what it gives at each request."""
        self._settled: Settled = sessions if callable(sessions) else lambda: sessions
        #: An application may register tags of its own, as with Quart's.
        self.serializer = type(session_json_serializer)()

    @property
    def sessions(self) -> Sessions:
        """Where sessions live."""
        return self._settled()

    def around(self, app: Quart) -> asgi.App:
        """Return the application with the middleware around it."""
        served: Any = app.asgi_app  # Quart's types of ASGI are closer than ours
        kind = partial(self._make, app, QuartSession)
        of: dict[Sessions, asgi.SessionMiddleware] = {}

        async def serve(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
            sessions = self.sessions
            if sessions not in of:
                of[sessions] = asgi.SessionMiddleware(served, sessions, kind=kind)
            await of[sessions](scope, receive, send)

        return serve

    async def open_session(self, app: Quart, request: Any) -> SessionMixin:  # noqa: ANN401 - either kind of Quart's
        """Return the session of a request or WebSocket."""
        opened = request.scope.get("session")
        if isinstance(opened, QuartSession):
            return opened
        visit = await self.sessions.open(
            request.headers.get("Cookie", ""), kind=partial(self._make, app, _Alone)
        )
        return cast("_Alone", visit.session)

    async def save_session(
        self, app: Quart, session: SessionMixin, response: Response | AnyResponse | None
    ) -> None:
        """Write a session that no middleware will write."""
        del app
        if isinstance(session, _Alone) and response is not None:
            for line in await session.visit.close(response.status_code):
                response.headers.add("Set-Cookie", line)

    def _make(self, app: Quart, kind: type[QuartSession], *args: Any, **named: Any) -> QuartSession:
        permanent = bool(app.config.get("SESSION_PERMANENT", False))
        return kind(*args, tags=self.serializer, permanent=permanent, **named)


class Dojang:
    """Keeps the sessions of a Quart application; `quart.session` goes on as before.

    The cookie goes with the answer, or with the accept of a WebSocket; what dojang raises in a view
    becomes a problem document. A middleware that corrects addresses goes around it, so it is added
    later.
    """

    def __init__(
        self,
        app: Quart | None = None,
        sessions: Sessions | None = None,
        *,
        load_user: LoadUser | None = None,
    ) -> None:
        """Prepare, and serve `app` at once if it is given.

        Args:
            app: The application; `init_app` takes it later otherwise.
            sessions: Where sessions live; by `app.config` unless given, as for Flask.
            load_user: What `current_user` calls with the principal; it may be awaited.

        Raises:
            Misuse: The configuration is not one, or `sessions` or `load_user` is something else.
            WeakSecret: A secret is missing or too short.
        """
        if sessions is not None:
            check_sessions(sessions)
        check_function("load_user", load_user)
        self._given = sessions
        self.load_user = load_user
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Quart) -> None:
        """Serve `app`.

        Raises:
            Misuse: The configuration is not one.
            WeakSecret: A secret is missing or too short.
        """
        interface = DojangSessionInterface(self._given or Configured(app.config))
        app.extensions[_NAME] = self
        app.session_interface = interface  # type: ignore[assignment] # Quart names the class of its own
        app.asgi_app = interface.around(app)  # type: ignore[method-assign,assignment] # as Quart's documentation has it
        app.register_error_handler(DojangError, _answer)


async def current_user() -> Any:  # noqa: ANN401 - the application's own user
    """Return the user as `load_user` gives it, or the principal itself; None for nobody."""
    principal = session.user
    extension = current_app.extensions.get(_NAME)
    if principal is None or not isinstance(extension, Dojang) or extension.load_user is None:
        return principal
    known = g.get("_dojang_user")
    if known is None or known[0] != principal:
        user = extension.load_user(principal)
        if isinstance(user, Awaitable):
            user = await user
        known = g._dojang_user = principal, user  # noqa: SLF001 - a key of ours
    return known[1]


def login_required(view: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Let only users in; anybody else is answered 401, with the reason.

    Raises:
        Rejected: By the view, when nobody is signed in.
    """

    @wraps(view)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if await current_user() is None:
            raise nobody(session)
        return await view(*args, **kwargs)

    return guarded


async def _answer(error: DojangError) -> Response:
    if isinstance(error, Misuse):
        raise error
    log(error)
    return Response(problem.body(error), error.status, dict(problem.headers(error)))
