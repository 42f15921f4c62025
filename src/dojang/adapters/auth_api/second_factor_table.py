"""The routes of second factors, where accounts have them."""

from dojang.adapters.auth_api import second_factor_api as api
from dojang.adapters.auth_api.errors import SessionNeeded
from dojang.adapters.auth_api.models import (
    AddSecondFactor,
    AuthenticatorAnswer,
    Nothing,
    RecoveryCodesAnswer,
    SecondFactorAnswer,
    UserAnswer,
    WithCode,
)
from dojang.adapters.auth_api.table import BODY, NOBODY, Entry
from dojang.auth import TooManyAttempts
from dojang.auth.errors import (
    AlreadyEnrolled,
    FirstFactorNeeded,
    InvalidCode,
    Spent,
    VerifyFirst,
)
from dojang.errors import StaleLogin, TooManySessions, Unavailable

__all__ = ["SECOND_FACTOR"]

SECOND_FACTOR = (
    Entry(
        method="POST",
        path="/login/second-factor",
        handler=api.log_in_with_second_factor,
        body=WithCode,
        answer=UserAnswer,
        errors=(
            *BODY,
            FirstFactorNeeded,
            InvalidCode,
            TooManySessions,
            TooManyAttempts,
            Unavailable,
        ),
    ),
    Entry(
        method="GET",
        path="/second-factor",
        handler=api.show_second_factor,
        answer=SecondFactorAnswer,
        errors=(*NOBODY, Unavailable),
    ),
    Entry(
        method="POST",
        path="/second-factor/begin",
        handler=api.begin_second_factor,
        body=Nothing,
        answer=AuthenticatorAnswer,
        errors=(*BODY, *NOBODY, SessionNeeded, StaleLogin, VerifyFirst, Unavailable),
    ),
    Entry(
        method="POST",
        path="/second-factor",
        handler=api.add_second_factor,
        body=AddSecondFactor,
        status=201,
        answer=RecoveryCodesAnswer,
        errors=(
            *BODY,
            *NOBODY,
            SessionNeeded,
            StaleLogin,
            VerifyFirst,
            Spent,
            InvalidCode,
            AlreadyEnrolled,
            Unavailable,
        ),
    ),
    Entry(
        method="POST",
        path="/second-factor/recovery-codes",
        handler=api.renew_recovery_codes,
        body=WithCode,
        answer=RecoveryCodesAnswer,
        errors=(
            *BODY,
            *NOBODY,
            SessionNeeded,
            StaleLogin,
            InvalidCode,
            TooManyAttempts,
            Unavailable,
        ),
    ),
    Entry(
        method="POST",
        path="/second-factor/remove",
        handler=api.remove_second_factor,
        body=WithCode,
        status=204,
        errors=(
            *BODY,
            *NOBODY,
            SessionNeeded,
            StaleLogin,
            InvalidCode,
            TooManyAttempts,
            Unavailable,
        ),
    ),
)
