"""Open WebSockets, and the one ticker that closes those whose session was ended."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from dojang.errors import DojangError
from dojang.session.session import Session
from dojang.sessions import Sessions

__all__ = ["SESSION_ENDED", "Sockets"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: The close code of a socket whose session was ended: in the range for applications (RFC 6455
#: section 7.4.2), and 4000 + the HTTP status that means the same.
SESSION_ENDED = 4401

#: Seconds between two looks at the sessions of open sockets.
_EVERY = 1.0


class Sockets:
    """All open sockets of this process; the ticker runs only while there are any."""

    def __init__(self, sessions: Sessions) -> None:
        """Watch over sessions of `sessions`."""
        self._sessions = sessions
        self._open: dict[_Socket, None] = {}
        self._ticker: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def watch(
        self, session: Session, receive: Receive, send: Send
    ) -> AsyncGenerator[tuple[Receive, Send]]:
        """Yield the `receive` and `send` that one connection should use."""
        socket = _Socket(session, receive, send)
        self._open[socket] = None
        if self._ticker is None:
            self._ticker = asyncio.create_task(self._tick())
        try:
            yield socket.receive, socket.send
        finally:
            del self._open[socket]
            if not self._open:
                self._ticker.cancel()
                self._ticker = None

    async def look(self) -> None:
        """Close every socket whose session was ended; a store in trouble closes none."""
        for socket in list(self._open):
            credential = socket.credential
            if credential is None:
                continue
            try:
                found = await self._sessions.strategy.load(
                    [credential], self._sessions.lifetime, now=self._sessions.clock()
                )
            except DojangError:
                continue
            if found.record is None:
                await socket.end()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            await self.look()


class _Socket:
    """One connection; ended, it tells the client and the application alike."""

    def __init__(self, session: Session, receive: Receive, send: Send) -> None:
        self._session = session
        self._receive = receive
        self._send = send
        self._accepted = False
        self._ended = asyncio.Event()

    @property
    def credential(self) -> str | None:
        found = self._session.found
        return found.credential if found is not None and self._accepted else None

    async def send(self, message: Message) -> None:
        if self._ended.is_set():
            return
        await self._send(message)
        self._accepted = self._accepted or message["type"] == "websocket.accept"

    async def receive(self) -> Message:
        hearing = asyncio.ensure_future(self._receive())
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({hearing, ending}, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                return hearing.result()
            return {"type": "websocket.disconnect", "code": SESSION_ENDED, "reason": ""}
        finally:
            hearing.cancel()
            ending.cancel()

    async def end(self) -> None:
        if not self._ended.is_set():
            self._ended.set()
            await self._send(
                {"type": "websocket.close", "code": SESSION_ENDED, "reason": "session ended"}
            )
