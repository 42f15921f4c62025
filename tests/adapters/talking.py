"""WebSockets without a network: one handler behind every adapter that has them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from dojang.adapters import asgi
from dojang.session.session import Session
from dojang.sessions import Sessions

PATIENCE = 30


class Wire(Protocol):
    """What a handler talks on."""

    @property
    def session(self) -> Session: ...
    async def accept(self) -> None: ...
    async def say(self, text: str) -> None: ...
    async def hear(self) -> str: ...


Work = Callable[[Wire], Awaitable[None]]

#: What a client does in a conversation: it says a text, or something happens elsewhere.
Step = str | Callable[[], object]


@dataclass
class Heard:
    """What a client has heard."""

    cookies: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    closed: int | None = None
    broken: BaseException | None = None


@dataclass
class PlainWire:
    scope: Any
    receive: Any
    send: Any

    @property
    def session(self) -> Session:
        session: Session = self.scope["session"]
        return session

    async def accept(self) -> None:
        assert (await self.receive())["type"] == "websocket.connect"
        await self.send({"type": "websocket.accept"})

    async def say(self, text: str) -> None:
        await self.send({"type": "websocket.send", "text": text})

    async def hear(self) -> str:
        message = await self.receive()
        return str(message["text"] if message["type"] == "websocket.receive" else "gone")


def over_plain_asgi(sessions: Sessions, work: Work) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await work(PlainWire(scope, receive, send))

    return asgi.SessionMiddleware(app, sessions)


class QuartWire:
    @property
    def session(self) -> Session:
        from quart import session

        shown: Any = session
        found: Session = shown._get_current_object()
        return found

    async def accept(self) -> None:
        from quart import websocket

        await websocket.accept()

    async def say(self, text: str) -> None:
        from quart import websocket

        await websocket.send(text)

    async def hear(self) -> str:
        from quart import websocket

        try:
            return str(await websocket.receive())
        except asyncio.CancelledError:
            return "gone"


def over_quart(sessions: Sessions, work: Work) -> Any:
    from quart import Quart

    from dojang.adapters.quart import Dojang

    app = Quart("talking")
    app.config["SESSION_PERMANENT"] = True
    Dojang(app, sessions)

    @app.websocket("/")
    async def view() -> None:
        await work(QuartWire())

    return app


@dataclass
class FrameworkWire:
    """The WebSocket of a framework, and what it raises when the client is gone."""

    socket: Any
    gone: type[Exception]

    @property
    def session(self) -> Session:
        session: Session = self.socket.session
        return session

    async def accept(self) -> None:
        await self.socket.accept()

    async def say(self, text: str) -> None:
        await self.socket.send_text(text)

    async def hear(self) -> str:
        try:
            return str(await self.socket.receive_text())
        except self.gone:
            return "gone"


def over_fastapi(sessions: Sessions, work: Work) -> Any:
    from fastapi import FastAPI, WebSocket, WebSocketDisconnect

    from dojang.adapters.fastapi import SessionMiddleware

    app = FastAPI()
    app.add_middleware(SessionMiddleware, sessions=sessions)

    @app.websocket("/")
    async def view(websocket: WebSocket) -> None:
        await work(FrameworkWire(websocket, WebSocketDisconnect))

    return app


def over_litestar(sessions: Sessions, work: Work) -> Any:
    from litestar import Litestar, WebSocket, websocket
    from litestar.exceptions import WebSocketDisconnect

    from dojang.adapters.litestar import Dojang

    @websocket("/")
    async def view(socket: WebSocket[Any, Any, Any]) -> None:
        await work(FrameworkWire(socket, WebSocketDisconnect))

    return Litestar([view], plugins=[Dojang(sessions)], logging_config=None)


TALKERS: dict[str, Callable[[Sessions, Work], Any]] = {
    "asgi": over_plain_asgi,
    "fastapi": over_fastapi,
    "litestar": over_litestar,
    "quart": over_quart,
}


def talk(app: Any, cookie: str, *steps: Step) -> Heard:
    """Connect, take each step once the text before it was answered, hear the last, hang up."""
    heard = Heard()
    asyncio.run(_converse(app, cookie, steps, heard))
    return heard


async def _converse(app: Any, cookie: str, steps: Sequence[Step], heard: Heard) -> None:
    client = _Client(heard)
    async with asyncio.timeout(PATIENCE):
        talking = asyncio.create_task(client.take(steps))
        try:
            await app(_scope(cookie), client.said.get, client.send)
        except Exception as error:  # noqa: BLE001 - a server survives its applications
            heard.broken = error
        talking.cancel()


class _Client:
    def __init__(self, heard: Heard) -> None:
        self.said: asyncio.Queue[Any] = asyncio.Queue()
        self._heard = heard
        self._answers: asyncio.Queue[None] = asyncio.Queue()

    async def send(self, message: Any) -> None:
        """Hear what the server sends."""
        kind = message["type"]
        if kind == "websocket.accept":
            told = message.get("headers", ())
            self._heard.cookies += [value.decode() for name, value in told if name == b"set-cookie"]
            return
        if kind == "websocket.send":
            self._heard.texts.append(message["text"])
        elif kind == "websocket.close":
            self._heard.closed = message["code"]
        self._answers.put_nowait(None)

    async def take(self, steps: Sequence[Step]) -> None:
        self.said.put_nowait({"type": "websocket.connect"})
        await self._answers.get()
        for step in steps:
            if isinstance(step, str):
                self.said.put_nowait({"type": "websocket.receive", "text": step})
                await self._answers.get()
            else:
                await asyncio.to_thread(step)
        if steps and not isinstance(steps[-1], str):
            await self._answers.get()
        self.said.put_nowait({"type": "websocket.disconnect", "code": 1000})


def _scope(cookie: str) -> dict[str, Any]:
    return {
        "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "wss",
        "path": "/", "raw_path": b"/", "query_string": b"", "root_path": "", "subprotocols": [],
        "headers": [(b"host", b"testserver"), *([(b"cookie", cookie.encode())] if cookie else [])],
        "client": ("192.0.2.7", 1234), "server": ("testserver", 443), "extensions": {}, "state": {},
    }  # fmt: skip
