"""Cookies that go along with an answer, whoever makes it."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["OwnCookies", "set_cookie"]

#: Where in the scope the lines of a request stand.
_LINES = "dojang.own-cookies"


def set_cookie(request: Request, line: str) -> None:
    """Send a Set-Cookie line along with the answer to a request."""
    request.scope[_LINES].append(line)


class OwnCookies:
    """Adds the lines to each answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        lines: list[str] = []
        scope[_LINES] = lines

        async def send_with_lines(message: Message) -> None:
            if lines and message["type"] == "http.response.start":
                message = {**message, "headers": list(message.get("headers", ()))}
                headers = MutableHeaders(scope=message)
                for line in lines:
                    headers.append("set-cookie", line)
                headers["cache-control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_lines)
