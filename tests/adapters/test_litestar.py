"""Litestar: its own words for sessions, users as dependencies, guards, and `SessionAuth` on top."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from litestar import Litestar, Request, Router, WebSocket, get, post, websocket
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.enums import ScopeType
from litestar.exceptions import LitestarException
from litestar.params import FromPath
from litestar.response import Stream
from litestar.security.session_auth import SessionAuth
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dojang.adapters.litestar import Dojang, SessionConfig, fresh, having, signed_in
from dojang.errors import Misuse, ResponseStarted
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from tests.conftest import SECRET

Asked = Request[Any, Any, Any]


@dataclass
class Person:
    name: str
    roles: tuple[str, ...] = ()


PEOPLE = {"ada": Person("Ada", ("admin",)), "eve": Person("Eve")}


async def load(user_id: str) -> Person | None:
    return PEOPLE.get(user_id)


@post("/login/{name:str}")
async def login(name: FromPath[str], current_session: NamedDependency[Session]) -> None:
    current_session.login(name)


@get("/me")
async def me(current_user: NamedDependency[Person]) -> str:
    return current_user.name


@get("/blocking/me", sync_to_thread=True)
def blocking_me(current_user: NamedDependency[Person]) -> str:
    return current_user.name


@get("/maybe")
async def maybe(optional_user: NamedDependency[Person | None]) -> str:
    return optional_user.name if optional_user else "nobody"


@get("/admin", guards=[having("admin")])
async def admin() -> str:
    return "in"


@get("/fresh", guards=[fresh(within=600)])
async def fresh_only() -> str:
    return "in"


@get("/private", guards=[signed_in])
async def private() -> str:
    return "in"


@post("/set")
async def replace(request: Asked) -> None:
    request.set_session({"a": 1, "b": 2})
    request.session["c"] = 3


@post("/set-person")
async def replace_by_a_dataclass(request: Asked) -> None:
    request.set_session(Person("Ada"))


@post("/clear")
async def clear(request: Asked) -> None:
    request.clear_session()


@get("/show")
async def show(request: Asked) -> dict[str, Any]:
    return request.session


@get("/late")
async def late(request: Asked) -> Stream:
    async def pieces() -> AsyncIterator[str]:
        yield "one"
        request.set_session({"late": True})
        yield "two"

    _ = dict(request.session)
    return Stream(pieces())


@websocket("/live", guards=[having("admin")])
async def live(socket: WebSocket[Any, Any, Any], current_user: NamedDependency[Person]) -> None:
    await socket.accept()
    await socket.send_text(current_user.name)
    await socket.close()


HANDLERS = [
    login, me, blocking_me, maybe, admin, fresh_only, private, replace, replace_by_a_dataclass,
    clear, show, live,
]  # fmt: skip


def serve(*plugins: Any, handlers: Any = HANDLERS, **options: Any) -> TestClient:
    app: Any = Litestar(handlers, plugins=plugins, logging_config=None, **options)
    return TestClient(app, base_url="https://testserver", raise_server_exceptions=False)


@pytest.fixture
def client(sessions: Sessions) -> TestClient:
    return serve(Dojang(sessions, load_user=load))


def code(client: TestClient, path: str) -> tuple[int, str]:
    answer = client.get(path)
    return answer.status_code, answer.json()["code"]


def test_the_user_is_the_applications_own(client: TestClient) -> None:
    assert client.get("/maybe").text == "nobody"
    client.post("/login/ada")
    assert [client.get(f"/{path}").text for path in ("me", "blocking/me", "maybe")] == ["Ada"] * 3


def test_nobody_is_401_with_the_reason(client: TestClient) -> None:
    for path in ("/me", "/private", "/admin", "/fresh"):
        assert code(client, path) == (401, "missing")
    client.post("/login/gone")
    assert code(client, "/me") == (401, "anonymous")


def test_a_plain_function_may_load_too(in_memory: Sessions) -> None:
    client = serve(Dojang(in_memory, load_user=PEOPLE.get))
    client.post("/login/ada")
    assert client.get("/me").text == "Ada"


def test_who_lacks_a_role_is_403(client: TestClient) -> None:
    client.post("/login/eve")
    assert (code(client, "/admin"), client.get("/private").text) == ((403, "missing-role"), "in")
    client.post("/login/ada")
    assert client.get("/admin").text == "in"


def test_a_login_may_be_as_old_as_said_and_no_older(client: TestClient, clock: Clock) -> None:
    client.post("/login/ada")
    clock.tick(600)
    assert client.get("/fresh").text == "in"
    clock.tick(0.001)
    assert code(client, "/fresh") == (401, "stale-login")
    with pytest.raises(Misuse, match="1 or more"):
        fresh(within=0)


def test_set_session_replaces_the_data_and_keeps_the_user(client: TestClient) -> None:
    client.post("/login/ada")
    client.post("/set")
    assert client.get("/show").json() == {"a": 1, "b": 2, "c": 3}
    client.post("/set-person")
    assert client.get("/show").json() == {"name": "Ada", "roles": []}
    assert client.get("/me").text == "Ada"


def test_where_the_user_is_in_the_data_set_session_says_who_it_is(clock: Clock) -> None:
    @post("/become/{name:str}")
    async def become(name: FromPath[str], request: Asked) -> None:
        request.set_session({"user_id": name})

    place = Sessions(ServerSide(MemoryStore()), secret=SECRET, principal="user_id", clock=clock)
    client = serve(Dojang(place, load_user=load), handlers=[become, me, show])
    client.post("/become/ada")
    before = client.cookies["__Host-session"]
    assert client.get("/me").text == "Ada"
    client.post("/become/eve")
    assert (client.get("/me").text, client.cookies["__Host-session"] != before) == ("Eve", True)
    assert len(asyncio.run(place.list("eve"))) == 1


def test_clear_session_is_a_logout(client: TestClient) -> None:
    client.post("/login/ada")
    client.post("/set")
    client.post("/clear")
    assert (client.get("/show").json(), dict(client.cookies)) == ({}, {})
    assert client.get("/maybe").text == "nobody"


def test_a_session_is_shown_whole_by_serialisers_that_do_not_ask(client: TestClient) -> None:
    client.post("/set")
    answer = client.get("/show")
    assert (answer.json()["c"], answer.headers["vary"]) == (3, "Cookie")


class OwnRequest(Request[Any, Any, Any]):
    """Of an application."""


class OwnSocket(WebSocket[Any, Any, Any]):
    """Of an application."""


@get("/show-in-its-own", request_class=OwnRequest)
async def show_in_its_own(request: OwnRequest) -> dict[str, Any]:
    return request.session


@websocket("/live/show", websocket_class=OwnSocket)
async def live_show(socket: OwnSocket) -> None:
    await socket.accept()
    await socket.send_json(socket.session)
    await socket.close()


@pytest.mark.parametrize("with_plugin", [False, True])
def test_so_it_is_where_the_config_stands_alone_and_with_a_class_of_any_layer(
    sessions: Sessions, *, with_plugin: bool
) -> None:
    keeps: Any = (
        {"plugins": [Dojang(sessions)]}
        if with_plugin
        else {"middleware": [SessionConfig(sessions).middleware]}
    )
    inner = Router("/inner", route_handlers=[show], request_class=OwnRequest)
    handlers: Any = [replace, show, show_in_its_own, live_show, inner]
    app: Any = Litestar(handlers, logging_config=None, **keeps)
    client = TestClient(app, base_url="https://testserver")
    client.post("/set")
    for path in ("/show", "/show-in-its-own", "/inner/show"):
        for _ in range(2):
            assert client.get(path).json() == {"a": 1, "b": 2, "c": 3}
    cookie = {"cookie": f"__Host-session={client.cookies['__Host-session']}"}
    with client.websocket_connect("/live/show", headers=cookie) as connection:
        assert connection.receive_json() == {"a": 1, "b": 2, "c": 3}


def test_set_session_in_a_stream_is_saved_on_the_server(on_server: Sessions) -> None:
    client = serve(Dojang(on_server), handlers=[replace, show, late])
    client.post("/set")
    assert client.get("/late").text == "onetwo"
    assert client.get("/show").json() == {"late": True}


def test_set_session_in_a_stream_raises_where_a_cookie_would_be_due(sealed: Sessions) -> None:
    app: Any = Litestar([replace, show, late], plugins=[Dojang(sealed)], logging_config=None)
    client = TestClient(app, base_url="https://testserver")
    client.post("/set")
    with pytest.raises(LitestarException) as raised:
        client.get("/late")
    assert isinstance(raised.value.__cause__, ResponseStarted)
    assert client.get("/show").json() == {"a": 1, "b": 2, "c": 3}


def cookie_of(client: TestClient, name: str) -> dict[str, str]:
    client.post(f"/login/{name}")
    return {"cookie": f"__Host-session={client.cookies['__Host-session']}"}


def test_a_socket_is_let_in_or_closed_with_the_status(client: TestClient) -> None:
    for headers, close in (({}, 4401), (cookie_of(client, "eve"), 4403)):
        with pytest.raises(WebSocketDisconnect) as refused:
            client.websocket_connect("/live", headers=headers).__enter__()
        assert refused.value.code == close
    with client.websocket_connect("/live", headers=cookie_of(client, "ada")) as connection:
        assert connection.receive_text() == "Ada"


def test_handlers_and_paths_may_be_without_a_session(in_memory: Sessions) -> None:
    @get("/static/x")
    async def static(request: Asked) -> str:
        return str("session" in request.scope)

    @get("/opted", skip_session=True)
    async def opted(request: Asked) -> str:
        return str("session" in request.scope)

    @get("/usual")
    async def usual(request: Asked) -> str:
        return str("session" in request.scope)

    config = SessionConfig(in_memory, exclude="^/static")
    client = serve(Dojang(config), handlers=[static, opted, usual])
    assert [client.get(f"/{path}").text for path in ("static/x", "opted", "usual")] == [
        "False", "False", "True",
    ]  # fmt: skip
    http_only = serve(Dojang(SessionConfig(in_memory, scopes=[ScopeType.HTTP])), handlers=[usual])
    assert http_only.get("/usual").text == "True"


# -- without the plugin ---------------------------------------------------------------------------


async def retrieve(session: dict[str, Any], connection: ASGIConnection[Any, Any, Any, Any]) -> Any:
    del connection
    return PEOPLE.get(session.get("user_id", ""))


@post("/stock/login", exclude_from_auth=True)
async def stock_login(request: Asked) -> None:
    request.set_session({"user_id": "ada"})


@get("/stock/me")
async def stock_me(request: Request[Person, Any, Any]) -> str:
    return request.user.name


@post("/stock/logout")
async def stock_logout(request: Asked) -> None:
    request.clear_session()


@pytest.mark.parametrize("with_plugin", [False, True])
def test_litestars_own_session_auth_goes_on_top(clock: Clock, *, with_plugin: bool) -> None:
    sessions = Sessions(ServerSide(MemoryStore()), secret=SECRET, principal="user_id", clock=clock)
    auth: Any = SessionAuth[Person, Any](
        retrieve_user_handler=retrieve, session_backend_config=SessionConfig(sessions)
    )
    plugins = [Dojang(sessions)] if with_plugin else []
    client = serve(
        *plugins, handlers=[stock_login, stock_me, stock_logout], on_app_init=[auth.on_app_init]
    )
    assert client.get("/stock/me").status_code == 401
    client.post("/stock/login")
    assert client.get("/stock/me").text == "Ada"
    assert len(asyncio.run(sessions.list("ada"))) == 1
    client.post("/stock/logout")
    assert (client.get("/stock/me").status_code, dict(client.cookies)) == (401, {})


def test_the_config_alone_is_a_backend(sessions: Sessions) -> None:
    client = serve(handlers=[replace, clear], middleware=[SessionConfig(sessions).middleware])
    client.post("/set")
    assert "__Host-session" in client.cookies
    client.post("/clear")
    assert "__Host-session" not in client.cookies


def test_guards_say_that_they_need_the_plugin(in_memory: Sessions) -> None:
    config = SessionConfig(in_memory)
    app: Any = Litestar([private], middleware=[config.middleware], debug=True, logging_config=None)
    answer = TestClient(app, base_url="https://testserver").get("/private")
    assert (answer.status_code, "plugins=[Dojang(sessions)]" in answer.text) == (500, True)


def test_the_document_names_the_very_cookie_and_tokens() -> None:
    sessions = Sessions(ServerSide(MemoryStore()), secret=SECRET, bearer=True)
    plugin = Dojang(sessions)

    @get("/documented", security=plugin.security)
    async def documented() -> None: ...

    found = serve(plugin, handlers=[documented]).get("/schema/openapi.json").json()
    schemes = found["components"]["securitySchemes"]
    assert schemes["session"] == {"type": "apiKey", "name": "__Host-session", "in": "cookie"}
    assert (schemes["token"]["type"], schemes["token"]["scheme"]) == ("http", "bearer")
    operation = found["paths"]["/documented"]["get"]
    assert operation["security"] == [{"session": []}, {"token": []}]
