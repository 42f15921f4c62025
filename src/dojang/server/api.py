"""The JSON API: sign-up, login, logout, and who is signed in where."""

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.auth import InvalidCredentials, User
from dojang.errors import Anonymous, Revoked
from dojang.server.answers import Answer, empty
from dojang.server.bodies import read
from dojang.server.errors import NoSuchSession
from dojang.server.log import log_of
from dojang.server.models import (
    DeviceAnswer,
    DevicesAnswer,
    EndedAnswer,
    LogIn,
    Nothing,
    SessionAnswer,
    SignUp,
    UserAnswer,
)
from dojang.server.parts import parts_of

__all__ = [
    "check",
    "end_others",
    "end_session",
    "list_sessions",
    "log_in",
    "log_out",
    "show_session",
    "sign_up",
    "signed_in",
]


async def sign_up(request: Request) -> Answer:
    """Make an account, and sign in with it."""
    form = await read(request, SignUp)
    user = await parts_of(request).accounts.sign_up(
        email=form.email, username=form.username, password=form.password, name=form.name
    )
    await _begin(request, user, remember=True)
    log_of(request.scope).info("signed-up", user=user.id)
    return Answer(UserAnswer.of(user), 201)


async def log_in(request: Request) -> Answer:
    """Sign in."""
    form = await read(request, LogIn)
    try:
        user = await parts_of(request).accounts.check_password(form.login, form.password)
    except InvalidCredentials:
        log_of(request.scope).warning("login-refused", address=_address(request))
        raise
    await _begin(request, user, remember=form.remember)
    log_of(request.scope).info("logged-in", user=user.id)
    return Answer(UserAnswer.of(user))


async def log_out(request: Request) -> Answer:
    """Sign out here. Fine when nobody is signed in."""
    await read(request, Nothing)
    session = session_of(request)
    user = session.user
    session.logout()
    await session.save()
    if user is not None:
        log_of(request.scope).info("logged-out", user=user)
    return empty()


async def check(request: Request) -> Answer:
    """Say who is signed in."""
    return Answer(UserAnswer.of(await signed_in(request)))


async def show_session(request: Request) -> Answer:
    """Say what is known of the session of this request."""
    session = session_of(request)
    if session.user is not None:
        await signed_in(request)
    return Answer(SessionAnswer.of(session))


async def list_sessions(request: Request) -> Answer:
    """List where this account is signed in."""
    user = await signed_in(request)
    here = session_of(request).handle
    entries = await parts_of(request).sessions.list(user.id)
    lines = [DeviceAnswer.of(entry, this=entry.handle == here) for entry in entries]
    return Answer(DevicesAnswer(sessions=lines))


async def end_session(request: Request) -> Answer:
    """End one session of this account; ending this one signs out here."""
    user = await signed_in(request)
    sessions, session = parts_of(request).sessions, session_of(request)
    handle: str = request.path_params["handle"]
    if handle not in {entry.handle for entry in await sessions.list(user.id)}:
        raise NoSuchSession
    if handle == session.handle:
        session.logout()
    else:
        await sessions.end(handle)
    log_of(request.scope).info("session-ended", user=user.id)
    return empty()


async def end_others(request: Request) -> Answer:
    """End all sessions of this account but this one."""
    await read(request, Nothing)
    user = await signed_in(request)
    ended = await parts_of(request).sessions.end_all(user.id, but=session_of(request))
    log_of(request.scope).info("other-sessions-ended", user=user.id, ended=ended)
    return Answer(EndedAnswer(ended=ended))


async def signed_in(request: Request) -> User:
    """Return the account behind the session of a request.

    Raises:
        Rejected: Nobody is signed in; the code says why.
        Revoked: The account was disabled or deleted; the session is ended with that.
    """
    session = session_of(request)
    if session.user is None:
        rejected = session.found.rejected if session.found else None
        raise rejected or Anonymous
    user = await parts_of(request).accounts.find(str(session.user))
    if user is None:
        session.logout()
        raise Revoked("the account was closed, and its sessions with it")
    return user


async def _begin(request: Request, user: User, *, remember: bool) -> None:
    session = session_of(request)
    session.login(user.id, remember=remember)
    # Now and not when the answer leaves, so that the log says only what came to be.
    await session.save()


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
