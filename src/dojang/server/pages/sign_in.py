"""The page where people sign in."""

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import HOPELESS, session_of
from dojang.adapters.auth_api import callers
from dojang.auth import InvalidCredentials, TooManyAttempts, Unverified
from dojang.auth.errors import SecondFactorNeeded
from dojang.auth.half_way import HalfWay
from dojang.errors import Refused, Rejected, Unavailable
from dojang.server import mailing
from dojang.server.pages import code, forms
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.redirects import local_path, see
from dojang.server.pages.render import page
from dojang.server.pages.visitor import signed_in
from dojang.server.parts import parts_of

__all__ = ["filled", "show", "submit"]


async def show(request: Request) -> Response:
    """Show the form; whoever is signed in already is sent on."""
    target = local_path(request.query_params.get("next", ""))
    if await signed_in(request):
        return see(target)
    return filled(request, target=target)


async def submit(request: Request) -> Response:
    """Sign in, and send on; or show the form again with what is wrong."""
    form = await forms.read(request)
    login, target = form.get("login", ""), local_path(form.get("next", ""))
    remember = "remember" in form
    try:
        complaint = _empty(form) or await _sign_in(request, form, remember=remember)
    except SecondFactorNeeded as needed:
        return code.ask(needed, target)
    if complaint is None:
        return see(target)
    return filled(request, complaint, login=login, remember=remember, target=target)


def filled(
    request: Request,
    complaint: Complaint | None = None,
    *,
    login: str = "",
    remember: bool = True,
    target: str,
) -> Response:
    """Return the form with what was typed; never the password."""
    return page(
        request,
        "sign_in",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session_of(request),
        hopeless=request.scope.get(HOPELESS),
        complaint=complaint,
        login=login,
        remember=remember,
        providers=parts_of(request).sign_in_with.providers,
        mail=parts_of(request).mailer is not None,
        next=target,
    )


async def _sign_in(request: Request, form: dict[str, str], *, remember: bool) -> Complaint | None:
    parts = parts_of(request)
    try:
        proven = await parts.sign_in.by_password(
            form["login"], form["password"], address=callers.address(request)
        )
        first = HalfWay(user=proven.user.id, at=proven.at, remember=remember)
        await parts.entrance.enter(request, first)
    except SecondFactorNeeded:
        raise
    except (Rejected, Refused, Unavailable) as error:
        if isinstance(error, InvalidCredentials | TooManyAttempts):
            await parts.journal.refused(request, "login-refused", error)
        if isinstance(error, Unverified):
            await mailing.remind(request, error)
        return Complaint.about(error)
    return None


def _empty(form: dict[str, str]) -> Complaint | None:
    if not form.get("login", "").strip():
        return Complaint.missing("login", "Type your e-mail address or user name.")
    if not form.get("password", ""):
        return Complaint.missing("password", "Type your password.")
    return None
