"""What happens to a request of a page when something says no."""

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.errors import Refused, Rejected, Unavailable
from dojang.server.pages.render import refusal_page, unavailable_page

__all__ = ["guarded"]

Handler = Callable[[Request], Awaitable[Response]]

_ERROR = 400


def guarded(handler: Handler) -> Handler:
    """Return `handler` with refusals and trouble shown as pages.

    The session is written before the answer is final, so that what goes wrong there is a page
    too. Faults in the program go on to whoever logs them.
    """

    @wraps(handler)
    async def shown(request: Request) -> Response:
        try:
            response = await handler(request)
            if response.status_code < _ERROR:
                await session_of(request).save()
        except Unavailable as error:
            return unavailable_page(request, error)
        except (Refused, Rejected) as error:
            return refusal_page(request, error)
        return response

    return shown
