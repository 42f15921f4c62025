"""The page of the second factor of an account: adding it, its recovery codes, removing it."""

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.auth import TooManyAttempts, User
from dojang.auth.errors import InvalidCode, Spent
from dojang.errors import Refused, Rejected, Unavailable
from dojang.server.pages import confirm, forms, qr
from dojang.server.pages.code import about_code
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.moments import Moment, instant
from dojang.server.pages.redirects import HOME, see
from dojang.server.pages.render import page
from dojang.server.pages.visitor import entrance, signed_in
from dojang.server.parts import parts_of

__all__ = ["PATH", "add", "remove", "renew", "show"]

PATH = "/account/second-factor"


async def show(request: Request) -> Response:
    """Show what there is, or a new authenticator, to whoever signed in lately."""
    user = await _owner(request)
    return await _filled(request, user) if isinstance(user, User) else user


async def add(request: Request) -> Response:
    """Add the authenticator whose code was typed, and show the recovery codes."""
    form = await forms.read(request)
    user = await _owner(request)
    if not isinstance(user, User):
        return user
    parts, ticket = parts_of(request), form.get("ticket", "")
    try:
        codes = await parts.factors.second.add(user.id, ticket, form.get("code", ""))
    except Spent:
        return see(f"{PATH}?notice=too-slow")
    except InvalidCode as error:
        return await _filled(request, user, about_code(request, error), ticket=ticket)
    await parts.tokens.end_all(user.id, but=session_of(request))
    await parts.journal.note(request, "second-factor-added", user=user.id)
    await parts.confirming.renew(request, "otp", at=parts.sessions.clock())
    return _codes(request, codes, new=True)


async def renew(request: Request) -> Response:
    """Make new recovery codes, for a last code, and show them."""
    user = await _shown_again(request)
    if not isinstance(user, User):
        return user
    parts = parts_of(request)
    codes = await parts.factors.second.renew_codes(user.id)
    await parts.journal.note(request, "recovery-codes-renewed", user=user.id)
    return _codes(request, codes, new=False)


async def remove(request: Request) -> Response:
    """Remove the second factor, for a last code of it."""
    user = await _shown_again(request)
    if not isinstance(user, User):
        return user
    parts = parts_of(request)
    await parts.factors.second.remove(user.id)
    await parts.journal.note(request, "second-factor-removed", user=user.id)
    await callers.go_on(request)
    return see(f"{HOME}?notice=second-factor-removed")


async def _shown_again(request: Request) -> User | Response:
    """Return who has the second factor at hand that is to be changed; or what is wrong, or first.

    A fresh login is not enough, though it showed a code: whoever has the session has that.
    """
    form = await forms.read(request)
    user = await _owner(request)
    if not isinstance(user, User):
        return user
    parts, code = parts_of(request), form.get("code", "")
    try:
        await parts.factors.second.check(user.id, code, address=callers.address(request))
    except (Rejected, Refused, Unavailable) as error:
        if isinstance(error, InvalidCode | TooManyAttempts):
            await parts.journal.refused(request, "second-factor-refused", error)
        return await _filled(request, user, about_code(request, error))
    return user


async def _owner(request: Request) -> User | Response:
    """Return whose page it is; or where they are sent first."""
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    if not await parts_of(request).factors.second.needed(user.id):
        parts_of(request).factors.admit(user)
    return await confirm.first(request, back=PATH) or user


async def _filled(
    request: Request, user: User, complaint: Complaint | None = None, *, ticket: str = ""
) -> Response:
    parts = parts_of(request)
    second = parts.factors.second
    state = await second.state(user.id)
    shown: dict[str, object] = {}
    if state is None:
        # After a wrong code the same one again: it is in somebody's app by now.
        begun = second.enrolments.begin(user.id) if not ticket else None
        authenticator = begun.authenticator if begun else second.enrolments.reopen(user.id, ticket)
        address = authenticator.address(
            account=user.email or user.username or user.id, issuer=parts.factors.issuer
        )
        shown = {
            "ticket": begun.ticket if begun else ticket,
            "secret": _groups(authenticator.secret),
            "address": address,
            "qr": qr.picture(address),
        }
    return page(
        request,
        "second_factor",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session_of(request),
        complaint=complaint,
        state=state,
        since=_since(request, state.made) if state else None,
        **shown,
    )


def _codes(request: Request, codes: tuple[str, ...], *, new: bool) -> Response:
    return page(
        request, "recovery_codes", session=session_of(request), recovery_codes=codes, added=new
    )


def _groups(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _since(request: Request, made: int) -> Moment:
    return Moment.of(instant(made), instant(parts_of(request).sessions.clock()))
