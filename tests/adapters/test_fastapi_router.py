"""FastAPI's router answers as the server does, because it is the same code."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from dojang.adapters.asgi import SessionMiddleware
from dojang.adapters.auth_api.entrance import Factors
from dojang.adapters.fastapi.router import auth_router
from dojang.auth import Accounts, PasswordHasher, SecondFactor, Throttle
from dojang.auth.passwords import CHEAPEST
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.keyring import Keyring
from tests.conftest import SECRET
from tests.server.codes import enrol
from tests.server.kit import ADA, HOME, LOGIN, app_in, browser

Serve = Callable[..., TestClient]


def on_server(clock: Clock, **options: Any) -> Sessions:
    return Sessions(ServerSide(MemoryStore()), secret=SECRET, clock=clock, **options)


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    accounts = Accounts.on_sqlite(
        tmp_path / "accounts.db", clock=clock, hasher=PasswordHasher(CHEAPEST)
    )
    yield accounts
    accounts.close()


@pytest.fixture
def serve(accounts: Accounts, clock: Clock) -> Serve:
    def serve(sessions: Sessions | None = None) -> TestClient:
        sessions = sessions or on_server(clock)
        app = FastAPI()
        app.add_middleware(SessionMiddleware, sessions=sessions)
        app.include_router(auth_router(sessions, accounts), prefix="/api/auth")
        return TestClient(app, base_url="https://testserver", client=HOME)

    return serve


#: One visit after another: what is asked, and as what.
VISITS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/check", {}),
    ("GET", "/session", {}),
    ("GET", "/sessions", {}),
    ("POST", "/logout", {}),
    ("POST", "/signup", {"json": {"email": "ada@example.org", "password": "short"}}),
    ("POST", "/signup", {"json": {"password": "a fine long password"}}),
    ("POST", "/signup", {"json": ADA}),
    ("GET", "/check", {}),
    ("GET", "/session", {}),
    ("GET", "/sessions", {}),
    ("POST", "/signup", {"json": ADA}),
    ("POST", "/login", {"json": {**LOGIN, "password": "wrong"}}),
    ("POST", "/login", {"json": {"login": "ada@example.org"}}),
    ("POST", "/login", {"json": {**LOGIN, "admin": True}}),
    ("POST", "/login", {"json": {**LOGIN, "remember": "yes"}}),
    ("POST", "/login", {"content": b"{", "headers": {"content-type": "application/json"}}),
    ("POST", "/login", {"content": b"[]", "headers": {"content-type": "application/json"}}),
    ("POST", "/login", {"content": b"login=ada", "headers": {"content-type": "x/y"}}),
    ("POST", "/login", {"content": b" " * 70_000, "headers": {"content-type": "application/json"}}),
    ("POST", "/login", {"json": {**LOGIN, "remember": False}}),
    ("POST", "/sessions/end-others", {"json": {}}),
    ("DELETE", "/sessions/nobodys", {}),
    ("POST", "/logout", {"json": {}}),
    ("GET", "/check", {}),
    ("POST", "/nowhere", {}),
]


def said(answer: Response) -> Any:
    """Return what does not differ from one run to the next."""
    told = {name: answer.headers.get(name) for name in ("cache-control", "vary")}
    body = answer.json() if answer.content else None
    return answer.status_code, told, shape(body)


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        varying = {"id", "user_id", "handle", "created", "expires", "authenticated", "seen"}
        return {key: (key in varying and bool(item)) or shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else value


def test_every_answer_is_that_of_the_server(serve: Serve, tmp_path: Path) -> None:
    client, server = serve(), browser(app_in(tmp_path / "var"))
    for method, path, options in VISITS[:-1]:
        ours = client.request(method, f"/api/auth{path}", **options)
        theirs = server.request(method, f"/api/auth{path}", **options)
        assert said(ours) == said(theirs), (method, path)
    assert client.post("/api/auth/nowhere").status_code == 404


def test_a_session_is_ended_by_its_handle_elsewhere_and_here(serve: Serve) -> None:
    here = serve()
    here.post("/api/auth/signup", json=ADA)
    there = TestClient(here.app, base_url="https://testserver")
    there.post("/api/auth/login", json=LOGIN)
    lines = here.get("/api/auth/sessions").json()["sessions"]
    (other,) = [line["handle"] for line in lines if not line["this"]]
    assert here.delete(f"/api/auth/sessions/{other}").status_code == 204
    assert there.get("/api/auth/check").json()["code"] == "unknown"
    (own,) = [line["handle"] for line in here.get("/api/auth/sessions").json()["sessions"]]
    here.delete(f"/api/auth/sessions/{own}")
    assert here.get("/api/auth/check").status_code == 401


def test_an_account_that_was_closed_is_signed_out(serve: Serve, accounts: Accounts) -> None:
    client = serve()
    id = client.post("/api/auth/signup", json=ADA).json()["id"]
    asyncio.run(accounts.set_disabled(id, disabled=True))
    answer = client.get("/api/auth/check")
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")
    assert dict(client.cookies) == {}


def test_a_login_for_a_token_is_all_that_a_client_without_cookies_needs(
    serve: Serve, clock: Clock
) -> None:
    client = serve(on_server(clock, bearer=True))
    client.post("/api/auth/signup", json=ADA)
    client.cookies.clear()
    told = client.post("/api/auth/token", json=LOGIN).json()
    client.cookies.clear()
    token = {"authorization": f"Bearer {told['token']}"}
    assert client.get("/api/auth/check", headers=token).json() == told["user"]
    assert client.get("/api/auth/check").headers["www-authenticate"] == "Bearer"
    assert client.post("/api/auth/logout", headers=token).status_code == 204
    answer = client.get("/api/auth/check", headers=token)
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def paths(client: TestClient) -> set[str]:
    found: dict[str, Any] = client.get("/openapi.json").json()["paths"]
    return {path.removeprefix("/api/auth") for path in found}


def test_what_the_sessions_cannot_do_has_no_route(serve: Serve, clock: Clock) -> None:
    common = {"/signup", "/login", "/logout", "/check", "/session", "/confirm"}
    listed = {"/password", "/sessions", "/sessions/end-others", "/sessions/{handle}"}
    sealed = Sessions(ClientSide(IronSeal(SECRET)), clock=clock)
    assert paths(serve(sealed)) == common
    assert paths(serve()) == common | listed
    assert paths(serve(on_server(clock, bearer=True))) == common | listed | {"/token"}


def test_the_document_says_what_comes_in_and_out(serve: Serve) -> None:
    found = serve().get("/openapi.json").json()["paths"]
    login = found["/api/auth/login"]["post"]
    form = login["requestBody"]["content"]["application/json"]["schema"]
    assert (form["required"], form["additionalProperties"]) == (["login", "password"], False)
    assert {"200", "400", "401", "413", "415", "422", "503"} <= set(login["responses"])
    assert "security" not in login
    check = found["/api/auth/check"]["get"]
    assert check["security"] == [{"session": []}]
    schema = check["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["$ref"].endswith("UserAnswer")
    delete = found["/api/auth/sessions/{handle}"]["delete"]
    assert [parameter["name"] for parameter in delete["parameters"]] == ["handle"]


def test_a_second_factor_is_asked_for_where_the_router_has_them(
    accounts: Accounts, clock: Clock
) -> None:
    sessions = on_server(clock)
    throttle = Throttle.beside(sessions)
    second = SecondFactor(
        engine=accounts.engine, secret=Keyring(SECRET), throttle=throttle, clock=clock
    )
    factors = Factors.of(second, sessions, issuer="example.org")
    app = FastAPI()
    app.add_middleware(SessionMiddleware, sessions=sessions)
    router = auth_router(sessions, accounts, throttle=throttle, factors=factors)
    app.include_router(router, prefix="/api/auth")
    client, other = (TestClient(app, base_url="https://testserver") for _ in range(2))
    client.post("/api/auth/signup", json=ADA)
    phone = enrol(client, clock)
    answer = other.post("/api/auth/login", json=LOGIN)
    assert (answer.status_code, answer.json()["code"]) == (401, "second-factor-needed")
    assert answer.headers["set-cookie"].startswith("__Host-half-way=")
    assert other.get("/api/auth/check").status_code == 401
    code = {"code": phone.code()}
    assert other.post("/api/auth/login/second-factor", json=code).status_code == 200
    assert other.get("/api/auth/session").json()["methods"] == ["pwd", "otp", "mfa"]


def test_without_factors_there_are_no_routes_for_them(serve: Serve) -> None:
    assert not [path for path in paths(serve()) if "second-factor" in path]
