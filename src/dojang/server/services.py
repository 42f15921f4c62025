"""Who asks as a service, with a key of its own."""

from starlette.requests import Request

from dojang.adapters.auth_api.callers import bearer
from dojang.errors import Rejected
from dojang.server.errors import InvalidClient
from dojang.server.parts import parts_of

__all__ = ["check_service"]


async def check_service(request: Request) -> None:
    """Let a service in.

    Raises:
        InvalidClient: No key came, or one that is not good.
        Unavailable: The store did not answer.
    """
    parts = parts_of(request)
    try:
        await parts.service_keys.check(bearer(request) or "", now=parts.tokens.clock())
    except Rejected as rejected:
        raise InvalidClient from rejected
