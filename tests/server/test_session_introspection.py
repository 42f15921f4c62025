"""A service in any language asks whose session a cookie is."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.testing import Clock

from .kit import browser, parts, run

PATH = "/api/auth/introspect-session"


@pytest.fixture
def service(app: Starlette) -> TestClient:
    key = run(parts(app).service_keys.new("orders", now=0))
    return browser(app, authorization=f"Bearer {key}")


def header(client: TestClient) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def test_a_service_is_told_who_it_is(ada: TestClient, service: TestClient) -> None:
    cookie = f"theme=dark; {header(ada)}; other=1"
    known = service.post(PATH, json={"cookie": cookie}).json()
    assert (known["active"], known["code"], known["roles"]) == (True, None, [])
    assert known["user"] == ada.get("/api/auth/check").json()
    assert known["session"] == ada.get("/api/auth/session").json()


@pytest.mark.parametrize(
    "cookie", ["", "session=", "session=x", "session=\x00", "도장=1; session=%"]
)
def test_of_what_is_no_session_a_service_is_told_why(service: TestClient, cookie: str) -> None:
    answer = service.post(PATH, json={"cookie": cookie})
    assert answer.status_code == 200
    assert answer.json()["active"] is False
    assert answer.json()["code"] in {"missing", "malformed", "bad-signature"}
    assert answer.json()["user"] is answer.json()["session"] is None


def test_what_was_ended_is_not_active(ada: TestClient, service: TestClient) -> None:
    cookie = header(ada)
    ada.post("/api/auth/logout")
    known = service.post(PATH, json={"cookie": cookie}).json()
    assert (known["active"], known["code"]) == (False, "unknown")


def test_a_disabled_account_is_not_active(
    app: Starlette, ada: TestClient, service: TestClient
) -> None:
    id = ada.get("/api/auth/check").json()["id"]
    cookie = header(ada)
    run(parts(app).accounts.set_disabled(id, disabled=True))
    assert service.post(PATH, json={"cookie": cookie}).json()["active"] is False


def test_asking_extends_nothing(ada: TestClient, service: TestClient, clock: Clock) -> None:
    cookie = header(ada)
    before = service.post(PATH, json={"cookie": cookie}).json()["session"]["expires"]
    clock.tick(5 * 24 * 3600)
    answer = service.post(PATH, json={"cookie": cookie})
    assert answer.json()["active"]
    assert "set-cookie" not in answer.headers
    clock.tick(3 * 24 * 3600)
    assert before
    assert not service.post(PATH, json={"cookie": cookie}).json()["active"]


def test_it_is_for_services_with_a_key(app: Starlette, ada: TestClient) -> None:
    for client in (browser(app), ada, browser(app, authorization="Bearer x")):
        answer = client.post(PATH, json={"cookie": header(ada)})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid-client")
