"""A WebSocket that is refused: in the answer to its handshake, or by its close code."""

from dojang.adapters.asgi.messages import Message, Scope, Send, encoded
from dojang.adapters.problems import log
from dojang.errors import DojangError, Misuse
from dojang.wire import problem

__all__ = ["Denial"]

#: What a server offers that can answer a handshake as it answers a request.
_EXTENSION = "websocket.http.response"

#: Added to the status, for the close code: the range of applications (RFC 6455 section 7.4.2).
_APPLICATIONS = 4000


class Denial:
    """Knows how far a socket has come, and refuses it in the words that are left."""

    def __init__(self, scope: Scope, send: Send) -> None:
        """Stand between an application and its server."""
        self._answers = _EXTENSION in (scope.get("extensions") or {})
        self._send = send
        self._accepted = self._over = False

    async def send(self, message: Message) -> None:
        """Take what the application says; this is the `send` it is called with."""
        self._accepted = self._accepted or message["type"] == "websocket.accept"
        self._over = self._over or message["type"] not in {"websocket.accept", "websocket.send"}
        await self._send(message)

    async def caught(self, error: DojangError) -> None:
        """Refuse with what the application raised.

        Raises:
            DojangError: It has closed the socket already, or did wrong itself.
        """
        if self._over or isinstance(error, Misuse):
            raise error
        log(error)
        if self._accepted or not self._answers:
            code = _APPLICATIONS + error.status
            await self._send({"type": "websocket.close", "code": code, "reason": error.code})
            return
        headers = encoded(problem.headers(error))
        start = {"type": f"{_EXTENSION}.start", "status": error.status, "headers": headers}
        await self._send(start)
        await self._send({"type": f"{_EXTENSION}.body", "body": problem.body(error)})
