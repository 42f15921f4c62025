"""The page between the two factors: it asks for the code."""

from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.auth.errors import FirstFactorNeeded, InvalidCode, SecondFactorNeeded
from dojang.errors import Refused, Rejected, Unavailable
from dojang.server.pages import forms
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.redirects import HOME, local_path, see
from dojang.server.pages.render import page, spoken
from dojang.server.pages.visitor import signed_in
from dojang.server.parts import parts_of
from dojang.words import words_in

__all__ = ["PATH", "about_code", "ask", "show", "submit"]

PATH = "/sign-in/second-factor"


def ask(needed: SecondFactorNeeded, target: str) -> Response:
    """Send somebody who has shown the first factor to this page.

    Args:
        needed: What `Entrance.enter` said.
        target: Where they were going: a path of our own.
    """
    response = see(_with_target(PATH, target))
    response.headers.append("set-cookie", needed.cookie)
    return response


async def show(request: Request) -> Response:
    """Show the form; whoever is signed in is sent on, whoever has shown nothing to the sign-in."""
    target = local_path(request.query_params.get("next", ""))
    if await signed_in(request):
        return see(target)
    if parts_of(request).factors.half_ways.find(request.headers.get("cookie", "")) is None:
        return see(_with_target("/sign-in", target))
    return _filled(request, target=target)


async def submit(request: Request) -> Response:
    """Sign in, and send on; or show the form again with what is wrong."""
    form = await forms.read(request)
    target = local_path(form.get("next", ""))
    if not form.get("code", "").strip():
        _ = words_in(spoken(request))
        complaint = Complaint.missing("code", _("Type the code."))
        return _filled(request, complaint, target=target)
    parts = parts_of(request)
    try:
        await parts.entrance.go_on(request, form["code"])
    except FirstFactorNeeded:
        return see(_with_target("/sign-in", target, notice="too-slow"))
    except (Rejected, Refused, Unavailable) as error:
        return _filled(request, about_code(request, error), target=target)
    response = see(target)
    response.headers.append("set-cookie", parts.factors.half_ways.dropped())
    return response


def about_code(request: Request, error: Rejected | Refused | Unavailable) -> Complaint:
    """Return what an error means for whoever typed a code."""
    complaint = Complaint.about(error, language=spoken(request))
    of_code = isinstance(error, InvalidCode | SecondFactorNeeded)
    return replace(complaint, field="code") if of_code else complaint


def _filled(request: Request, complaint: Complaint | None = None, *, target: str) -> Response:
    return page(
        request,
        "code",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session_of(request),
        complaint=complaint,
        next=target,
    )


def _with_target(path: str, target: str, **more: str) -> str:
    query = {**({"next": target} if target != HOME else {}), **more}
    return f"{path}?{urlencode(query)}" if query else path
