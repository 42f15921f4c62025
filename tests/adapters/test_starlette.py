"""`request.user` from the session, by Starlette's own AuthenticationMiddleware."""

from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dojang.adapters.starlette import (
    SessionAuthentication,
    SessionMiddleware,
    SignedIn,
    session_of,
)
from dojang.errors import ResponseStarted
from dojang.sessions import Sessions


@dataclass
class Person:
    name: str
    roles: tuple[str, ...] = ()
    is_authenticated: bool = True


PEOPLE = {"ada": Person("Ada", ("admin", "editor")), "eve": Person("Eve")}


async def load(user_id: str) -> Person | None:
    return PEOPLE.get(user_id)


async def login(request: Request) -> Response:
    session_of(request).login(request.path_params["name"])
    return PlainTextResponse("in")


async def me(request: Request) -> Response:
    return JSONResponse([getattr(request.user, "name", None), sorted(request.auth.scopes)])


@requires(["authenticated", "admin"], status_code=404)
async def admin(request: Request) -> Response:
    return PlainTextResponse(request.user.name)


def serve(sessions: Sessions, backend: SessionAuthentication, *more: Any) -> TestClient:
    routes = [
        Route("/login/{name}", login), Route("/me", me), Route("/admin", admin),
        Route("/static/me", me), *more,
    ]  # fmt: skip
    middleware = [
        Middleware(SessionMiddleware, sessions=sessions, skip=["/static"]),
        Middleware(AuthenticationMiddleware, backend=backend),
    ]
    return TestClient(
        Starlette(routes=routes, middleware=middleware), base_url="https://testserver"
    )


@pytest.mark.parametrize("load_user", [load, PEOPLE.get], ids=["async", "sync"])
def test_the_user_is_the_applications_own_and_the_scopes_are_roles(
    sessions: Sessions, load_user: Any
) -> None:
    client = serve(sessions, SessionAuthentication(load_user=load_user))
    assert client.get("/me").json() == [None, []]
    client.get("/login/eve")
    assert client.get("/me").json() == ["Eve", ["authenticated"]]
    assert client.get("/admin").status_code == 404
    client.get("/login/ada")
    assert client.get("/me").json() == ["Ada", ["admin", "authenticated", "editor"]]
    assert client.get("/admin").text == "Ada"


def test_without_a_table_the_principal_is_the_user(sessions: Sessions) -> None:
    async def who(request: Request) -> Response:
        user = request.user
        return JSONResponse([user.is_authenticated, user.display_name, user.identity, user.id])

    backend = SessionAuthentication(roles_of=lambda user: [f"role-of-{user}"])
    client = serve(sessions, backend, Route("/who", who))
    client.get("/login/ada")
    assert client.get("/who").json() == [True, "ada", "ada", "ada"]
    assert client.get("/me").json() == [None, ["authenticated", "role-of-ada"]]
    assert isinstance(SignedIn(7).id, int)


def test_a_user_who_is_a_text_is_shown_as_it_is(in_memory: Sessions) -> None:
    async def who(request: Request) -> Response:
        return PlainTextResponse(request.user)

    backend = SessionAuthentication(load_user={"ada": "Ada Lovelace"}.get)
    client = serve(in_memory, backend, Route("/who", who))
    client.get("/login/ada")
    assert client.get("/who").text == "Ada Lovelace"


def test_a_user_who_is_not_there_any_more_is_nobody(sessions: Sessions) -> None:
    client = serve(sessions, SessionAuthentication(load_user=load))
    client.get("/login/gone")
    assert client.get("/me").json() == [None, []]


def test_paths_without_a_session_have_no_user(sessions: Sessions) -> None:
    client = serve(sessions, SessionAuthentication(load_user=load))
    client.get("/login/ada")
    answer = client.get("/static/me")
    assert (answer.json(), "vary" in answer.headers) == ([None, []], False)


def test_who_was_looked_up_makes_the_answer_vary(sessions: Sessions) -> None:
    client = serve(sessions, SessionAuthentication(load_user=load))
    assert client.get("/me").headers["vary"] == "Cookie"


def test_a_socket_knows_its_user(sessions: Sessions) -> None:
    @requires("admin")
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(websocket.user.name)
        await websocket.close()

    route = WebSocketRoute("/live", socket)
    client = serve(sessions, SessionAuthentication(load_user=load), route)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/live"):
        raise AssertionError
    client.get("/login/ada")
    cookie = f"__Host-session={client.cookies['__Host-session']}"
    with client.websocket_connect("/live", headers={"cookie": cookie}) as live:
        assert live.receive_text() == "Ada"


# -- background tasks and streams -----------------------------------------------------------------


def test_a_background_task_sees_what_its_request_saved(sessions: Sessions) -> None:
    seen: list[Any] = []

    async def begin(request: Request) -> Response:
        session = session_of(request)
        session["n"] = 1
        session.login("ada")

        async def task() -> None:
            # The session of a second request that comes while the task runs.
            visit = await sessions.open(f"__Host-session={session.token}")
            seen.append((session.handle, visit.session.user, dict(visit.session)))

        return PlainTextResponse("", background=BackgroundTask(task))

    client = serve(sessions, SessionAuthentication(), Route("/begin", begin))
    client.get("/begin")
    ((handle, user, data),) = seen
    assert (user, data, bool(handle) or not sessions.revocable) == ("ada", {"n": 1}, True)


def test_what_a_background_task_changes_is_saved_on_the_server(on_server: Sessions) -> None:
    async def begin(request: Request) -> Response:
        session = session_of(request)
        session["n"] = 1
        return PlainTextResponse("", background=BackgroundTask(session.update, done=True))

    async def look(request: Request) -> Response:
        return JSONResponse(dict(request.session))

    routes = Route("/begin", begin), Route("/look", look)
    client = serve(on_server, SessionAuthentication(), *routes)
    client.get("/begin")
    assert client.get("/look").json() == {"n": 1, "done": True}


def test_in_a_cookie_a_background_task_comes_too_late_and_is_told_so(sealed: Sessions) -> None:
    async def begin(request: Request) -> Response:
        session = session_of(request)
        session["n"] = 1
        return PlainTextResponse("", background=BackgroundTask(session.update, done=True))

    client = serve(sealed, SessionAuthentication(), Route("/begin", begin))
    with pytest.raises(ResponseStarted, match="headers have left"):
        client.get("/begin")


def test_a_stream_is_written_after_its_last_piece(on_server: Sessions) -> None:
    async def stream(request: Request) -> Response:
        session = session_of(request)
        session["n"] = 0

        async def pieces() -> Any:
            for n in range(1, 4):
                session["n"] = n
                yield str(n)

        return StreamingResponse(pieces())

    async def look(request: Request) -> Response:
        return JSONResponse(dict(request.session))

    routes = Route("/stream", stream), Route("/look", look)
    client = serve(on_server, SessionAuthentication(), *routes)
    assert client.get("/stream").text == "123"
    assert client.get("/look").json() == {"n": 3}
