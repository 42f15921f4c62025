"""Another password for whoever is signed in."""

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.auth import InvalidCredentials, User
from dojang.errors import Refused, Unavailable
from dojang.server.pages import account, forms, words
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.redirects import HOME, see
from dojang.server.pages.visitor import entrance, signed_in
from dojang.server.parts import parts_of

__all__ = ["submit"]


async def submit(request: Request) -> Response:
    """Change the password and sign out everywhere else; or show the page with what is wrong."""
    form = await forms.read(request)
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    complaint = _empty(form) or await _change(request, user, form)
    if complaint is not None:
        return await account.filled(request, user, complaint)
    await callers.go_on(request)
    await parts_of(request).journal.note(request, "password-changed", user=user.id)
    return see(f"{HOME}?notice=password-changed")


async def _change(request: Request, user: User, form: dict[str, str]) -> Complaint | None:
    try:
        await parts_of(request).changes.change_password(
            user.id,
            old=form["old_password"],
            new=form["new_password"],
            but=session_of(request),
            address=callers.address(request),
        )
    except InvalidCredentials as error:
        await parts_of(request).journal.refused(request, "password-refused", error)
        return Complaint("old_password", words.OLD_PASSWORD, error.status, error.code)
    except (Refused, Unavailable) as error:
        return Complaint.about(error, instead_of={"password": "new_password"})
    return None


def _empty(form: dict[str, str]) -> Complaint | None:
    if not form.get("old_password", ""):
        return Complaint.missing("old_password", "Type the password you have now.")
    if not form.get("new_password", ""):
        return Complaint.missing("new_password", "Type the password you want to have.")
    return None
