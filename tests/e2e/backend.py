"""A service that shares the sessions of a Node front: Starlette and dojang on granian.

It answers what the servers of tests/node/servers answer, so that a test may ask either of them.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from granian.constants import Interfaces
from granian.server import Server
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dojang import SessionMiddleware, Sessions, clock, peers, session_of
from dojang.adapters.asgi import App, Receive, Scope, Send
from dojang.stores.redis import RedisStore
from dojang.wire.express.express_session import StoredCookie


class RequestClock:
    """The time that the header x-now of a request says, in unix milliseconds."""

    def __init__(self) -> None:
        self._now: int | None = None

    def __call__(self) -> int:
        return clock.now() if self._now is None else self._now

    def set(self, headers: list[tuple[bytes, bytes]]) -> None:
        self._now = next((int(value) for name, value in headers if name == b"x-now"), None)


class AtItsTime:
    """Lets the clock stand at the time of each request; they come one by one."""

    def __init__(self, app: App, request_clock: RequestClock) -> None:
        self._app = app
        self._clock = request_clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._clock.set(scope["headers"])
        await self._app(scope, receive, send)


async def show(request: Request) -> JSONResponse:
    session = session_of(request)
    facts = {"handle": session.handle, "new": session.new}
    return JSONResponse({"user": session.user, "data": dict(session), **facts})


async def login(request: Request) -> JSONResponse:
    user, session = await request.json(), session_of(request)
    session.login(user["id"])
    session["user"] = user
    return await show(request)


async def set_members(request: Request) -> JSONResponse:
    session_of(request).update(await request.json())
    return await show(request)


async def logout(request: Request) -> JSONResponse:
    session_of(request).logout()
    return await show(request)


def iron(*, password: Any, cookie: str, ttl: int, chunk: bool) -> peers.Peer:
    """Return the sessions of servers/iron_server.mjs."""
    return peers.IronSession(
        password, cookie, ttl=ttl, https=False, chunk=chunk, principal="user.id"
    )


def express(*, secret: str, redis: str, max_age: int, rolling: bool) -> peers.Peer:
    """Return the sessions of servers/express_redis_server.mjs."""
    cookie = StoredCookie(original_max_age=max_age)
    store = RedisStore(redis, layout="connect-redis", cookie=cookie)
    return peers.Express(secret, store, rolling=rolling, principal="user.id")


FRONTS: dict[str, Callable[..., peers.Peer]] = {"iron": iron, "express": express}


def application(*, front: str, **options: Any) -> Starlette:
    request_clock = RequestClock()
    peer = FRONTS[front](**options)
    return Starlette(
        routes=[
            Route("/", show),
            Route("/login", login, methods=["POST"]),
            Route("/set", set_members, methods=["POST"]),
            Route("/logout", logout, methods=["POST"]),
        ],
        middleware=[
            Middleware(AtItsTime, request_clock),
            Middleware(SessionMiddleware, sessions=Sessions(peer, clock=request_clock)),
        ],
    )


def main(port: str, options: str) -> None:
    server = Server(
        "dojang",
        port=int(port),
        interface=Interfaces.ASGI,
        log_enabled=False,
        workers_kill_timeout=1,
    )
    server.serve(target_loader=partial(application, **json.loads(options)), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
