"""Who is looking at a page."""

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.auth import User
from dojang.server.parts import parts_of

__all__ = ["entrance", "signed_in"]

#: Why a cookie was not accepted, where the visitor had been signed in: worth a word.
_WAS_SOMEBODY = {"expired", "revoked", "unknown"}


async def signed_in(request: Request) -> User | None:
    """Return whose session it is, or None.

    A session whose account was deleted or disabled ends here.

    Raises:
        Unavailable: The store or the database did not answer.
    """
    session = session_of(request)
    if session.user is None:
        return None
    user = await parts_of(request).accounts.find(str(session.user))
    if user is None:
        session.logout()
    return user


def entrance(request: Request) -> str:
    """Return the address of the sign-in page for a visitor without an account.

    It says so when there was a session and it is over.
    """
    session = session_of(request)
    left = session.user is None and session.authenticated is not None
    ended = left or session.rejected in _WAS_SOMEBODY
    return "/sign-in?notice=over" if ended else "/sign-in"
