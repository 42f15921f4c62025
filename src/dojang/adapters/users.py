"""The application's own users, as its sessions name them."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from anyio import to_thread

from dojang.adapters.given import check_function
from dojang.adapters.nobody import nobody
from dojang.errors import MissingRole, Misuse, StaleLogin
from dojang.session.session import Session

__all__ = ["LoadUser", "RolesOf", "Users", "check_roles", "require_fresh"]

#: Returns the application's own user by its id, or None when there is no such user any more: a
#: coroutine function, or a plain one, which is called in a thread.
LoadUser = Callable[[Any], Any]

#: Returns the names of the roles of a user, in either colour.
RolesOf = Callable[[Any], Any]

_KEY = "dojang.user"


@dataclass(frozen=True, slots=True)
class Users:
    """Who is asking, in the application's own terms.

    Attributes:
        load_user: Returns the user of a principal; the principal itself is the user otherwise.
        roles_of: Returns the roles of a user; those of its attribute `roles` otherwise.
    """

    load_user: LoadUser | None = None
    roles_of: RolesOf | None = None

    def __post_init__(self) -> None:
        """Refuse what is no function.

        Raises:
            Misuse: One is not.
        """
        check_function("load_user", self.load_user)
        check_function("roles_of", self.roles_of)

    async def find(self, scope: Any, session: Session) -> Any:  # noqa: ANN401 - as frameworks type it, and the application's own
        """Return the user of a session, looked up once in a request; None for nobody."""
        principal = session.user
        if principal is None or self.load_user is None:
            return principal
        known = scope.get(_KEY)
        if known is None or known[:2] != (self.load_user, principal):
            user = await _called(self.load_user, principal)
            known = scope[_KEY] = self.load_user, principal, user
        return known[2]

    async def require(self, scope: Any, session: Session) -> Any:  # noqa: ANN401 - as frameworks type it, and the application's own
        """Return the user of a session.

        Raises:
            Rejected: Nobody is signed in, or the user is not there any more; the code says why.
        """
        user = await self.find(scope, session)
        if user is None:
            raise nobody(session)
        return user

    async def roles(self, user: Any) -> frozenset[str]:  # noqa: ANN401 - the application's own
        """Return the names of the roles of a user."""
        found: Iterable[str] = (
            getattr(user, "roles", ())
            if self.roles_of is None
            else await _called(self.roles_of, user)
        )
        return frozenset(found)

    async def require_roles(self, user: Any, needed: Iterable[str]) -> None:  # noqa: ANN401 - the application's own
        """Refuse a user who lacks one of the roles.

        Raises:
            MissingRole: They do.
        """
        missing = sorted(set(needed) - await self.roles(user)) if needed else ()
        if missing:
            raise MissingRole(*missing)


def check_roles(roles: Iterable[object]) -> None:
    """Refuse roles that are not texts.

    Raises:
        Misuse: One is not.
    """
    for role in roles:
        if not isinstance(role, str):
            raise Misuse(f'a role is a text, and not a {type(role).__name__}: having("a", "b")')


def require_fresh(session: Session, within: int) -> None:
    """Refuse a session whose user signed in too long ago.

    Args:
        session: With a user.
        within: Seconds, inclusive.

    Raises:
        StaleLogin: They did.
    """
    if not session.fresh(within=within):
        raise StaleLogin(within)


async def _called(function: Callable[[Any], Any], argument: object) -> Any:  # noqa: ANN401 - as the application answers
    if inspect.iscoroutinefunction(function):
        return await function(argument)
    # A plain function may wait for its database, and would hold up everybody.
    answer = await to_thread.run_sync(partial(function, argument))
    return await answer if inspect.isawaitable(answer) else answer
