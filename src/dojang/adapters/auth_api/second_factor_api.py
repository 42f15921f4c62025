"""The API of second factors: the code at the sign-in, and what an account has."""

from starlette.requests import Request

from dojang.adapters.auth_api import callers
from dojang.adapters.auth_api.answers import Answer, empty
from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.auth_api.bodies import read
from dojang.adapters.auth_api.entrance import Factors
from dojang.adapters.auth_api.models import (
    AddSecondFactor,
    AuthenticatorAnswer,
    Nothing,
    RecoveryCodesAnswer,
    SecondFactorAnswer,
    UserAnswer,
    WithCode,
)
from dojang.auth import TooManyAttempts, User
from dojang.auth.errors import InvalidCode

__all__ = [
    "add_second_factor",
    "begin_second_factor",
    "log_in_with_second_factor",
    "remove_second_factor",
    "renew_recovery_codes",
    "show_second_factor",
]


async def log_in_with_second_factor(api: AuthApi, request: Request) -> Answer:
    """Sign in with the code, after the first factor was shown in the same browser."""
    form = await read(request, WithCode)
    factors = _factors(api)
    user = await api.entrance.go_on(request, form.code)
    answer = Answer(UserAnswer.of(user))
    answer.headers.append("set-cookie", factors.half_ways.dropped())
    return answer


async def show_second_factor(api: AuthApi, request: Request) -> Answer:
    """Say whether this account has a second factor."""
    user = await api.signed_in(request)
    return Answer(SecondFactorAnswer.of(await _factors(api).second.state(user.id)))


async def begin_second_factor(api: AuthApi, request: Request) -> Answer:
    """Make an authenticator for an app to read; it counts once a code of it was sent."""
    await read(request, Nothing)
    user = await api.fresh_user(request)
    factors = _factors(api)
    factors.admit(user)
    begun = factors.second.enrolments.begin(user.id)
    shown = user.email or user.username or user.id
    address = begun.authenticator.address(account=shown, issuer=factors.issuer)
    return Answer(
        AuthenticatorAnswer(secret=begun.authenticator.secret, address=address, ticket=begun.ticket)
    )


async def add_second_factor(api: AuthApi, request: Request) -> Answer:
    """Add the authenticator that was begun, and sign out everywhere else."""
    form = await read(request, AddSecondFactor)
    user = await api.fresh_user(request)
    _factors(api).admit(user)
    codes = await _factors(api).second.add(user.id, form.ticket, form.code)
    await api.end_others_of(request, user)
    await api.journal.note(request, "second-factor-added", user=user.id)
    await api.confirming.renew(request, "otp", at=api.clock())
    return Answer(RecoveryCodesAnswer(recovery_codes=list(codes)), 201)


async def renew_recovery_codes(api: AuthApi, request: Request) -> Answer:
    """Make new recovery codes, for a last code; the old ones are good for nothing from then on."""
    user = await _shown_again(api, request)
    codes = await _factors(api).second.renew_codes(user.id)
    await api.journal.note(request, "recovery-codes-renewed", user=user.id)
    return Answer(RecoveryCodesAnswer(recovery_codes=list(codes)))


async def remove_second_factor(api: AuthApi, request: Request) -> Answer:
    """Remove the second factor of this account, for a last code of it."""
    user = await _shown_again(api, request)
    await _factors(api).second.remove(user.id)
    await api.journal.note(request, "second-factor-removed", user=user.id)
    await callers.go_on(request)
    return empty()


async def _shown_again(api: AuthApi, request: Request) -> User:
    """Return who is signed in, and has the second factor at hand that is to be changed.

    A fresh login is not enough, though it showed a code: whoever has the session has that.
    """
    form = await read(request, WithCode)
    user = await api.fresh_user(request)
    try:
        await _factors(api).second.check(user.id, form.code, address=callers.address(request))
    except (InvalidCode, TooManyAttempts) as error:
        await api.journal.refused(request, "second-factor-refused", error)
        raise
    return user


def _factors(api: AuthApi) -> Factors:
    assert api.factors is not None  # the routes are there with them only
    return api.factors
