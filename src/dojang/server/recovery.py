"""The API for people who have no password, or have forgotten it: what is mailed to them."""

from starlette.requests import Request

from dojang.adapters.auth_api import callers
from dojang.adapters.auth_api.answers import Answer, empty
from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.auth_api.bodies import read
from dojang.adapters.auth_api.models import UserAnswer
from dojang.auth import mailed_sign_in, password_reset
from dojang.auth.errors import Spent
from dojang.auth.mailed_sign_in import MailedSignIn
from dojang.auth.password_reset import PasswordReset
from dojang.server.coming_in import come_in
from dojang.server.errors import NotFound
from dojang.server.parts import parts_of
from dojang.server.post import language_for, post
from dojang.server.recovery_models import (
    MailCode,
    MailLink,
    ResetPassword,
    TellCode,
    TicketAnswer,
)

__all__ = ["log_in_with_code", "mail_code", "mail_link", "reset_password"]


async def mail_link(api: AuthApi, request: Request) -> Answer:
    """Mail a link for a new password, if there is such an account; the answer does not say."""
    del api
    reset, form = _reset(request), await read(request, MailLink)
    write = await reset.ask(
        form.login, address=callers.address(request), language=language_for(request)
    )
    post(request, password_reset.PURPOSE, write, to=None)
    return Answer(None, 202)


async def reset_password(api: AuthApi, request: Request) -> Answer:
    """Set another password with the token of a link that was mailed; nobody is signed in by it."""
    del api
    reset, form = _reset(request), await read(request, ResetPassword)
    journal = parts_of(request).journal
    try:
        user = await reset.set_password(form.token, form.password, end_sessions=form.end_sessions)
    except Spent as error:
        await journal.refused(request, "password-reset-refused", error)
        raise
    await journal.note(request, "password-reset", user=user.id, sessions_ended=form.end_sessions)
    return empty()


async def mail_code(api: AuthApi, request: Request) -> Answer:
    """Mail six digits for signing in, if there is such an account; the answer does not say."""
    del api
    mailed, form = _mailed(request), await read(request, MailCode)
    asked = await mailed.ask(
        form.login, address=callers.address(request), language=language_for(request)
    )
    post(request, mailed_sign_in.PURPOSE, asked.write, to=None)
    return Answer(TicketAnswer(ticket=asked.ticket), 202)


async def log_in_with_code(api: AuthApi, request: Request) -> Answer:
    """Sign in with the six digits that were mailed."""
    del api
    mailed, form = _mailed(request), await read(request, TellCode)
    user, _ = await come_in(request, mailed, form.ticket, form.code, remember=form.remember)
    return Answer(UserAnswer.of(user))


def _reset(request: Request) -> PasswordReset:
    reset = parts_of(request).password_reset
    if reset is None:
        raise NotFound
    return reset


def _mailed(request: Request) -> MailedSignIn:
    mailed = parts_of(request).mailed_sign_in
    if mailed is None:
        raise NotFound
    return mailed
