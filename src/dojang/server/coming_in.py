"""From a code that was mailed to a session, for the API and the pages alike."""

from starlette.requests import Request

from dojang.adapters.auth_api import callers
from dojang.auth import TooManyAttempts, User
from dojang.auth.errors import Spent
from dojang.auth.half_way import HalfWay
from dojang.auth.mailed_sign_in import MailedSignIn
from dojang.server.parts import parts_of

__all__ = ["come_in"]


async def come_in(
    request: Request, mailed: MailedSignIn, ticket: str, code: str, *, remember: bool
) -> tuple[User, bool]:
    """Sign in whoever tells the code that was mailed to them, which shows whose the address is.

    Args:
        request: Theirs; its session goes on under a new id.
        mailed: What takes codes.
        ticket: Any text is safe to pass.
        code: As typed.
        remember: Whether the session outlives the browser.

    Returns:
        Who it is, and whether nothing opens the account any more that was set before: see
        `AccountChanges.claim`.

    Raises:
        Spent: As for `MailedSignIn.redeem`, and so are the others.
        TooManyAttempts: As for `MailedSignIn.redeem`.
        SecondFactorNeeded: As for `Entrance.enter`.
        TooManySessions: The account is signed in as often as it may be.
        Unavailable: As for `MailedSignIn.redeem`.
    """
    parts = parts_of(request)
    try:
        proven = await mailed.redeem(ticket, code, address=callers.address(request))
    except (Spent, TooManyAttempts) as error:
        await parts.journal.refused(request, "login-refused", error)
        raise
    user = proven.user
    first = HalfWay(user=user.id, at=proven.at, methods=("email",), remember=remember)
    session = await parts.entrance.enter(request, first)
    # Whoever needed a second factor has not come as far as this.
    claimed = await parts.changes.claim(user, but=session)
    if claimed:
        await parts.journal.note(request, "account-claimed", user=user.id)
    return user, claimed
