"""From a code that was mailed to a session, for the API and the pages alike."""

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.auth import TooManyAttempts, User
from dojang.auth.errors import Spent
from dojang.auth.half_way import HalfWay
from dojang.auth.mailed_sign_in import MailedSignIn
from dojang.server.parts import parts_of

__all__ = ["come_in"]


async def come_in(
    request: Request, mailed: MailedSignIn, ticket: str, code: str, *, remember: bool
) -> User:
    """Sign in whoever tells the code that was mailed to them, which shows whose the address is.

    Args:
        request: Theirs; its session goes on under a new id.
        mailed: What takes codes.
        ticket: Any text is safe to pass.
        code: As typed.
        remember: Whether the session outlives the browser.

    Raises:
        Spent: As for `MailedSignIn.redeem`, and so are the others.
        TooManyAttempts: As for `MailedSignIn.redeem`.
        SecondFactorNeeded: As for `Entrance.enter`.
        TooManySessions: The account is signed in as often as it may be.
        Unavailable: As for `MailedSignIn.redeem`.
    """
    parts, session = parts_of(request), session_of(request)
    try:
        proven = await mailed.redeem(ticket, code, address=callers.address(request))
    except (Spent, TooManyAttempts) as error:
        await parts.journal.refused(request, "login-refused", error)
        raise
    user = proven.user
    if user.email_verified:
        first = HalfWay(user=user.id, at=proven.at, methods=("email",), remember=remember)
        await parts.entrance.enter(request, first)
        return user
    # A second factor that is there is of whoever had the account before, and goes with the claim.
    session.login(user.id, remember=remember, methods=("email",), at=proven.at)
    await session.save()
    await parts.journal.note(request, "logged-in", user=user.id)
    if await parts.changes.claim(user, but=session):
        await parts.journal.note(request, "account-claimed", user=user.id)
    return user
