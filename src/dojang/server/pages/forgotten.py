"""The pages of a forgotten password: asking for a link, and what the link opens."""

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.auth.errors import Spent
from dojang.auth.password_reset import PURPOSE, PasswordReset
from dojang.errors import Refused, Unavailable
from dojang.server.errors import NotFound
from dojang.server.pages import forms
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.redirects import see
from dojang.server.pages.render import page, spoken
from dojang.server.parts import parts_of
from dojang.server.post import language_for, post
from dojang.words import words_in

__all__ = ["ask", "choose", "set_password", "show"]

#: A token is in the address. With this nothing carries it on, and unlike with `no-referrer` the
#: form still says where it comes from.
_HEADERS = {"referrer-policy": "strict-origin"}


async def show(request: Request) -> Response:
    """Show the form that asks for a link."""
    _reset(request)
    return _asking(request)


async def ask(request: Request) -> Response:
    """Mail a link to whoever it is, if it is somebody; say the same in any case."""
    reset, form = _reset(request), await forms.read(request)
    login = form.get("login", "")
    if not login.strip():
        _ = words_in(spoken(request))
        missing = Complaint.missing("login", _("Type your e-mail address or user name."))
        return _asking(request, missing)
    try:
        write = await reset.ask(
            login, address=callers.address(request), language=language_for(request)
        )
    except (Refused, Unavailable) as error:
        complaint = Complaint.about(error, language=spoken(request))
        return _asking(request, complaint, login=login)
    post(request, PURPOSE, write, to=None)
    return see("/forgot-password?notice=link-mailed")


async def choose(request: Request) -> Response:
    """Show the form for another password; a link that is looked at stays good."""
    token = request.query_params.get("token", "")
    await _reset(request).peek(token)
    return _choosing(request, token)


async def set_password(request: Request) -> Response:
    """Set the password, and send on to sign in with it; or show the form with what is wrong."""
    reset, form = _reset(request), await forms.read(request)
    token, end_sessions = form.get("token", ""), "end_sessions" in form
    try:
        user = await reset.set_password(
            token, form.get("new_password", ""), end_sessions=end_sessions
        )
    except Spent as error:
        await parts_of(request).journal.refused(request, "password-reset-refused", error)
        raise
    except (Refused, Unavailable) as error:
        complaint = Complaint.about(
            error, instead_of={"password": "new_password"}, language=spoken(request)
        )
        return _choosing(request, token, complaint, end_sessions=end_sessions)
    await parts_of(request).journal.note(
        request, "password-reset", user=user.id, sessions_ended=end_sessions
    )
    return see("/sign-in?notice=password-reset")


def _asking(request: Request, complaint: Complaint | None = None, *, login: str = "") -> Response:
    return page(
        request,
        "forgot_password",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session_of(request),
        complaint=complaint,
        login=login,
    )


def _choosing(
    request: Request, token: str, complaint: Complaint | None = None, *, end_sessions: bool = True
) -> Response:
    return page(
        request,
        "reset_password",
        status=complaint.status if complaint else 200,
        headers={**_HEADERS, **(complaint.headers if complaint else {})},
        session=session_of(request),
        complaint=complaint,
        token=token,
        end_sessions=end_sessions,
        minimum=parts_of(request).accounts.policy.minimum,
    )


def _reset(request: Request) -> PasswordReset:
    reset = parts_of(request).password_reset
    if reset is None:
        raise NotFound
    return reset
