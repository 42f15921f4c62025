"""`Depends(current_session)` and `Depends(current_user)`."""

from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from fastapi.requests import HTTPConnection

from dojang.adapters.asgi import session_of
from dojang.adapters.fastapi import schemes
from dojang.adapters.given import check_sessions
from dojang.adapters.users import LoadUser, RolesOf, Users, check_roles, require_fresh
from dojang.errors import Misuse
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.wire import problem

__all__ = ["CurrentUser", "current_session"]


async def current_session(connection: HTTPConnection) -> Session:
    """Return the session of a request or WebSocket, whoever it belongs to: a dependency.

    Raises:
        Misuse: There is none: SessionMiddleware is not there, or skips this path.
        Unavailable: The store did not answer.
        Disagreeing: Cookie and bearer token are two sessions.
    """
    return session_of(connection)


@dataclass(frozen=True, slots=True)
class _Needs:
    optional: bool = False
    within: int | None = None
    roles: frozenset[str] = frozenset()


class CurrentUser:
    """A dependency that gives the user of a request or WebSocket, and lets nobody else in.

    `current_user = CurrentUser(sessions, load_user=...)`, then `Depends(current_user)`. Who does
    not come in is answered with a problem document: 401 with the reason, 403 without the role.
    """

    def __init__(
        self,
        sessions: Sessions,
        *,
        load_user: LoadUser | None = None,
        roles_of: RolesOf | None = None,
    ) -> None:
        """Take what is known of users.

        Args:
            sessions: The middleware's; the OpenAPI document names their cookie, and bearer tokens
                if they may come.
            load_user: Returns the application's own user by its id, or None: a coroutine function,
                or a plain one, which is called in a thread. The principal itself otherwise.
            roles_of: Returns the roles of a user, in either colour; those of its attribute `roles`
                otherwise.

        Raises:
            Misuse: One of them is something else.
        """
        check_sessions(sessions)
        self._users = Users(load_user, roles_of)
        self._needs = _Needs()
        self.__signature__ = schemes.signature(sessions)

    @property
    def responses(self) -> dict[int | str, dict[str, Any]]:
        """What a route may answer because of it, for the document: `responses=` of the route."""
        needs = self._needs
        answers = {503: "the store of the sessions does not answer"}
        if not needs.optional:
            answers[401] = "nobody is signed in; `code` says why"
        if needs.within is not None:
            answers[401] = "nobody is signed in, or not lately enough; `code` says which"
        if needs.roles:
            answers[403] = f"the user lacks one of the roles {', '.join(sorted(needs.roles))}"
        return {
            status: {"description": answers[status], "content": {problem.MEDIA_TYPE: {}}}
            for status in sorted(answers)
        }

    @property
    def optional(self) -> "CurrentUser":
        """The same, giving None where nobody is signed in."""
        return self._with(optional=True)

    def fresh(self, *, within: int) -> "CurrentUser":
        """Return the same, for users who signed in no longer ago than that.

        Others are answered 401 with the code `stale-login`: let them sign in again.

        Args:
            within: Seconds, inclusive; 1 or more.

        Raises:
            Misuse: `within` is less.
        """
        if within < 1:
            raise Misuse(
                f"within is {within}, and a login is at least a second old: write 1 or more"
            )
        return self._with(within=within)

    def having(self, *roles: str) -> "CurrentUser":
        """Return the same, for users who have all of these roles; others are answered 403.

        Raises:
            Misuse: A role is no text.
        """
        check_roles(roles)
        return self._with(roles=self._needs.roles | set(roles))

    async def __call__(self, connection: HTTPConnection, **_: None) -> Any:  # noqa: ANN401 - the application's own
        """Return the user.

        Raises:
            Rejected: Nobody is signed in, or the user is not there any more; the code says why.
            StaleLogin: The login is older than it may be.
            MissingRole: The user lacks one of the roles.
            Unavailable: The store did not answer.
        """
        session, needs = session_of(connection), self._needs
        find = self._users.find if needs.optional else self._users.require
        user = await find(connection.scope, session)
        if user is not None:
            if needs.within is not None:
                require_fresh(session, needs.within)
            await self._users.require_roles(user, needs.roles)
        return user

    def _with(self, **needs: Any) -> "CurrentUser":
        other = copy(self)
        other._needs = replace(self._needs, **needs)  # noqa: SLF001 - one of this class
        return other
