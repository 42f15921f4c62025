"""Guessing at a server: slow on every way in, and one count for all of them."""

from collections.abc import Callable
from io import StringIO

import pytest
from starlette.testclient import TestClient

from dojang.testing import Clock
from tests.server.kit import ADA, PASSWORD

from .pages.kit import Page, Person

WRONG = {"login": "ada@example.org", "password": "not the password"}


@pytest.fixture
def ada(client: TestClient) -> TestClient:
    assert client.post("/api/auth/signup", json=ADA).status_code == 201
    client.cookies.clear()
    return client


def guess(client: TestClient, path: str = "/api/auth/login") -> int:
    status: int = client.post(path, json=WRONG).status_code
    return status


def test_the_sixth_guess_is_429_with_the_time_left(ada: TestClient, clock: Clock) -> None:
    assert [guess(ada) for _ in range(5)] == [401] * 5
    clock.tick(15)
    answer = ada.post("/api/auth/login", json={**WRONG, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "45"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "code": "too-many-attempts",
        "detail": "too many attempts; try again in 45 seconds",
    }
    clock.tick(45)
    assert ada.post("/api/auth/login", json={**WRONG, "password": PASSWORD}).status_code == 200


def test_every_way_in_has_one_count(ada: TestClient) -> None:
    ways = ["/api/auth/login", "/api/auth/login", "/api/auth/token", "/api/auth/token"]
    assert [guess(ada, way) for way in ways] == [401] * 4
    person = Person(ada.app)  # type: ignore[arg-type]
    assert person.send("/sign-in", WRONG).status_code == 401
    assert guess(ada) == guess(ada, "/api/auth/token") == 429


def test_the_page_says_when_to_try_again(ada: TestClient) -> None:
    for _ in range(5):
        guess(ada)
    answer = Person(ada.app).send("/sign-in", WRONG)  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    (alert,) = Page.of(answer).alerts
    assert alert == "That was tried too often. Please try again in 60 seconds."


def test_sign_up_tells_nobody_fast_who_has_an_account(ada: TestClient) -> None:
    statuses = [ada.post("/api/auth/signup", json=ADA).status_code for _ in range(31)]
    assert statuses == [409] * 29 + [429] * 2


def test_the_line_in_the_log_says_why_and_from_where(start: Callable[..., TestClient]) -> None:
    log = StringIO()
    client = start(log=log)
    for _ in range(6):
        guess(client)
    refused = [line for line in log.getvalue().splitlines() if "login-refused" in line]
    assert len(refused) == 6
    assert "code=too-many-attempts" in refused[-1]
    assert "address=192.0.2.7" in refused[-1]
    assert not any("ada" in line or "not the password" in line for line in refused)
