"""Guards: signed in, signed in lately, with these roles."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import WebSocketException
from litestar.handlers import BaseRouteHandler

from dojang.adapters.asgi import session_of
from dojang.adapters.litestar.plugin import current_user, of
from dojang.adapters.users import check_roles, require_fresh
from dojang.errors import DojangError, Misuse

__all__ = ["fresh", "having", "signed_in"]

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]

#: Added to the status, for the close code of a socket, as everywhere in dojang.
_APPLICATIONS = 4000


async def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let only users in.

    Raises:
        Rejected: Nobody is signed in, or the user is not there any more; the code says why.
        Unavailable: The store did not answer.
    """
    del handler
    with _refusing(connection):
        await current_user(connection)


def fresh(*, within: int) -> Guard:
    """Return a guard that lets in users who signed in no longer ago than that.

    Others are answered 401 with the code `stale-login`: let them sign in again.

    Args:
        within: Seconds, inclusive; 1 or more.

    Raises:
        Misuse: `within` is less.
    """
    if within < 1:
        raise Misuse(f"within is {within}, and a login is at least a second old: write 1 or more")

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        del handler
        with _refusing(connection):
            await current_user(connection)
            require_fresh(session_of(connection), within)

    return guard


def having(*roles: str) -> Guard:
    """Return a guard that lets in users who have all of these roles; others are answered 403.

    Raises:
        Misuse: A role is no text.
    """
    check_roles(roles)

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        del handler
        with _refusing(connection):
            user = await current_user(connection)
            await of(connection).users.require_roles(user, roles)

    return guard


@contextmanager
def _refusing(connection: Connection) -> Iterator[None]:
    try:
        yield
    except DojangError as error:
        if connection.scope["type"] == ScopeType.HTTP or isinstance(error, Misuse):
            raise
        # Litestar closes a socket with the code of its own errors only.
        raise WebSocketException(detail=error.code, code=_APPLICATIONS + error.status) from None
