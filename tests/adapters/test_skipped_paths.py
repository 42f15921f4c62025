"""Paths without a session: nothing is opened there, and looking says why."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from dojang.adapters.asgi import SessionMiddleware, session_of
from dojang.errors import Misuse
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from tests.conftest import SECRET


class Counting(MemoryStore):
    asked = 0

    async def find(self, *arguments: Any, **options: Any) -> Any:
        self.asked += 1
        return await super().find(*arguments, **options)


@pytest.fixture
def store() -> Counting:
    return Counting()


@pytest.fixture
def sessions(store: Counting, clock: Clock) -> Sessions:
    return Sessions(ServerSide(store), secret=SECRET, clock=clock)


async def plain(_: Request) -> Response:
    return PlainTextResponse("plain")


async def count(request: Request) -> Response:
    request.session["n"] = request.session.get("n", 0) + 1
    return PlainTextResponse(str(request.session["n"]))


def serve(sessions: Sessions, work: Callable[[Request], Awaitable[Response]]) -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", work)])
    app.add_middleware(SessionMiddleware, sessions=sessions, skip=["/static", "/health/"])
    return TestClient(app, base_url="https://testserver")


@pytest.mark.parametrize(
    "path", ["/static", "/static/", "/static/site.css", "/health", "/%73tatic"]
)
def test_looking_at_the_session_of_a_skipped_path_says_where_it_was_left_out(
    sessions: Sessions, path: str
) -> None:
    client = serve(sessions, count)
    with pytest.raises(Misuse, match=r"no session at /.*skip="):
        client.get(path)


@pytest.mark.parametrize(
    "path", ["/", "/statics", "/Static", "/a/static", "/healthy", "/static%20"]
)
def test_other_paths_have_one(sessions: Sessions, path: str) -> None:
    client = serve(sessions, count)
    assert [client.get(path).text for _ in range(2)] == ["1", "2"]


def test_nothing_is_asked_written_or_told_where_there_is_none(
    sessions: Sessions, store: Counting
) -> None:
    client = serve(sessions, count)
    client.get("/")
    client = serve(sessions, plain)
    asked = store.asked
    answer = client.get("/static/site.css", headers={"cookie": "__Host-session=junk"})
    assert (answer.text, store.asked) == ("plain", asked)
    assert {"vary", "set-cookie"}.isdisjoint(answer.headers)


async def use_of(request: Request, use: str) -> None:
    session = request.scope["session"]
    match use:
        case "session_of":
            session_of(request)
        case "login":
            session.login("ada")
        case "len":
            len(session)
        case _:
            await getattr(session, use)()


@pytest.mark.parametrize("use", ["session_of", "save", "reload", "login", "len"])
def test_every_use_says_so(sessions: Sessions, use: str) -> None:
    async def work(request: Request) -> Response:
        await use_of(request, use)
        raise AssertionError

    with pytest.raises(Misuse, match="no session at /static"):
        serve(sessions, work).get("/static")


def test_within_a_mount_paths_are_those_that_its_routes_see(sessions: Sessions) -> None:
    inner = Starlette(routes=[Route("/{path:path}", count)])
    inner.add_middleware(SessionMiddleware, sessions=sessions, skip=["/static"])
    client = TestClient(Starlette(routes=[Mount("/app", inner)]), base_url="https://testserver")
    assert client.get("/app/static-ish").text == "1"
    with pytest.raises(Misuse, match="no session at /static"):
        client.get("/app/static/site.css")


def test_behind_a_root_path_too(sessions: Sessions) -> None:
    app = Starlette(routes=[Route("/static", count), Route("/", count)])
    app.add_middleware(SessionMiddleware, sessions=sessions, skip=["/static"])
    client = TestClient(app, base_url="https://testserver", root_path="/shop")
    assert client.get("/").text == "1"
    with pytest.raises(Misuse, match="no session at /static"):
        client.get("/static")


def test_a_socket_at_a_skipped_path_has_none_either(sessions: Sessions) -> None:
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        with pytest.raises(Misuse, match="no session at /static/live"):
            len(websocket.session)
        await websocket.close(4000)

    app = Starlette(routes=[WebSocketRoute("/static/live", socket)])
    app.add_middleware(SessionMiddleware, sessions=sessions, skip=["/static"])
    with TestClient(app).websocket_connect("/static/live") as ws:
        assert ws.receive()["code"] == 4000


@pytest.mark.parametrize("skip", ["/static", ["static"], ["/"], [""], ["/a", "//"]])
def test_what_is_no_such_path_is_refused_when_the_middleware_is_made(
    sessions: Sessions, skip: Any
) -> None:
    with pytest.raises(Misuse, match="skip"):
        SessionMiddleware(Starlette(), sessions, skip=skip)
