"""Signing out, here and now."""

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.server.pages import forms
from dojang.server.pages.redirects import see
from dojang.server.pages.render import page
from dojang.server.pages.visitor import entrance, signed_in
from dojang.server.parts import parts_of

__all__ = ["show", "submit"]


async def show(request: Request) -> Response:
    """Ask first: an address that somebody followed changes nothing."""
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    return page(request, "sign_out", session=session_of(request), user=user)


async def submit(request: Request) -> Response:
    """End this session."""
    await forms.read(request)
    session = session_of(request)
    user = session.user
    if user is not None:
        await parts_of(request).journal.note(request, "logged-out", user=str(user))
    session.logout()
    return see("/sign-in?notice=signed-out")
