"""The page that asks once more who somebody is, before what must not happen behind their back."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.auth import InvalidCredentials, User
from dojang.errors import Refused, Rejected, Unavailable
from dojang.server.pages import forms, words
from dojang.server.pages.code import about_code
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.redirects import local_path, see
from dojang.server.pages.render import page, spoken
from dojang.server.pages.visitor import entrance, signed_in
from dojang.server.parts import parts_of
from dojang.words import words_in

__all__ = ["PATH", "first", "show", "submit"]

PATH = "/confirm"


async def first(request: Request, *, back: str) -> Response | None:
    """Return what sends somebody to this page, whose login is too old; None for a fresh one.

    A form that was sent is not sent again: they are told that nothing was done.

    Args:
        request: Of whoever is signed in.
        back: Where they go then: the page on which they asked for it.
    """
    parts = parts_of(request)
    if await parts.confirming.fresh(request, within=parts.settings.fresh_login):
        return None
    told = {"notice": "not-done"} if request.method == "POST" else {}
    return see(f"{PATH}?{urlencode({'next': back, **told})}")


async def show(request: Request) -> Response:
    """Show what the account has to prove it with."""
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    return await _filled(request, user, target=local_path(request.query_params.get("next", "")))


async def submit(request: Request) -> Response:
    """Take a password or a code, and send back; or show the form again with what is wrong."""
    form = await forms.read(request)
    target = local_path(form.get("next", ""))
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    complaint = await _confirm(request, form)
    return see(target) if complaint is None else await _filled(request, user, complaint, target)


async def _confirm(request: Request, form: dict[str, str]) -> Complaint | None:
    confirming, _ = parts_of(request).confirming, words_in(spoken(request))
    try:
        if code := form.get("code", "").strip():
            await confirming.by_code(request, code)
        elif password := form.get("password", ""):
            await confirming.by_password(request, password)
        elif "code" in form:
            return Complaint.missing("code", _("Type the code."))
        else:
            return Complaint.missing("password", _("Type your password."))
    except InvalidCredentials as error:
        return Complaint("password", _(words.OLD_PASSWORD), error.status, error.code)
    except (Rejected, Refused, Unavailable) as error:
        return about_code(request, error)
    return None


async def _filled(
    request: Request, user: User, complaint: Complaint | None = None, target: str = ""
) -> Response:
    parts = parts_of(request)
    has_code = await parts.factors.second.needed(user.id)
    links = {link.provider for link in await parts.links.list(user.id)}
    return page(
        request,
        "confirm",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session_of(request),
        complaint=complaint,
        user=user,
        has_code=has_code,
        has_password=not has_code and await parts.links.has_password(user.id),
        providers=[
            one for one in parts.sign_in_with.providers if one.name in links and not has_code
        ],
        next=target,
    )
