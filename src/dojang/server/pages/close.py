"""The page where somebody closes their account."""

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.server import closing
from dojang.server.pages import confirm, forms
from dojang.server.pages.redirects import see
from dojang.server.pages.render import page
from dojang.server.pages.visitor import entrance, signed_in

__all__ = ["PATH", "show", "submit"]

PATH = "/account/close"


async def show(request: Request) -> Response:
    """Say what becomes of an account, to whoever signed in to it lately."""
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    away = await confirm.first(request, back=PATH)
    return away or page(request, "close", session=session_of(request), user=user)


async def submit(request: Request) -> Response:
    """Disable or delete the account, and say so."""
    form = await forms.read(request)
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    if away := await confirm.first(request, back=PATH):
        return away
    match form.get("how", ""):
        case "disable":
            await closing.disable(request, user)
            return see("/sign-in?notice=account-disabled")
        case "delete":
            await closing.delete(request, user)
            return see("/sign-in?notice=account-deleted")
        case _:
            return see(PATH)
