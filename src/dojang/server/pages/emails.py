"""The e-mail address of an account: whether it is verified, and another one."""

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.auth import InvalidCredentials, User
from dojang.errors import Refused, Rejected, Unavailable
from dojang.server import mailing
from dojang.server.errors import NotFound
from dojang.server.pages import confirm, forms, words
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.redirects import see
from dojang.server.pages.render import page, spoken
from dojang.server.pages.visitor import entrance, signed_in
from dojang.server.parts import parts_of
from dojang.words import words_in

__all__ = ["change", "send_again", "show"]

_HERE = "/account/email"


async def show(request: Request) -> Response:
    """Show the address of whoever is signed in, and the form for another one."""
    user = await _member(request)
    return see(entrance(request)) if user is None else await _filled(request, user)


async def send_again(request: Request) -> Response:
    """Mail the link once more that verifies the address."""
    await forms.read(request)
    user = await _member(request)
    if user is None:
        return see(entrance(request))
    mailing.send_verification(request, user)
    return see(f"{_HERE}?notice=verification-sent")


async def change(request: Request) -> Response:
    """Mail a link to the address that whoever is signed in wants to have."""
    form = await forms.read(request)
    user = await _member(request)
    if user is None:
        return see(entrance(request))
    needs_code = await parts_of(request).confirming.code_needed(user.id)
    if (needs_code or not form.get("password")) and (
        confirmation := await confirm.first(request, back=_HERE)
    ):
        return confirmation
    complaint = _empty(form, request) or await _begin(request, user, form)
    if complaint is not None:
        return await _filled(request, user, complaint, email=form.get("email", ""))
    return see(f"{_HERE}?notice=change-sent")


async def _begin(request: Request, user: User, form: dict[str, str]) -> Complaint | None:
    try:
        await mailing.begin_change(request, user, form["email"], form.get("password", ""))
    except InvalidCredentials as error:
        _ = words_in(spoken(request))
        return Complaint("password", _(words.OLD_PASSWORD), error.status, error.code)
    except (Rejected, Refused, Unavailable) as error:
        return Complaint.about(error, instead_of={}, language=spoken(request))
    return None


def _empty(form: dict[str, str], request: Request) -> Complaint | None:
    if form.get("email", "").strip():
        return None
    _ = words_in(spoken(request))
    return Complaint.missing("email", _("Type the address you want to have."))


async def _filled(
    request: Request, user: User, complaint: Complaint | None = None, *, email: str = ""
) -> Response:
    parts = parts_of(request)
    return page(
        request,
        "email",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session_of(request),
        complaint=complaint,
        user=user,
        email=email,
        has_password=await parts.links.has_password(user.id)
        and not await parts.confirming.code_needed(user.id),
    )


async def _member(request: Request) -> User | None:
    if parts_of(request).mailer is None:
        raise NotFound
    return await signed_in(request)
