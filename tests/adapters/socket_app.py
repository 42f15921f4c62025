"""Logs in over HTTP, and steps up, counts and looks over WebSockets."""

import os

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from dojang import Cookie, Sessions
from dojang.adapters.starlette import SessionMiddleware, session_of
from dojang.errors import ResponseStarted

sessions = Sessions.from_url(
    os.environ["SESSIONS"],
    secret=os.environ["SESSION_SECRET"],
    cookie=Cookie.for_local_development(),
)


async def login(request: Request) -> PlainTextResponse:
    session_of(request).login("ada")
    return PlainTextResponse("in")


async def who(request: Request) -> PlainTextResponse:
    session = session_of(request)
    return PlainTextResponse(f"{session.user} {session.rejected} {session.get('n')}")


async def step_up(socket: WebSocket) -> None:
    try:
        session_of(socket).login("ada", methods=("pwd", "otp"))
        said = "stepped up"
    except ResponseStarted as error:
        said = str(error)
    await _say(socket, said)


async def count(socket: WebSocket) -> None:
    session = session_of(socket)
    session["n"] = session.get("n", 0) + 1
    await _say(socket, str(session["n"]))


async def begin(socket: WebSocket) -> None:
    session_of(socket)["n"] = 1
    await _say(socket, "begun")


async def _say(socket: WebSocket, text: str) -> None:
    await socket.accept()
    await socket.send_text(text)
    await socket.close()


app = Starlette(
    routes=[
        Route("/login", login),
        Route("/who", who),
        WebSocketRoute("/step-up", step_up),
        WebSocketRoute("/count", count),
        WebSocketRoute("/begin", begin),
    ],
    middleware=[Middleware(SessionMiddleware, sessions=sessions)],
)
