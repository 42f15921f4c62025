"""The page where people make an account."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.auth import User
from dojang.auth.identifiers import fold
from dojang.errors import Refused, Rejected, Unavailable
from dojang.server import mailing
from dojang.server.pages import forms, sign_in
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.redirects import local_path, see
from dojang.server.pages.render import page
from dojang.server.pages.visitor import signed_in
from dojang.server.parts import parts_of

__all__ = ["show", "submit"]

_LOOKED_AT = 1024  # characters that are searched for an @; nothing longer is an address


async def show(request: Request) -> Response:
    """Show the form; whoever is signed in already is sent on."""
    target = local_path(request.query_params.get("next", ""))
    if await signed_in(request):
        return see(target)
    return _filled(request, {}, target=target)


async def submit(request: Request) -> Response:
    """Make an account, sign in, and send on; or show the form again with what is wrong."""
    form = await forms.read(request)
    target = local_path(form.get("next", ""))
    try:
        if await _mailed(request, form):
            return see("/sign-in?" + urlencode({"notice": "sign-up-mailed", "next": target}))
        user = await _make(request, form)
    except (Rejected, Refused, Unavailable) as error:
        return _filled(request, form, Complaint.about(error), target=target)
    session = session_of(request)
    try:
        session.login(user.id)
        await session.save()
    except (Rejected, Refused, Unavailable) as error:
        # The account is there: what is left to do is to sign in.
        complaint = Complaint.about(error).prefixed("Your account is made; now sign in.")
        return sign_in.filled(request, complaint, login=form["login"], target=target)
    await parts_of(request).journal.note(request, "signed-up", user=user.id)
    return see(target)


async def _mailed(request: Request, form: dict[str, str]) -> bool:
    """Have an address shown, or not, and say neither; False where nothing is mailed."""
    parts, login = parts_of(request), form.get("login", "")
    is_address = "@" in fold(login[:_LOOKED_AT])
    if parts.mailer is None or not (is_address or parts.settings.verified_only):
        return False
    claim = await parts.sign_in.claim(
        address=callers.address(request),
        email=login if is_address else "",
        password=form.get("password", ""),
        name=form.get("name", "").strip() or None,
    )
    await mailing.claimed(request, claim)
    return True


async def _make(request: Request, form: dict[str, str]) -> User:
    login = form.get("login", "")
    is_address = "@" in fold(login[:_LOOKED_AT])
    return await parts_of(request).sign_in.sign_up(
        address=callers.address(request),
        email=login if is_address else None,
        username=None if is_address else login,
        password=form.get("password", ""),
        name=form.get("name", "").strip() or None,
    )


def _filled(
    request: Request, form: dict[str, str], complaint: Complaint | None = None, *, target: str
) -> Response:
    return page(
        request,
        "sign_up",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session_of(request),
        complaint=complaint,
        login=form.get("login", ""),
        name=form.get("name", ""),
        minimum=parts_of(request).accounts.policy.minimum,
        providers=parts_of(request).sign_in_with.providers,
        next=target,
    )
