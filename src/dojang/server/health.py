"""Whether the process runs, and whether it can do its work."""

from collections.abc import Awaitable, Mapping

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dojang.errors import Unavailable
from dojang.server import problems
from dojang.server.errors import NotReady
from dojang.server.log import log_of
from dojang.server.parts import Parts, parts_of

__all__ = ["readiness", "routes"]

#: Nobody's: a question that costs a look-up and finds nothing.
_NOBODY = "readiness-check-nobody"

_NOT_KEPT = {"Cache-Control": "no-store"}


async def readiness(parts: Parts) -> Mapping[str, str]:
    """Return which parts do not answer, with the reasons; nothing when all is well."""
    found = {
        "accounts": await _trouble(parts.accounts.find(_NOBODY)),
        "sessions": await _trouble(parts.sessions.list(_NOBODY)),
    }
    return {part: reason for part, reason in found.items() if reason}


async def _trouble(question: Awaitable[object]) -> str:
    try:
        await question
    except Unavailable as error:
        return str(error)
    return ""


class _Alive(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        del request
        return PlainTextResponse("ok\n", headers=_NOT_KEPT)


class _Ready(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        if troubles := await readiness(parts_of(request)):
            # The reasons are for whoever keeps the server, and anybody can ask here.
            log_of(request.scope).warning("not-ready", **troubles)
            return problems.answer(NotReady(f"not ready: {', '.join(troubles)}"))
        return PlainTextResponse("ready\n", headers=_NOT_KEPT)


#: Endpoints that take every method and refuse all but one, or it would be looked for further on.
routes = [Route("/healthz", _Alive), Route("/readyz", _Ready)]
