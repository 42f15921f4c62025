from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.server.assembly import close
from dojang.testing import Clock

from .kit import ADA, LOGIN, PASSWORD, app_in, browser, parts

Start = Callable[..., TestClient]


def devices(client: TestClient) -> list[dict[str, object]]:
    answer = client.get("/api/auth/sessions")
    assert answer.status_code == 200
    found: list[dict[str, object]] = answer.json()["sessions"]
    return found


def login(app: Starlette, agent: str = "A phone") -> TestClient:
    client = browser(app, **{"user-agent": agent})
    assert client.post("/api/auth/login", json=LOGIN).status_code == 200
    return client


def test_the_list_shows_where_somebody_is_signed_in_and_which_is_here(
    ada: TestClient, app: Starlette, clock: Clock
) -> None:
    clock.tick(60)
    phone = login(app)
    newest, oldest = devices(phone)
    assert newest == {
        "handle": newest["handle"],
        "this": True,
        "created": "2026-01-01T00:01:00.000Z",
        "seen": "2026-01-01T00:01:00.000Z",
        "renewed": None,
        "expires": "2026-01-08T00:01:00.000Z",
        "address": "192.0.2.7",
        "agent": "A phone",
    }
    assert oldest["this"] is False
    assert [line["this"] for line in devices(ada)] == [False, True]


def test_a_session_can_be_ended_from_another_device(ada: TestClient, app: Starlette) -> None:
    phone = login(app)
    [other] = [line for line in devices(ada) if not line["this"]]
    assert ada.delete(f"/api/auth/sessions/{other['handle']}").status_code == 204
    assert phone.get("/api/auth/check").json()["code"] == "unknown"
    assert len(devices(ada)) == 1


def test_ending_the_own_session_signs_out_here(ada: TestClient) -> None:
    [here] = devices(ada)
    answer = ada.delete(f"/api/auth/sessions/{here['handle']}")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert ada.get("/api/auth/check").json()["code"] == "missing"


def test_nobody_can_end_the_session_of_somebody_else(ada: TestClient, app: Starlette) -> None:
    [hers] = devices(ada)
    eve = browser(app)
    eve.post("/api/auth/signup", json={"username": "eve", "password": PASSWORD})
    answer = eve.delete(f"/api/auth/sessions/{hers['handle']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-session")
    assert ada.get("/api/auth/check").status_code == 200


@pytest.mark.parametrize("handle", ["x", "%00", "..", "%2e%2e", "a" * 5000, "%ff"])
def test_a_handle_that_is_none_is_not_found(ada: TestClient, handle: str) -> None:
    assert ada.delete(f"/api/auth/sessions/{handle}").status_code in {404, 405}


def test_all_others_can_be_ended_at_once(ada: TestClient, app: Starlette) -> None:
    others = [login(app) for _ in range(3)]
    assert ada.post("/api/auth/sessions/end-others", json={}).json() == {"ended": 3}
    assert ada.get("/api/auth/check").status_code == 200
    assert {other.get("/api/auth/check").status_code for other in others} == {401}
    assert ada.post("/api/auth/sessions/end-others", json={}).json() == {"ended": 0}


@pytest.mark.parametrize("sessions", ["sealed:", "memory:"])
def test_wherever_sessions_live_one_is_ended_from_another(start: Start, sessions: str) -> None:
    client = start(sessions=sessions)
    client.post("/api/auth/signup", json=ADA)
    app = client.app
    assert isinstance(app, Starlette)
    phone = login(app)
    devices = client.get("/api/auth/sessions").json()["sessions"]
    (other,) = [device["handle"] for device in devices if not device["this"]]
    assert client.delete(f"/api/auth/sessions/{other}").status_code == 204
    assert phone.get("/api/auth/check").json()["code"] in {"unknown", "revoked"}
    assert client.get("/api/auth/check").status_code == 200


@pytest.mark.parametrize("home", [{}, {"sessions": "sealed:"}])
def test_with_one_session_per_account_the_new_login_ends_the_old(
    start: Start, home: dict[str, str]
) -> None:
    client = start(sessions_per_account=1, **home)
    client.post("/api/auth/signup", json=ADA)
    app = client.app
    assert isinstance(app, Starlette)
    phone = login(app)
    assert client.get("/api/auth/check").json()["code"] == ("revoked" if home else "unknown")
    assert phone.get("/api/auth/check").status_code == 200


def test_with_n_sessions_the_oldest_goes(start: Start, clock: Clock) -> None:
    client = start(sessions_per_account=3)
    client.post("/api/auth/signup", json=ADA)
    app = client.app
    assert isinstance(app, Starlette)
    others = []
    for _ in range(3):
        clock.tick(1)
        others.append(login(app))
    assert client.get("/api/auth/check").status_code == 401
    assert {other.get("/api/auth/check").status_code for other in others} == {200}


@pytest.mark.parametrize("home", [{}, {"sessions": "sealed:"}])
def test_a_full_account_can_refuse_the_new_login_instead(
    start: Start, home: dict[str, str]
) -> None:
    client = start(sessions_per_account=1, when_full="refuse", **home)
    client.post("/api/auth/signup", json=ADA)
    app = client.app
    assert isinstance(app, Starlette)
    phone = browser(app)
    answer = phone.post("/api/auth/login", json=LOGIN)
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-sessions")
    assert "set-cookie" not in answer.headers
    assert client.get("/api/auth/check").status_code == 200
    client.post("/api/auth/logout", json={})
    assert phone.post("/api/auth/login", json=LOGIN).status_code == 200


def test_behind_a_proxy_the_list_shows_who_came_and_not_the_proxy(tmp_path: Path) -> None:
    app = app_in(tmp_path, proxies="127.0.0.1, 10.0.0.0/8")
    client = TestClient(app, base_url="http://localhost:8000", client=("127.0.0.1", 1))
    client.headers["x-forwarded-for"] = "6.6.6.6, 198.51.100.1"
    client.post("/api/auth/signup", json=ADA)
    assert [entry["address"] for entry in devices(client)] == ["198.51.100.1"]
    close(parts(app))
