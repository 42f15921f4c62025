"""An ASGI middleware that reads bodies up to a limit and no further."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dojang.adapters.auth_api.errors import BodyTooLarge

__all__ = ["BodyLimit"]


class BodyLimit:
    """Refuses a body that says it is too large, and stops reading one that turns out to be."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """Wrap `app`.

        Args:
            app: Any ASGI application.
            limit: Bytes of a body, inclusive.
        """
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection.

        Raises:
            BodyTooLarge: At once, or to whoever reads the body.
        """
        if scope["type"] == "http" and _announced(scope) > self._limit:
            raise BodyTooLarge(self._limit)
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise BodyTooLarge(self._limit)
            return message

        return counted


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
