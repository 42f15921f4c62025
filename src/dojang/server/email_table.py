"""The routes of e-mail addresses, which the server has beside those of every API."""

from dojang.adapters.auth_api.errors import SessionNeeded
from dojang.adapters.auth_api.models import Nothing, UserAnswer
from dojang.adapters.auth_api.table import BODY, NOBODY, PASSWORD, Entry
from dojang.auth import AlreadyTaken, InvalidCredentials, InvalidInput, TooBusy
from dojang.auth.errors import SignInFirst, Spent
from dojang.errors import StaleLogin, Unavailable
from dojang.server import email_api
from dojang.server.email_models import ChangeEmail, MailedToken, VerifyEmail
from dojang.server.errors import NotFound

__all__ = ["EMAILS"]

EMAILS = (
    Entry(
        method="POST",
        path="/email/verification",
        handler=email_api.send_verification,
        body=Nothing,
        status=202,
        errors=(*BODY, *NOBODY, NotFound, Unavailable),
    ),
    Entry(
        method="POST",
        path="/email/verify",
        handler=email_api.verify_email,
        body=VerifyEmail,
        answer=UserAnswer,
        errors=(
            *BODY,
            *NOBODY,
            Spent,
            SignInFirst,
            InvalidInput,
            AlreadyTaken,
            TooBusy,
            Unavailable,
        ),
    ),
    Entry(
        method="POST",
        path="/email",
        handler=email_api.ask_for_email,
        body=ChangeEmail,
        status=202,
        errors=(
            *BODY,
            *NOBODY,
            SessionNeeded,
            StaleLogin,
            InvalidCredentials,
            NotFound,
            InvalidInput,
            *PASSWORD,
            Unavailable,
        ),
    ),
    Entry(
        method="POST",
        path="/email/change",
        handler=email_api.change_email,
        body=MailedToken,
        answer=UserAnswer,
        errors=(*BODY, *NOBODY, Spent, SignInFirst, AlreadyTaken, Unavailable),
    ),
    Entry(
        method="POST",
        path="/email/undo",
        handler=email_api.undo_email,
        body=MailedToken,
        answer=UserAnswer,
        errors=(*BODY, Spent, AlreadyTaken, Unavailable),
    ),
    Entry(
        method="POST",
        path="/sessions/disown",
        handler=email_api.disown_session,
        body=MailedToken,
        status=204,
        errors=(*BODY, Spent, Unavailable),
    ),
)
