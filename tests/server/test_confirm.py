"""Proving once more who is signed in: the session is as fresh as new, under a new id."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.testing import Clock

from .codes import enrol
from .kit import ADA, LOGIN, PASSWORD, browser, parts

Start = Callable[..., TestClient]
PATH = "/api/auth/confirm"


@pytest.fixture(params=["sqlite", "sealed:", "memory:"])
def app(request: pytest.FixtureRequest, start: Start) -> Starlette:
    given = {} if request.param == "sqlite" else {"sessions": request.param}
    found = start(**given).app
    assert isinstance(found, Starlette)
    return found


@pytest.fixture
def ada(app: Starlette) -> TestClient:
    client = browser(app)
    assert client.post("/api/auth/signup", json=ADA).status_code == 201
    return client


def session(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/auth/session").json()
    return found


def begins(client: TestClient) -> Any:
    """Ask for something that needs a fresh login."""
    return client.post("/api/auth/second-factor/begin", json={})


def test_a_login_grows_stale_and_the_password_makes_it_fresh(ada: TestClient, clock: Clock) -> None:
    before = session(ada)
    clock.tick(600)
    assert begins(ada).status_code == 200
    clock.tick(1)
    stale = begins(ada)
    assert (stale.status_code, stale.json()["code"]) == (401, "stale-login")
    challenge = 'Bearer error="insufficient_user_authentication", max_age=600'
    assert stale.headers["www-authenticate"] == challenge
    answer = ada.post(PATH, json={"password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["authenticated"] > before["authenticated"]
    assert begins(ada).status_code == 200


def test_the_data_and_the_device_stay_and_the_id_does_not(
    ada: TestClient, app: Starlette, clock: Clock
) -> None:
    name = parts(app).sessions.cookie.name
    before = ada.cookies[name]
    clock.tick(10)
    ada.post(PATH, json={"password": PASSWORD})
    assert ada.cookies[name] != before
    assert len(ada.get("/api/auth/sessions").json()["sessions"]) == 1
    clock.tick(2)
    thief = browser(app)
    assert thief.get("/api/auth/check", headers={"cookie": f"{name}={before}"}).status_code == 401


def test_the_tokens_of_the_session_go_on_with_it(ada: TestClient, clock: Clock) -> None:
    pair = ada.post("/api/auth/token", json={}).json()
    clock.tick(10)
    assert ada.post(PATH, json={"password": PASSWORD}).status_code == 200
    clock.tick(2)
    refreshed = ada.post("/api/auth/token/refresh", json={"refresh_token": pair["refresh_token"]})
    assert refreshed.status_code == 200, refreshed.text


def test_whether_to_be_remembered_stays(app: Starlette, ada: TestClient, clock: Clock) -> None:
    assert ada
    client = browser(app)
    client.post("/api/auth/login", json={**LOGIN, "remember": False})
    clock.tick(10)
    answer = client.post(PATH, json={"password": PASSWORD})
    assert "Max-Age" not in answer.headers["set-cookie"]


def test_a_code_makes_it_fresh_too_and_what_was_shown_before_still_counts(
    ada: TestClient, clock: Clock
) -> None:
    phone = enrol(ada, clock)
    clock.tick(601)
    answer = ada.post(PATH, json={"code": phone.code()})
    assert answer.status_code == 200
    assert answer.json()["methods"] == ["pwd", "otp", "mfa"]


def test_whoever_has_a_second_factor_confirms_by_nothing_less(
    ada: TestClient, clock: Clock
) -> None:
    """A stolen session and the password are not the phone."""
    phone = enrol(ada, clock)
    clock.tick(601)
    before = session(ada)
    answers = [ada.post(PATH, json={"password": text}) for text in (PASSWORD, "not it, not it")]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {
        (401, "second-factor-needed")
    }
    assert session(ada) == before
    assert begins(ada).json()["code"] == "stale-login"
    assert ada.post(PATH, json={"code": phone.code()}).status_code == 200


def test_where_no_session_can_be_ended_one_of_before_the_factor_is_fresh_no_more(
    start: Start, clock: Clock
) -> None:
    app = start(sessions="sealed:").app
    assert isinstance(app, Starlette)
    ada, other = browser(app), browser(app)
    ada.post("/api/auth/signup", json=ADA)
    other.post("/api/auth/login", json=LOGIN)
    copied = dict(other.cookies)
    phone = enrol(ada, clock)
    thief = browser(app)
    for name, value in copied.items():
        thief.cookies.set(name, value)
    assert thief.request("DELETE", "/api/auth/account").status_code == 401
    assert ada.post(PATH, json={"code": phone.code()}).status_code == 200
    assert ada.request("DELETE", "/api/auth/account").status_code == 204


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"password": "not it, not it"}, 401, "invalid-credentials"),
        ({"code": "000000"}, 401, "invalid-code"),
        ({}, 422, "invalid-body"),
        ({"password": PASSWORD, "code": "000000"}, 422, "invalid-body"),
        ({"login": "ada@example.org", "password": PASSWORD}, 422, "invalid-body"),
    ],
)
def test_what_is_no_proof_renews_nothing(
    ada: TestClient, clock: Clock, body: dict[str, str], status: int, code: str
) -> None:
    clock.tick(601)
    answer = ada.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert begins(ada).status_code == 401


def test_nobody_has_nothing_to_confirm(app: Starlette, ada: TestClient) -> None:
    token = ada.post("/api/auth/token", json={}).json()["access_token"]
    assert browser(app).post(PATH, json={"password": PASSWORD}).status_code == 401
    client = browser(app, authorization=f"Bearer {token}")
    answer = client.post(PATH, json={"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "session-needed")


def test_a_stolen_session_guesses_no_faster_than_at_the_sign_in(ada: TestClient) -> None:
    for _ in range(5):
        ada.post(PATH, json={"password": "not it, not it"})
    assert ada.post(PATH, json={"password": PASSWORD}).status_code == 429
    assert ada.post("/api/auth/login", json=LOGIN).status_code == 429


def test_what_is_fresh_is_configured(start: Start, clock: Clock) -> None:
    client = start(fresh_login=60)
    client.post("/api/auth/signup", json=ADA)
    clock.tick(61)
    assert begins(client).json()["code"] == "stale-login"


def test_the_session_says_how_and_when(ada: TestClient) -> None:
    found = session(ada)
    assert found["methods"] == ["pwd"]
    assert found["authenticated"] is not None
    ada.post("/api/auth/logout", json={})
    gone = session(ada)
    assert (gone["methods"], gone["authenticated"]) == ([], None)
