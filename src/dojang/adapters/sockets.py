"""Open WebSockets, and the one ticker that closes those whose session was ended."""

import asyncio
import logging
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

#: Seconds a server may take to send a close; a client that is gone can hold it up.
_CLOSING_SECONDS = 5.0

_LOG = logging.getLogger("dojang")


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
        if self._ticker is None or self._ticker.done():
            self._ticker = asyncio.create_task(self._tick())
        try:
            yield socket.receive, socket.send
        finally:
            del self._open[socket]
            if not self._open:
                self._ticker.cancel()
                self._ticker = None

    async def look(self) -> None:
        """End every socket whose session was ended; a store in trouble ends none."""
        for socket in list(self._open):
            if await self._is_over(socket):
                socket.end()

    async def _is_over(self, socket: "_Socket") -> bool:
        credential = socket.credential
        if credential is None:
            return False
        sessions = self._sessions
        if socket.outlived(sessions.clock()):
            return True
        try:
            found = await sessions.strategy.load(
                [credential], sessions.lifetime, now=sessions.clock()
            )
        except DojangError:
            return False
        if found.rejected is None:
            return False
        # A cookie that was renewed over HTTP lives on in a text this socket does not know.
        ended = {"unknown", "expired"} if sessions.strategy.on_server else {"revoked"}
        return found.rejected.code in ended

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - one odd socket must not end the watch over all
                _LOG.exception("looking after open sockets")


class _Socket:
    """One connection; ended, it tells the client and the application alike."""

    def __init__(self, session: Session, receive: Receive, send: Send) -> None:
        self._session = session
        self._receive = receive
        self._send = send
        self._accepted = False
        self._closed = False
        self._ended = asyncio.Event()
        self._closing: asyncio.Task[None] | None = None

    @property
    def credential(self) -> str | None:
        found = self._session.found
        return found.credential if found is not None and self._accepted else None

    def outlived(self, now: int) -> bool:
        """Return whether it began with a token of another service, which is over."""
        found = self._session.found
        if found is None or not found.fixed or found.record is None:
            return False
        return found.record.expires is not None and found.record.expires <= now

    async def send(self, message: Message) -> None:
        if self._ended.is_set():
            return
        self._closed = self._closed or message["type"] == "websocket.close"
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

    def end(self) -> None:
        """Tell the application now, and the client in a task of its own that may fail."""
        if not self._ended.is_set():
            self._ended.set()
            if not self._closed:
                self._closing = asyncio.create_task(self._close())

    async def _close(self) -> None:
        message = {"type": "websocket.close", "code": SESSION_ENDED, "reason": "session ended"}
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._send(message)
        except Exception:  # noqa: BLE001 - the client is gone, or the server has closed already
            _LOG.debug("a socket could not be closed", exc_info=True)
