from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from .kit import ADA, LOGIN, PASSWORD

JSON = {"content-type": "application/json"}
POSTS = ["signup", "login", "logout", "sessions/end-others"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"text"', b"null", b"\xff", b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 5000],
)
def test_what_is_no_json_object_is_a_bad_request(ada: TestClient, path: str, body: bytes) -> None:
    answer = ada.post(f"/api/auth/{path}", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-json")


def test_a_member_that_stands_twice_is_refused(client: TestClient) -> None:
    body = b'{"login":"eve","login":"ada@example.org","password":"x"}'
    answer = client.post("/api/auth/login", content=body, headers=JSON)
    assert "duplicates" in answer.json()["detail"]


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "x/y"],
)
@pytest.mark.parametrize("path", POSTS)
def test_json_that_is_called_something_else_is_refused(
    ada: TestClient, path: str, media_type: str
) -> None:
    headers = {"content-type": media_type, "sec-fetch-site": "same-origin"}
    answer = ada.post(f"/api/auth/{path}", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def test_json_may_say_its_charset(client: TestClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert client.post("/api/auth/logout", content=b"{}", headers=headers).status_code == 204


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ({"login": "ada"}, "password", "is missing"),
        ({**LOGIN, "admin": True}, "admin", "is not a member"),
        ({**LOGIN, "password": 7}, "password", "has to be text"),
        ({**LOGIN, "login": None}, "login", "has to be text"),
        ({**LOGIN, "remember": "yes"}, "remember", "has to be true or false"),
        ({**LOGIN, "remember": 1}, "remember", "has to be true or false"),
        ({**LOGIN, "password": [PASSWORD]}, "password", "has to be text"),
    ],
)
def test_a_member_that_is_wrong_is_named_and_its_value_is_not_repeated(
    client: TestClient, body: dict[str, object], field: str, problem: str
) -> None:
    answer = client.post("/api/auth/login", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-body")
    assert answer.json()["field"] == field
    assert problem in answer.json()["detail"]
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("path", POSTS)
def test_a_body_that_says_it_is_too_large_is_not_read(ada: TestClient, path: str) -> None:
    answer = ada.post(f"/api/auth/{path}", content=b"x" * 65_537, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_body_that_turns_out_too_large_is_not_read_on(client: TestClient) -> None:
    read = 0

    def pieces() -> Iterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b" " * 40_000

    answer = client.post("/api/auth/login", content=pieces(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_64_kib_are_read(client: TestClient) -> None:
    answer = client.post("/api/auth/login", content=b" " * 65_534 + b"{}", headers=JSON)
    assert answer.status_code == 422


def test_a_password_is_never_cut_off(client: TestClient) -> None:
    long = "pässword " * 40
    client.post("/api/auth/signup", json={**ADA, "password": long})
    assert client.post("/api/auth/login", json={**LOGIN, "password": long}).status_code == 200
    cut = client.post("/api/auth/login", json={**LOGIN, "password": long[:-1]})
    assert cut.status_code == 401
