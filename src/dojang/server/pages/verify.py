"""The page that a link opens which shows whose an e-mail address is.

In the browser that asked for it a button is enough. Elsewhere a password is chosen there, because
what was typed for the address may be a stranger's.
"""

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.auth.showing import Unshown
from dojang.errors import Refused, Unavailable
from dojang.server import mailing
from dojang.server.pages import forms
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.redirects import HOME, see
from dojang.server.pages.render import page, spoken
from dojang.server.pages.visitor import signed_in
from dojang.server.parts import parts_of

__all__ = ["PATH", "show", "submit"]

PATH = "/verify-email"

#: A token is in the address. With this nothing carries it on, and unlike with `no-referrer` the
#: form still says where it comes from.
_HEADERS = {"referrer-policy": "strict-origin"}


async def show(request: Request) -> Response:
    """Ask first: whatever opened the address has changed nothing."""
    token = request.query_params.get("token", "")
    found = await mailing.peek(request, token, await signed_in(request))
    return _asking(request, token, found)


async def submit(request: Request) -> Response:
    """Do it, and say so; or show the form with what is wrong."""
    form = await forms.read(request)
    token, name = form.get("token", ""), form.get("name", "").strip()
    user = await signed_in(request)
    found = await mailing.peek(request, token, user)
    try:
        shown = await mailing.verify(
            request, token, user, password=form.get("password") or None, name=name or None
        )
    except (Refused, Unavailable) as error:
        complaint = Complaint.about(error, language=spoken(request))
        return _asking(request, token, found, complaint, name=name)
    notice = "password-reset" if shown.closed else "email-verified"
    door = HOME if user else "/sign-in"
    return see(f"{door}?notice={notice}")


def _asking(
    request: Request,
    token: str,
    found: Unshown,
    complaint: Complaint | None = None,
    *,
    name: str = "",
) -> Response:
    return page(
        request,
        "verify_email",
        status=complaint.status if complaint else 200,
        headers={**_HEADERS, **(complaint.headers if complaint else {})},
        session=session_of(request),
        complaint=complaint,
        token=token,
        email=found.email,
        choose=found.choose,
        new=found.user is None,
        name=name,
        minimum=parts_of(request).accounts.policy.minimum,
    )
