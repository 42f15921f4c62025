"""Faults that others have had, each under its name."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from .kit import ADA, LOGIN, PASSWORD, browser

Start = Callable[..., TestClient]
ODD = [
    "",
    "\x00",
    "%",
    "%00%ff",
    "../../etc/passwd",
    "javascript:alert(1)",
    "//evil.example",
    "http://[",
    "https://evil.example:99999",
    "a" * 20_000,
    "{}[]<>\"'`;--",
    "\u202e\ud7ff\uffff",
    "__proto__",
    "s%3A" + "A" * 43 + "." + "B" * 43,
    "s:" + "." * 400,
    "Fe26.2*1*" + "*" * 20,
]


def rows(home: Path) -> int:
    connection = sqlite3.connect(home / "sessions.db")
    [(count,)] = connection.execute("SELECT count(*) FROM session").fetchall()
    connection.close()
    return int(count)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_s12_only_a_post_logs_out(ada: TestClient, method: str) -> None:
    answer = ada.request(method, "/api/auth/logout", headers={"content-type": "application/json"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert ada.get("/api/auth/check").status_code == 200


@pytest.mark.parametrize("member", ["userId", "user_id", "user", "id", "sub"])
def test_better_auth_cve_2025_61928_a_user_in_the_body_is_nobody(
    ada: TestClient, app: Starlette, member: str
) -> None:
    id = ada.get("/api/auth/check").json()["id"]
    eve = browser(app)
    for path, body in {
        "signup": {"username": "eve", "password": PASSWORD},
        "login": {"login": "eve", "password": "x"},
        "logout": {},
        "sessions/end-others": {},
    }.items():
        answer = eve.post(f"/api/auth/{path}", json={**body, member: id})
        assert (answer.status_code, answer.json()["field"]) == (422, member)
        assert eve.get("/api/auth/check").status_code == 401
    for path in ("check", "session", "sessions"):
        assert id not in eve.get(f"/api/auth/{path}?{member}={id}").text
    assert ada.get("/api/auth/check").status_code == 200


def test_django_user_sessions_cve_2020_5224_the_device_list_has_no_session_id(
    ada: TestClient, app: Starlette
) -> None:
    other = browser(app)
    other.post("/api/auth/login", json=LOGIN)
    text = ada.get("/api/auth/sessions").text + ada.get("/api/auth/session").text
    for cookie in (ada.cookies["session"], other.cookies["session"]):
        id = cookie.removeprefix("s%3A").partition(".")[0]
        assert len(id) == 43
        assert id not in text
        assert cookie not in text
    for line in ada.get("/api/auth/sessions").json()["sessions"]:
        thief = browser(app)
        for guess in (line["handle"], f"s%3A{line['handle']}.x"):
            thief.cookies["session"] = guess
            assert thief.get("/api/auth/check").status_code == 401


def test_flask_security_cve_2021_21241_no_answer_to_a_get_has_a_token(ada: TestClient) -> None:
    cookie = ada.cookies["session"]
    for path in ("check", "session", "sessions", "login", "signup"):
        answer = ada.get(f"/api/auth/{path}")
        assert cookie not in answer.text
        assert "token" not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("sessions", [None, "sealed:"])
def test_next_auth_cve_2022_31093_nothing_malformed_is_a_server_error(
    start: Start, sessions: str | None
) -> None:
    client = start(sessions=sessions)
    client.post("/api/auth/signup", json=ADA)
    for odd in ODD:
        text = odd.encode("utf-8", "surrogatepass")
        requests = [
            client.get("/api/auth/check", params={"callbackUrl": odd, odd: "x"}),
            client.get("/api/auth/check", headers={b"cookie": b"session=" + text[:8000]}),
            client.get("/api/auth/check", headers={b"authorization": b"Bearer " + text[:8000]}),
            client.post("/api/auth/login", json={"login": odd, "password": odd}),
            client.post("/api/auth/login", json={odd: odd}),
            client.post("/api/auth/login", content=text, headers={b"content-type": text[:80]}),
            client.post("/api/auth/signup", json={"email": odd, "password": odd, "name": odd}),
            client.post("/api/auth/logout", json={}, headers={b"origin": text[:8000]}),
            client.post("/api/auth/logout", json={}, headers={b"sec-fetch-site": text[:8000]}),
        ]
        assert {answer.status_code for answer in requests} <= {200, 204, 400, 401, 403, 415, 422}


def test_django_cve_2015_5963_a_logout_of_nobody_stores_nothing(client: TestClient) -> None:
    for _ in range(20):
        answer = client.post("/api/auth/logout", json={})
        assert answer.status_code == 204
        assert "set-cookie" not in answer.headers
    client.post("/api/auth/signup", json=ADA)  # makes the table
    assert rows(Path("var")) == 1


def test_aiohttp_session_cve_2018_1000519_an_id_of_the_visitors_choice_is_not_taken_on(
    client: TestClient,
) -> None:
    chosen = "s%3A" + "A" * 43 + "." + "B" * 43
    headers = {"cookie": f"session={chosen}"}
    answer = client.post("/api/auth/signup", json=ADA, headers=headers)
    assert "A" * 43 not in answer.headers["set-cookie"]
    client.cookies.clear()
    assert client.get("/api/auth/check", headers=headers).status_code == 401
    assert rows(Path("var")) == 1


def test_better_auth_ghsa_x732_two_slashes_are_another_address(client: TestClient) -> None:
    for path in ("//api/auth/login", "/api//auth/login", "/api/auth//login", "/api/auth/login/"):
        answer = client.post(f"http://localhost:8000{path}", json=LOGIN)
        assert answer.status_code in {404, 405}


def test_names_with_markup_are_data(client: TestClient) -> None:
    name = "<script>alert(1)</script>"
    answer = client.post("/api/auth/signup", json={**ADA, "name": name})
    assert answer.json()["name"] == name
    assert answer.headers["content-type"] == "application/json"


def test_no_hash_of_a_password_leaves(ada: TestClient) -> None:
    for path in ("check", "session", "sessions"):
        assert "argon2" not in ada.get(f"/api/auth/{path}").text
