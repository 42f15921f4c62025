"""`Litestar(plugins=[Dojang(sessions)])`: all that an application needs, at once."""

from copy import copy
from typing import Any

from litestar import Request, Response
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityRequirement, SecurityScheme
from litestar.plugins import InitPlugin
from litestar.types import Scope

from dojang.adapters.asgi import session_of
from dojang.adapters.litestar.backend import SessionConfig
from dojang.adapters.problems import log
from dojang.adapters.users import LoadUser, RolesOf, Users
from dojang.errors import DojangError, Misuse
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.wire import problem

__all__ = ["Dojang", "current_user", "of"]

Connection = ASGIConnection[Any, Any, Any, Any]


class Dojang(InitPlugin):
    """Keeps the sessions of a Litestar application; `request.session` goes on as before.

    Handlers may take `current_session`, `current_user` (401 for nobody) and `optional_user`. What
    dojang refuses becomes a problem document. `security` is for handlers, as OpenAPI has it.
    """

    def __init__(
        self,
        sessions: Sessions | SessionConfig,
        *,
        load_user: LoadUser | None = None,
        roles_of: RolesOf | None = None,
    ) -> None:
        """Take the sessions, and what is known of users.

        Args:
            sessions: Where they live; or a config that also says where there are none.
            load_user: Returns the application's own user by its id, or None: a coroutine function,
                or a plain one, which is called in a thread. The principal itself otherwise.
            roles_of: Returns the roles of a user, in either colour; those of its attribute `roles`
                otherwise.
        """
        self.config = sessions if isinstance(sessions, SessionConfig) else SessionConfig(sessions)
        self.users = Users(load_user, roles_of)

    @property
    def security(self) -> list[SecurityRequirement]:
        """The ways to show a session, for `security=` of handlers."""
        return [{name: []} for name in self._schemes()]

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Add to the application what it lacks."""
        app_config.middleware.insert(0, self.config.middleware)
        app_config.exception_handlers.setdefault(DojangError, _answer)
        app_config.dependencies = {
            "current_session": Provide(_session, sync_to_thread=False),
            "current_user": Provide(_user),
            "optional_user": Provide(_optional_user),
            **app_config.dependencies,
        }
        if app_config.openapi_config is not None:
            app_config.openapi_config = self._documented(app_config.openapi_config)
        return app_config

    def _documented(self, config: OpenAPIConfig) -> OpenAPIConfig:
        # A copy: Litestar's default is one for all applications.
        ours, given = copy(config), config.components
        schemes = Components(security_schemes={**self._schemes()})
        ours.components = [*(given if isinstance(given, list) else [given]), schemes]
        return ours

    def _schemes(self) -> dict[str, SecurityScheme]:
        cookie = SecurityScheme(type="apiKey", name=self.config.key, security_scheme_in="cookie")
        token = SecurityScheme(type="http", scheme="bearer", description="What a login returned.")
        return {"session": cookie} | ({"token": token} if self.config.sessions.bearer else {})


def of(connection: Connection) -> Dojang:
    """Return the plugin of an application.

    Raises:
        Misuse: It has none.
    """
    try:
        return connection.app.plugins.get(Dojang)
    except KeyError:
        raise Misuse("users need the plugin: Litestar(plugins=[Dojang(sessions)])") from None


async def current_user(connection: Connection) -> Any:  # noqa: ANN401 - the application's own
    """Return the user of a request or WebSocket.

    Raises:
        Rejected: Nobody is signed in, or the user is not there any more; the code says why.
        Unavailable: The store did not answer.
    """
    return await of(connection).users.require(connection.scope, session_of(connection))


# Requests and WebSockets alike have a scope, and dependencies may take it.


def _session(scope: Scope) -> Session:
    return session_of(ASGIConnection(scope))


async def _user(scope: Scope) -> Any:  # noqa: ANN401 - the application's own
    return await current_user(ASGIConnection(scope))


async def _optional_user(scope: Scope) -> Any:  # noqa: ANN401 - the application's own
    connection: Connection = ASGIConnection(scope)
    return await of(connection).users.find(scope, session_of(connection))


def _answer(request: Request[Any, Any, Any], error: DojangError) -> Response[bytes]:
    del request
    if isinstance(error, Misuse):
        raise error
    log(error)
    return Response(
        problem.body(error),
        status_code=error.status,
        headers=dict(problem.headers(error)),
        media_type=problem.MEDIA_TYPE,
    )
