"""The API of tokens: a pair for a password or a session, and the next pair for a refresh token."""

from starlette.requests import Request

from dojang.adapters.auth_api import callers
from dojang.adapters.auth_api.answers import Answer
from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.auth_api.bodies import read
from dojang.adapters.auth_api.errors import InvalidBody
from dojang.adapters.auth_api.models import PairAnswer, Refresh, TokenRequest
from dojang.adapters.headers import device
from dojang.auth import InvalidCredentials, TooManyAttempts, Unverified
from dojang.auth.half_way import HalfWay
from dojang.errors import Reused
from dojang.server import mailing
from dojang.server.parts import parts_of
from dojang.tokens import Pair

__all__ = ["make_token", "refresh_token"]


async def make_token(api: AuthApi, request: Request) -> Answer:
    """Make a pair of tokens, for a login and a password, or else for the session of the request."""
    form = await read(request, TokenRequest)
    if form.login is None and form.password is None:
        user = await api.signed_in(request)
        pair = await parts_of(request).tokens.of_session(callers.session(request))
        await parts_of(request).journal.note(
            request, "token-made", user=user.id, device=pair.handle
        )
        return _answer(request, pair)
    if form.login is None or form.password is None:
        missing = "login" if form.login is None else "password"
        raise InvalidBody(missing, f"{missing} is missing; write both, or neither with a session")
    return _answer(request, await _by_password(api, request, form))


async def refresh_token(api: AuthApi, request: Request) -> Answer:
    """Use a refresh token; all who use it at the same time get the same next one."""
    del api
    form = await read(request, Refresh)
    try:
        pair = await parts_of(request).tokens.refresh(form.refresh_token)
    except Reused as error:
        await parts_of(request).journal.warn(
            request, "refresh-token-reused", user=error.user, device=error.device
        )
        raise
    return _answer(request, pair)


async def _by_password(api: AuthApi, request: Request, form: TokenRequest) -> Pair:
    parts = parts_of(request)
    address = callers.address(request)
    try:
        proven = await parts.sign_in.by_password(
            form.login or "", form.password or "", address=address
        )
    except (InvalidCredentials, TooManyAttempts) as error:
        await parts.journal.refused(request, "login-refused", error)
        raise
    except Unverified as error:
        await mailing.remind(request, error)
        raise
    here = device(address, request.headers.get("user-agent", ""))
    first = HalfWay(user=proven.user.id)
    methods = await api.entrance.methods(request, first, code=form.code, by_cookie=False)
    pair = await parts.tokens.begin(proven.user.id, at=proven.at, methods=methods, device=here)
    await parts.journal.note(request, "token-made", user=proven.user.id, device=pair.handle)
    return pair


def _answer(request: Request, pair: Pair) -> Answer:
    return Answer(PairAnswer.of(pair, now=parts_of(request).tokens.clock()))
