"""Closing an account by its owner: for a while, or for good."""

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api.answers import Answer, empty
from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.auth_api.bodies import read
from dojang.adapters.auth_api.models import Nothing
from dojang.auth import User
from dojang.server.parts import parts_of

__all__ = ["delete", "delete_account", "disable", "disable_account"]


async def disable_account(api: AuthApi, request: Request) -> Answer:
    """Disable this account, and sign out everywhere; who looks after the server enables it."""
    await read(request, Nothing)
    await disable(request, await api.fresh_user(request))
    return empty()


async def delete_account(api: AuthApi, request: Request) -> Answer:
    """Delete this account, with all that opens it, and sign out everywhere."""
    await delete(request, await api.fresh_user(request))
    return empty()


async def disable(request: Request, user: User) -> None:
    """Let nothing open an account any more.

    Args:
        request: Of its owner, who signed in lately.
        user: The account.

    Raises:
        Unavailable: The database or the store of the sessions did not answer.
    """
    parts = parts_of(request)
    await parts.changes.set_disabled(user.id, disabled=True)
    await parts.journal.note(request, "account-disabled", user=user.id)
    session_of(request).logout()


async def delete(request: Request, user: User) -> None:
    """Delete an account, and end at its providers what was allowed there.

    Args:
        request: Of its owner, who signed in lately.
        user: The account.

    Raises:
        Unavailable: The database or the store of the sessions did not answer.
    """
    parts = parts_of(request)
    await parts.changes.delete(user.id)
    await parts.journal.note(request, "account-deleted", user=user.id)
    session_of(request).logout()
