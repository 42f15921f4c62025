"""The routes of what is mailed to people, which the server has where it can send mail."""

from dojang.adapters.auth_api.models import UserAnswer
from dojang.adapters.auth_api.table import BODY, Entry
from dojang.auth import InvalidInput, TooBusy, TooManyAttempts
from dojang.auth.errors import SecondFactorNeeded, Spent
from dojang.errors import TooManySessions, Unavailable
from dojang.server import recovery
from dojang.server.errors import NotFound
from dojang.server.recovery_models import (
    MailCode,
    MailLink,
    ResetPassword,
    TellCode,
    TicketAnswer,
)

__all__ = ["RECOVERY"]

RECOVERY = (
    Entry(
        method="POST",
        path="/password/forgotten",
        handler=recovery.mail_link,
        body=MailLink,
        status=202,
        errors=(*BODY, NotFound, TooManyAttempts, Unavailable),
    ),
    Entry(
        method="POST",
        path="/password/reset",
        handler=recovery.reset_password,
        body=ResetPassword,
        status=204,
        errors=(*BODY, NotFound, Spent, InvalidInput, TooBusy, Unavailable),
    ),
    Entry(
        method="POST",
        path="/login/mail",
        handler=recovery.mail_code,
        body=MailCode,
        status=202,
        answer=TicketAnswer,
        errors=(*BODY, NotFound, TooManyAttempts, Unavailable),
    ),
    Entry(
        method="POST",
        path="/login/code",
        handler=recovery.log_in_with_code,
        body=TellCode,
        answer=UserAnswer,
        errors=(
            *BODY,
            NotFound,
            Spent,
            SecondFactorNeeded,
            TooManyAttempts,
            TooManySessions,
            Unavailable,
        ),
    ),
)
