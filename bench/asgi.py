"""What a request costs, beside Starlette's own session middleware."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.middleware.sessions import SessionMiddleware as Starlettes

from bench.seals import SECRET, Classes
from dojang import (
    ClientSide,
    IronSeal,
    MemoryStore,
    ServerSide,
    SessionMiddleware,
    Sessions,
)

Headers = list[tuple[bytes, bytes]]


def classes() -> Classes:
    """Return what is compared; the last of each is the yardstick."""
    sealed = Sessions(ClientSide(IronSeal(SECRET)))
    stored = Sessions(ServerSide(MemoryStore()), secret=SECRET)
    loop = asyncio.new_event_loop()
    makers: dict[str, Callable[[Any], Any]] = {
        "no session at all": lambda app: app,
        "dojang, sealed": lambda app: SessionMiddleware(app, sealed),
        "dojang, memory": lambda app: SessionMiddleware(app, stored),
        "Starlette's middleware": lambda app: Starlettes(app, SECRET),
    }
    return [
        (
            f"request, session {name}",
            {title: _request(loop, make, work) for title, make in makers.items()},
        )
        for name, work in (("not looked at", _ignore), ("read", _read), ("written", _write))
    ]


def _ignore(scope: Any) -> None:
    del scope


def _read(scope: Any) -> None:
    scope.get("session", {}).get("theme")


def _write(scope: Any) -> None:
    session = scope.get("session", {})
    session["n"] = session.get("n", 0) + 1


def _request(loop: Any, make: Any, work: Callable[[Any], None]) -> Callable[[], object]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        work(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def first(scope: Any, receive: Any, send: Any) -> None:
        del receive
        scope.get("session", {}).update(theme="dark", user={"id": 1, "name": "Ada"})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    cookie = loop.run_until_complete(_call(make(first), []))
    headers = [(b"cookie", cookie)] if cookie else []
    wrapped = make(app)
    return lambda: _drive(_call(wrapped, headers))


def _drive(coroutine: Any) -> object:
    # Nothing here waits, so the loop need not turn: what is measured is the middleware.
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("the application waited")


async def _call(app: Any, headers: Headers) -> bytes:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app({"type": "http", "headers": headers, "method": "GET", "path": "/"}, None, send)
    lines = [value for name, value in sent[0]["headers"] if name == b"set-cookie"]
    return lines[0].partition(b";")[0] if lines else b""
