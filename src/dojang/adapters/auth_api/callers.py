"""Who asks the API with an access token instead of a session."""

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api.errors import SessionNeeded
from dojang.errors import Disagreeing
from dojang.session.session import Session
from dojang.tokens import Tokens

__all__ = ["address", "bearer", "by_token", "go_on", "here", "session"]


async def by_token(request: Request, tokens: Tokens, token: str) -> str:
    """Return whose access token came with a request.

    Raises:
        Disagreeing: There is a session too, of another user.
        Rejected: It is not good; the code says why.
        Unavailable: Nobody could say for too long what was revoked.
    """
    access = await tokens.verify(token)
    user = session_of(request).user
    if user is not None and str(user) != access.user:
        raise Disagreeing("the cookie and the access token are of two users; send one of them")
    request.state.sid = access.sid
    return access.user


def session(request: Request) -> Session:
    """Return the session of a request that somebody is known to have sent.

    Raises:
        SessionNeeded: They sent an access token in its place.
    """
    found = session_of(request)
    if found.user is None:
        raise SessionNeeded
    return found


def here(request: Request) -> Session | str:
    """Return what stays when everything else of a user ends, once it is known who asks."""
    sid: str | None = getattr(request.state, "sid", None)
    return session_of(request) if sid is None else sid


async def go_on(request: Request) -> None:
    """Move the session of a request to a new id, if there is one.

    Raises:
        Unavailable: The store did not answer.
    """
    session = session_of(request)
    if session.user is not None:
        session.rotate()
        await session.save()


def address(request: Request) -> str:
    """Return the address a request came from, or empty where the server does not know."""
    return request.client.host if request.client else ""


def bearer(request: Request) -> str | None:
    """Return the token of the Authorization header, or None where there is none."""
    scheme, space, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if space and scheme.lower() == "bearer" else None
