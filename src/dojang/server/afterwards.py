"""What is done once a request has been answered: how long it takes tells nobody anything.

Nor is it done at once: whoever asks again would feel in the second answer that there is work.
"""

from collections.abc import Awaitable, Callable

from anyio import sleep
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from dojang.server.log import log_of
from dojang.wire import entropy

__all__ = ["Afterwards", "Errand", "afterwards"]

#: Does something, with an error of its own where it cannot.
Errand = Callable[[], Awaitable[None]]

#: Where in the scope the errands of a request stand.
_ERRANDS = "dojang.afterwards"


def afterwards(request: Request, errand: Errand) -> None:
    """Have something done when the answer to a request has left.

    What goes wrong then is logged, and nobody else is told.
    """
    request.scope[_ERRANDS].append(errand)


class Afterwards:
    """Does what is left to do after each answer."""

    def __init__(self, app: ASGIApp, *, spread: float) -> None:
        """Wrap `app`, which logs.

        Args:
            app: Any ASGI application.
            spread: Seconds; it is done some time within them, and nobody knows when.
        """
        self._app = app
        self._spread = spread

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        errands: list[Errand] = []
        scope[_ERRANDS] = errands
        await self._app(scope, receive, send)
        if errands and self._spread:
            await sleep(self._spread * int(entropy.digits(4)) / 10_000)
        for errand in errands:
            try:
                await errand()
            except Exception:  # noqa: BLE001 - the answer has left, and the next errand is another's
                log_of(scope).exception("failed afterwards", path=scope["path"])
