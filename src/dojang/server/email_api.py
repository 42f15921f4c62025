"""The API for e-mail addresses: verifying them, changing them, and taking back what a thief did."""

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.adapters.auth_api.answers import Answer, empty
from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.auth_api.bodies import read
from dojang.adapters.auth_api.models import Nothing, UserAnswer
from dojang.server import mailing
from dojang.server.email_models import ChangeEmail, MailedToken, VerifyEmail

__all__ = ["ask_for_email", "change_email", "disown_session", "send_verification", "undo_email"]
__all__ += ["verify_email"]


async def send_verification(api: AuthApi, request: Request) -> Answer:
    """Mail the link that verifies the address of this account, where it is not verified yet."""
    await read(request, Nothing)
    mailing.send_verification(request, await api.signed_in(request))
    return Answer(None, 202)


async def verify_email(api: AuthApi, request: Request) -> Answer:
    """Verify an address with the token of the link that was mailed to it.

    A sign-up makes its account then. The password that was typed for it is in the cookie of the
    browser that signed up; from elsewhere, send one along.
    """
    form = await read(request, VerifyEmail)
    somebody = session_of(request).user is not None or callers.bearer(request) is not None
    shown = await mailing.verify(
        request,
        form.token,
        await api.signed_in(request) if somebody else None,
        password=form.password,
        username=form.username,
        name=form.name,
    )
    return Answer(UserAnswer.of(shown.user))


async def ask_for_email(api: AuthApi, request: Request) -> Answer:
    """Mail a link to the address that this account shall have, with the password as the proof.

    The answer does not say whether another account has the address.
    """
    form = await read(request, ChangeEmail)
    user = await api.signed_in(request)
    await mailing.begin_change(request, user, form.email, form.password)
    return Answer(None, 202)


async def change_email(api: AuthApi, request: Request) -> Answer:
    """Give this account the address that a link was mailed to; the one until now is told."""
    form = await read(request, MailedToken)
    user = await api.signed_in(request)
    return Answer(UserAnswer.of(await mailing.change(request, form.token, user)))


async def undo_email(api: AuthApi, request: Request) -> Answer:
    """Put the address back that an account had, and sign out everywhere."""
    del api
    form = await read(request, MailedToken)
    return Answer(UserAnswer.of(await mailing.put_back(request, form.token)))


async def disown_session(api: AuthApi, request: Request) -> Answer:
    """End the session on a device that the owner of the account does not know."""
    del api
    form = await read(request, MailedToken)
    await mailing.disown(request, form.token)
    return empty()
