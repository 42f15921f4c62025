"""Signing in by mail: asking for it, and the page where the code is typed or the link leads."""

import re

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.auth.errors import SecondFactorNeeded, Spent
from dojang.auth.mailed_sign_in import PURPOSE, MailedSignIn, Ticket
from dojang.auth.one_time import LONGEST
from dojang.errors import Refused, Rejected, Unavailable
from dojang.server.coming_in import come_in
from dojang.server.errors import NotFound
from dojang.server.pages import code as second_factor
from dojang.server.pages import forms
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.redirects import HOME, local_path, see
from dojang.server.pages.render import page, spoken
from dojang.server.pages.visitor import signed_in
from dojang.server.parts import parts_of
from dojang.server.post import language_for, post
from dojang.wire.cookies import Cookie, values
from dojang.words import words_in

__all__ = ["ask", "show", "show_code", "submit"]

_CODE = re.compile(r"[0-9]{6}")


async def show(request: Request) -> Response:
    """Show the form that asks for a mail; whoever is signed in already is sent on."""
    _mailed(request)
    target = local_path(request.query_params.get("next", ""))
    if await signed_in(request):
        return see(target)
    return _asking(request, target=target)


async def ask(request: Request) -> Response:
    """Mail a code and a link to whoever it is, if it is somebody; go on alike in any case."""
    mailed, form = _mailed(request), await forms.read(request)
    login, target = form.get("login", ""), local_path(form.get("next", ""))
    if not login.strip():
        _ = words_in(spoken(request))
        missing = Complaint.missing("login", _("Type your e-mail address or user name."))
        return _asking(request, missing, target=target)
    try:
        asked = await mailed.ask(
            login,
            address=callers.address(request),
            language=language_for(request),
            target=target,
            link=True,
        )
    except (Refused, Unavailable) as error:
        complaint = Complaint.about(error, language=spoken(request))
        return _asking(request, complaint, login=login, target=target)
    post(request, PURPOSE, asked.write, to=None)
    response = see("/sign-in/code")
    response.headers.append("set-cookie", _cookie(request).set(asked.ticket, max_age=LONGEST))
    return response


async def show_code(request: Request) -> Response:
    """Show the form for the code, with the one that a link brought; nothing is used up by that.

    In another browser than the one that asked, it says what to type there.
    """
    mailed, typed = _mailed(request), request.query_params.get("code", "")
    code = typed if _CODE.fullmatch(typed) else ""
    found = _ticket(request, mailed)
    if found is None:
        return page(request, "elsewhere", code=code)
    _, ticket = found
    if await signed_in(request):
        return see(local_path(ticket.target))
    return _telling(request, ticket, code=code)


async def submit(request: Request) -> Response:
    """Sign in with the code, and send on; or show the form again with what is wrong."""
    mailed, form = _mailed(request), await forms.read(request)
    found = _ticket(request, mailed)
    if found is None:
        return see("/sign-in/mail?notice=code-over")
    text, ticket = found
    remember = "remember" in form
    target = local_path(ticket.target)
    try:
        code = form.get("code", "")
        _, claimed = await come_in(request, mailed, text, code, remember=remember)
    except SecondFactorNeeded as needed:
        response = second_factor.ask(needed, target)
    except (Rejected, Refused, Unavailable) as error:
        return _telling(request, ticket, _complaint(request, error), remember=remember)
    else:
        response = see(f"{HOME}?notice=account-claimed" if claimed else target)
    response.headers.append("set-cookie", _cookie(request).delete())
    return response


def _complaint(request: Request, error: Rejected | Refused | Unavailable) -> Complaint:
    if not isinstance(error, Spent):
        return Complaint.about(error, language=spoken(request))
    _ = words_in(spoken(request))
    text = _("This code is not the one, or it is good no more. After five tries ask for another.")
    return Complaint("code", text, error.status, error.code)


def _asking(
    request: Request, complaint: Complaint | None = None, *, login: str = "", target: str
) -> Response:
    return page(
        request,
        "sign_in_by_mail",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session_of(request),
        complaint=complaint,
        login=login,
        next=target,
    )


def _telling(
    request: Request,
    ticket: Ticket,
    complaint: Complaint | None = None,
    *,
    code: str = "",
    remember: bool = True,
) -> Response:
    return page(
        request,
        "sign_in_code",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session_of(request),
        complaint=complaint,
        login=ticket.login,
        code=code,
        remember=remember,
        next=local_path(ticket.target),
    )


def _ticket(request: Request, mailed: MailedSignIn) -> tuple[str, Ticket] | None:
    """Return the newest ticket that this browser has, sealed and open; None where there is none."""
    found: list[tuple[str, Ticket]] = []
    for text in values(request.headers.get("cookie", ""), _cookie(request).name):
        try:
            found.append((text, mailed.read(text)))
        except Spent:
            continue
    return max(found, key=lambda pair: pair[1].began, default=None)


def _cookie(request: Request) -> Cookie:
    """Return the cookie of a ticket."""
    return parts_of(request).sessions.cookie.beside("sign-in-code", comes_back=True)


def _mailed(request: Request) -> MailedSignIn:
    mailed = parts_of(request).mailed_sign_in
    if mailed is None:
        raise NotFound
    return mailed
