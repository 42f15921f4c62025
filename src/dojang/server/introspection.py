"""Whose session a cookie is, for services in any language."""

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.auth_api.answers import Answer
from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.auth_api.bodies import read
from dojang.adapters.auth_api.models import CookieHeader, KnownSessionAnswer
from dojang.adapters.nobody import nobody
from dojang.server.parts import parts_of
from dojang.server.services import check_service

__all__ = ["introspect_session"]


async def introspect_session(api: AuthApi, request: Request) -> Response:
    """Say whose session the Cookie header of a browser stands for; the session is not extended."""
    del api
    await check_service(request)
    form = await read(request, CookieHeader)
    parts = parts_of(request)
    session = (await parts.sessions.open(form.cookie)).session
    user = None if session.user is None else await parts.accounts.find(str(session.user))
    if user is None:
        return Answer(KnownSessionAnswer(active=False, code=nobody(session).code))
    return Answer(KnownSessionAnswer.of(user, session))
