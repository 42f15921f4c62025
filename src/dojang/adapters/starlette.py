"""Starlette: `request.user` and `request.auth` from the session, and a session for one handler."""

from collections.abc import Awaitable, Callable
from functools import wraps

from dojang.adapters.asgi import SessionMiddleware, session_of
from dojang.adapters.asgi.opening import KEY
from dojang.adapters.asgi.skip import Skipped
from dojang.adapters.step_up import check_within, where_first
from dojang.extras import extra
from dojang.session.record import Principal

with extra("starlette"):
    from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import RedirectResponse, Response

    from dojang.adapters.starlette_handler import with_session
    from dojang.adapters.users import LoadUser, RolesOf, Users

__all__ = [
    "SessionAuthentication",
    "SessionMiddleware",
    "SignedIn",
    "fresh_login_required",
    "session_of",
    "with_session",
]


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


Endpoint = Callable[[Request], Awaitable[Response]]


def fresh_login_required(
    *, within: int, confirm: str | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Return a decorator that lets in users who proved lately who they are.

    Others are answered 401, `stale-login`; or a GET is sent to the page that asks for the proof,
    which calls `session.login(session.user)` after it and goes back to `next`.

    Args:
        within: Seconds, inclusive; 1 or more.
        confirm: The address of that page, as `/confirm`.

    Raises:
        Misuse: `within` is less.
    """
    check_within(within)

    def around(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def guarded(request: Request) -> Response:
            where = where_first(
                session_of(request),
                within=within,
                confirm=confirm,
                method=request.method,
                here=lambda: _here(request),
            )
            return RedirectResponse(where, 303) if where else await endpoint(request)

        return guarded

    return around


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
