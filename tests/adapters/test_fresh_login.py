"""Who signed in too long ago is sent to the page that asks once more, in every framework."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang import MemoryStore, ServerSide, Sessions
from dojang.adapters import flask, starlette
from dojang.adapters.asgi import SessionMiddleware
from dojang.errors import Misuse
from dojang.testing import Clock
from tests.conftest import SECRET

Ask = Callable[..., tuple[int, str, Any]]


def on_starlette(sessions: Sessions) -> Ask:
    async def log_in(request: Request) -> Response:
        request.session.login("ada")  # type: ignore[attr-defined]
        return PlainTextResponse()

    async def confirm(request: Request) -> Response:
        request.session.confirm()  # type: ignore[attr-defined]
        return PlainTextResponse()

    @starlette.fresh_login_required(within=60, confirm="/confirm")
    async def page(request: Request) -> Response:
        return PlainTextResponse(request.url.query)

    @starlette.fresh_login_required(within=60)
    async def api(request: Request) -> Response:
        return PlainTextResponse(request.url.query)

    handlers = {"/login": log_in, "/confirm": confirm, "/page": page, "/api": api}
    routes = [Route(path, handler, methods=["GET", "POST"]) for path, handler in handlers.items()]
    app = Starlette(routes=routes)
    app.add_middleware(SessionMiddleware, sessions=sessions)
    client = TestClient(app, base_url="https://localhost", follow_redirects=False)

    def ask(path: str, method: str = "GET") -> tuple[int, str, Any]:
        answer = client.request(method, path)
        where = answer.headers.get("location", "")
        return answer.status_code, where, answer.json() if answer.status_code > 400 else None

    return ask


def on_flask(sessions: Sessions) -> Ask:
    app = Flask("tested")
    flask.Dojang(app, sessions)

    @app.post("/login")
    def log_in() -> str:
        flask.session.login("ada")
        return ""

    @app.post("/confirm")
    def confirm() -> str:
        flask.session.confirm()
        return ""

    @app.route("/page", methods=["GET", "POST"])
    @flask.fresh_login_required(within=60, confirm="/confirm")
    def page() -> str:
        return ""

    @app.route("/api", methods=["GET", "POST"])
    @flask.fresh_login_required(within=60)
    def api() -> str:
        return ""

    client = app.test_client()

    def ask(path: str, method: str = "GET") -> tuple[int, str, Any]:
        answer = client.open(path, method=method, base_url="https://localhost")
        found = answer.get_json(force=True) if answer.status_code > 400 else None
        return answer.status_code, answer.headers.get("location", ""), found

    return ask


@pytest.fixture(params=[on_starlette, on_flask], ids=["starlette", "flask"])
def ask(request: pytest.FixtureRequest, clock: Clock) -> Ask:
    serve: Callable[[Sessions], Ask] = request.param
    return serve(Sessions(ServerSide(MemoryStore()), secret=SECRET, clock=clock))


def test_a_fresh_login_comes_in(ask: Ask, clock: Clock) -> None:
    ask("/login", "POST")
    clock.tick(60)
    assert [ask("/page")[0], ask("/api")[0], ask("/page", "POST")[0]] == [200, 200, 200]


def test_a_page_sends_to_the_proof_and_back(ask: Ask, clock: Clock) -> None:
    ask("/login", "POST")
    clock.tick(61)
    status, where, _ = ask("/page?a=1&b=%2F%2Fevil.example")
    parts = urlsplit(where)
    assert (status, parts.netloc, parts.path) == (303, "", "/confirm")
    assert parse_qs(parts.query) == {"next": ["/page?a=1&b=%2F%2Fevil.example"]}
    assert ask("/confirm", "POST")[0] == 200
    assert ask("/page")[0] == 200


@pytest.mark.parametrize(("path", "method"), [("/api", "GET"), ("/page", "POST"), ("/api", "POST")])
def test_a_form_and_a_program_are_told(ask: Ask, clock: Clock, path: str, method: str) -> None:
    ask("/login", "POST")
    clock.tick(61)
    status, where, problem = ask(path, method)
    assert (status, where, problem["code"]) == (401, "", "stale-login")


@pytest.mark.parametrize("path", ["/page", "/api"])
def test_nobody_is_told_so(ask: Ask, path: str) -> None:
    status, _, problem = ask(path)
    assert (status, problem["code"]) == (401, "missing")


@pytest.mark.parametrize("decorator", [starlette.fresh_login_required, flask.fresh_login_required])
def test_an_age_that_no_login_has_is_refused_at_once(decorator: Any) -> None:
    with pytest.raises(Misuse, match="write 1 or more"):
        decorator(within=0)
