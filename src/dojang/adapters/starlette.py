"""Starlette: `request.user` and `request.auth` from the session, and a session for one handler."""

import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec

from dojang.adapters import headers
from dojang.adapters.asgi import SessionMiddleware, session_of
from dojang.adapters.asgi.messages import encoded
from dojang.adapters.asgi.opening import KEY, opened
from dojang.adapters.asgi.skip import Skipped
from dojang.adapters.problems import log
from dojang.errors import DojangError, Misuse
from dojang.extras import extra
from dojang.session.record import Principal
from dojang.sessions import Sessions
from dojang.visits.visit import Visit
from dojang.wire import problem

with extra("starlette"):
    from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response

    from dojang.adapters.users import LoadUser, RolesOf, Users

__all__ = [
    "SessionAuthentication",
    "SessionMiddleware",
    "SignedIn",
    "session_of",
    "with_session",
]

P = ParamSpec("P")


class SignedIn(BaseUser):
    """A user of whom nothing is known but the principal."""

    def __init__(self, id: Principal) -> None:
        """Show `id` as a user."""
        self.id = id

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in."""
        return True

    @property
    def display_name(self) -> str:
        """The principal as text."""
        return str(self.id)

    @property
    def identity(self) -> str:
        """The principal as text."""
        return str(self.id)


class SessionAuthentication(AuthenticationBackend):
    """For Starlette's own AuthenticationMiddleware, which goes inside of `SessionMiddleware`.

    `request.user` is what `load_user` gives, `request.auth.scopes` are `authenticated` and the
    user's roles. Nobody is signed in at paths without a session. It looks at the session of every
    request, so every answer varies by cookie, and each is 503 while the store does not answer.
    """

    def __init__(
        self, *, load_user: LoadUser | None = None, roles_of: RolesOf | None = None
    ) -> None:
        """Take what is known of users.

        Args:
            load_user: Returns the application's own user by its id, or None; either colour. A
                `SignedIn` otherwise.
            roles_of: Returns the roles of a user; those of its attribute `roles` otherwise.
        """
        self._users = Users(load_user, roles_of)

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        """Return who is asking, or None for nobody.

        Raises:
            Unavailable: The store did not answer.
            Disagreeing: Cookie and bearer token are two sessions.
        """
        if isinstance(conn.scope.get(KEY), Skipped):
            return None
        user = await self._users.find(conn.scope, session_of(conn))
        if user is None:
            return None
        roles = await self._users.roles(user)
        shown = SignedIn(user) if self._users.load_user is None else user
        return AuthCredentials(["authenticated", *sorted(roles)]), shown


def with_session(
    sessions: Sessions,
) -> Callable[[Callable[P, Any]], Callable[..., Awaitable[Any]]]:
    """Return a decorator that opens a session for one handler, where no middleware is wanted.

    Only what `await session.save()` was called for is written, and its cookie goes with the answer;
    a `def` handler writes `from_thread.run(session.save)`. In FastAPI the handler takes what it
    always takes, and may return what it always returns. What dojang refuses is a problem document.

    Args:
        sessions: Where they live.
    """

    def around(handler: Callable[P, Any]) -> Callable[..., Awaitable[Any]]:
        asked = _Asked(handler)

        @wraps(handler)
        async def handle(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the handler answers
            request, carrier = asked.take(args, kwargs)
            visit = await opened(sessions, request.scope)
            try:
                result = await _called(handler, args, kwargs)
            except DojangError as error:
                if isinstance(error, Misuse):
                    raise
                log(error)
                result = Response(problem.body(error), error.status, dict(problem.headers(error)))
            answer = result if isinstance(result, Response) else carrier
            if answer is None:
                raise Misuse("the handler returned no Response, which Starlette would not send")
            _tell(answer, visit)
            return result

        handle.__signature__ = asked.signature  # type: ignore[attr-defined] # which inspect reads
        return handle

    return around


async def _called(handler: Callable[..., Any], args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - as the handler has them
    if inspect.iscoroutinefunction(handler):
        return await handler(*args, **kwargs)
    return await run_in_threadpool(handler, *args, **kwargs)


def _tell(answer: Response, visit: Visit) -> None:
    lines = visit.leave()
    given = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.raw_headers
    ]
    told = headers.answered(given, lines, visit, status=answer.status_code or 200)
    answer.raw_headers[:] = encoded(told)
    visit.start()


class _Asked:
    """What a handler takes, and FastAPI has to give besides."""

    def __init__(self, handler: Callable[..., Any]) -> None:
        self._own = inspect.signature(handler, eval_str=True)
        self._request = _named(self._own, Request, "request")
        self._carrier = _named(self._own, Response, "response")
        self._added = {
            name: kind
            for name, kind in ((self._request, Request), (self._carrier, Response))
            if name not in self._own.parameters
        }
        added = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind)
            for name, kind in self._added.items()
        ]
        parameters = sorted([*self._own.parameters.values(), *added], key=lambda one: one.kind)
        self.signature = self._own.replace(parameters=parameters)

    def take(self, args: Any, kwargs: dict[str, Any]) -> tuple[Request, Response | None]:  # noqa: ANN401 - as the handler has them
        """Return request and carrier, and leave to the handler what is its own."""
        taken = {name: kwargs.pop(name, None) for name in self._added}
        bound = {**self._own.bind_partial(*args, **kwargs).arguments, **taken}
        request = bound.get(self._request)
        if not isinstance(request, Request):
            raise Misuse("with_session is for handlers of requests: async def handler(request)")
        return request, bound.get(self._carrier)


def _named(signature: inspect.Signature, kind: type, usual: str) -> str:
    """Return the name of the parameter of a kind, or one for it."""
    for name, parameter in signature.parameters.items():
        given = parameter.annotation
        untyped = given is inspect.Parameter.empty and name == usual
        if untyped or (isinstance(given, type) and issubclass(given, kind)):
            return name
    return f"dojang_{usual}"
