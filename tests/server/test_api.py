from collections.abc import Callable

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.testing import Clock

from .kit import (
    ADA,
    LOGIN,
    PASSWORD,
    break_accounts,
    break_sessions,
    browser,
    parts,
    run,
)

Start = Callable[..., TestClient]


def test_who_signs_up_is_signed_in(client: TestClient) -> None:
    answer = client.post("/api/auth/signup", json={**ADA, "username": "Ada", "name": "Ada L"})
    assert answer.status_code == 201
    user = answer.json()
    assert user == {
        "id": user["id"],
        "email": "ada@example.org",
        "email_verified": False,
        "username": "Ada",
        "name": "Ada L",
        "created": "2026-01-01T00:00:00.000Z",
    }
    assert client.get("/api/auth/check").json() == user


def test_a_user_name_is_enough(client: TestClient) -> None:
    answer = client.post("/api/auth/signup", json={"username": "ada", "password": PASSWORD})
    assert (answer.status_code, answer.json()["email"]) == (201, None)


def test_an_address_that_is_taken_is_a_conflict_that_names_the_field(ada: TestClient) -> None:
    answer = ada.post("/api/auth/signup", json={**ADA, "email": "ADA@example.org"})
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["field"]) == ("already-taken", "email")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": PASSWORD}, "email"),
        ({"email": "nobody", "password": PASSWORD}, "email"),
        ({"username": "a b", "password": PASSWORD}, "username"),
        ({"email": "ada@example.org", "password": "short"}, "password"),
        ({"email": "ada@example.org", "password": PASSWORD, "name": "a\nb"}, "name"),
    ],
)
def test_what_breaks_a_rule_is_named(client: TestClient, body: dict[str, str], field: str) -> None:
    answer = client.post("/api/auth/signup", json=body)
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == ("invalid-input", field)
    assert PASSWORD not in answer.text


def test_the_password_minimum_is_a_setting(start: Start) -> None:
    client = start(password_minimum=25)
    assert (
        "take 25 characters or more" in client.post("/api/auth/signup", json=ADA).json()["detail"]
    )


def test_a_login_opens_a_session_and_returns_the_user(ada: TestClient, app: Starlette) -> None:
    other = browser(app)
    answer = other.post("/api/auth/login", json=LOGIN)
    assert answer.status_code == 200
    assert answer.json() == ada.get("/api/auth/check").json() == other.get("/api/auth/check").json()


def test_a_wrong_password_and_an_unknown_login_read_alike(ada: TestClient) -> None:
    wrong = ada.post("/api/auth/login", json={**LOGIN, "password": "wrong"})
    unknown = ada.post("/api/auth/login", json={**LOGIN, "login": "nobody@example.org"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert wrong.json()["code"] == "invalid-credentials"
    assert "set-cookie" not in wrong.headers


def test_a_login_that_fails_leaves_the_session_that_was_there(ada: TestClient) -> None:
    ada.post("/api/auth/login", json={**LOGIN, "password": "wrong"})
    assert ada.get("/api/auth/check").status_code == 200


def test_a_login_replaces_the_id_and_the_old_one_is_dead(ada: TestClient, app: Starlette) -> None:
    old = dict(ada.cookies)
    ada.post("/api/auth/login", json=LOGIN)
    assert dict(ada.cookies) != old
    thief = browser(app)
    thief.cookies.update(old)
    assert thief.get("/api/auth/check").json()["code"] == "unknown"


def cookie_of(answer: Response) -> str:
    (line,) = (
        line for line in answer.headers.get_list("set-cookie") if line.startswith("session=")
    )
    return line


def test_who_is_not_remembered_gets_a_cookie_that_ends_with_the_browser(ada: TestClient) -> None:
    assert "Max-Age" in cookie_of(ada.post("/api/auth/login", json=LOGIN))
    forgotten = ada.post("/api/auth/login", json={**LOGIN, "remember": False})
    assert "Max-Age" not in cookie_of(forgotten)


def test_a_logout_ends_the_session_for_whoever_has_the_cookie(
    ada: TestClient, app: Starlette
) -> None:
    stolen = dict(ada.cookies)
    answer = ada.post("/api/auth/logout", json={})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    thief = browser(app)
    thief.cookies.update(stolen)
    assert thief.get("/api/auth/check").status_code == 401


def test_a_logout_needs_no_body_where_the_browser_says_where_it_comes_from(ada: TestClient) -> None:
    answer = ada.post("/api/auth/logout", headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 204


@pytest.mark.parametrize("sessions", ["sealed:", "memory:", None])
def test_the_handlers_are_the_same_wherever_sessions_live(start: Start, sessions: str) -> None:
    client = start(sessions=sessions)
    assert client.post("/api/auth/signup", json=ADA).status_code == 201
    assert client.get("/api/auth/check").status_code == 200
    assert client.post("/api/auth/logout", json={}).status_code == 204
    assert client.get("/api/auth/check").json()["code"] == "missing"
    assert client.post("/api/auth/login", json=LOGIN).status_code == 200


def test_the_check_says_why_nobody_is_signed_in(ada: TestClient, clock: Clock) -> None:
    good = ada.cookies["session"]
    cases = {None: "missing", "nonsense": "malformed", good[:-1] + "~": "bad-signature"}
    for cookie, code in cases.items():
        ada.cookies.clear()
        if cookie:
            ada.cookies["session"] = cookie
        answer = ada.get("/api/auth/check")
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert len(answer.json()["detail"]) > 10
    ada.cookies.clear()
    ada.cookies["session"] = good
    clock.tick(8 * 24 * 3600)
    answer = ada.get("/api/auth/check")
    assert answer.json()["code"] == "expired"
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_a_session_can_be_nobodys(client: TestClient, app: Starlette) -> None:
    async def visited() -> str:
        visit = await parts(app).sessions.open()
        visit.session["cart"] = ["a book"]
        [line] = await visit.close(200)
        return line.partition(";")[0]

    headers = {"cookie": run(visited())}
    answer = client.get("/api/auth/check", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "anonymous")
    shown = client.get("/api/auth/session", headers=headers).json()
    assert (shown["user_id"], shown["rejected"]) == (None, None)
    assert shown["handle"]


def test_the_session_is_shown_by_its_name_and_never_by_its_id(ada: TestClient) -> None:
    answer = ada.get("/api/auth/session")
    shown = answer.json()
    assert shown == {
        "user_id": ada.get("/api/auth/check").json()["id"],
        "handle": shown["handle"],
        "created": "2026-01-01T00:00:00.000Z",
        "expires": "2026-01-08T00:00:00.000Z",
        "authenticated": "2026-01-01T00:00:00.000Z",
        "methods": ["pwd"],
        "rejected": None,
    }
    assert len(shown["handle"]) == 22


def test_nobody_has_a_session_too_and_is_told_so(client: TestClient) -> None:
    answer = client.get("/api/auth/session")
    assert answer.status_code == 200
    nothing = dict.fromkeys(("user_id", "handle", "created", "expires", "authenticated"))
    assert answer.json() == {**nothing, "methods": [], "rejected": "missing"}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["check", "session", "sessions"])
@pytest.mark.parametrize("sessions", [None, "sealed:"])
def test_the_session_of_a_disabled_account_is_over(
    start: Start, path: str, sessions: str | None
) -> None:
    client = start(sessions=sessions)
    user = client.post("/api/auth/signup", json=ADA).json()
    app = client.app
    assert isinstance(app, Starlette)
    run(parts(app).accounts.set_disabled(user["id"], disabled=True))
    answer = client.get(f"/api/auth/{path}")
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    run(parts(app).accounts.set_disabled(user["id"], disabled=False))
    assert client.get("/api/auth/check").status_code == 401


def test_a_session_outlives_the_server(start: Start) -> None:
    first = start(secret="k" * 20 + "0123456789-abcdefgh")
    first.post("/api/auth/signup", json=ADA)
    second = start(secret="k" * 20 + "0123456789-abcdefgh")
    second.cookies = first.cookies
    assert second.get("/api/auth/check").status_code == 200


def test_a_new_secret_in_front_keeps_everybody_signed_in(start: Start) -> None:
    old, new = "an old secret that signs what is there", "a new secret that signs from now on, ok"
    first = start(secret=(old,))
    first.post("/api/auth/signup", json=ADA)
    second = start(secret=(new, old))
    second.cookies = first.cookies
    assert second.get("/api/auth/check").status_code == 200
    third = start(secret=(new,))
    third.cookies = second.cookies
    assert third.get("/api/auth/check").status_code == 200


def test_sessions_idle_out_as_configured(start: Start, clock: Clock) -> None:
    client = start(session_idle=60, session_absolute=3600)
    client.post("/api/auth/signup", json=ADA)
    for _ in range(3):
        clock.tick(45)
        assert client.get("/api/auth/check").status_code == 200
    clock.tick(60)
    assert client.get("/api/auth/check").json()["code"] == "expired"


def test_a_store_that_is_down_is_not_a_wrong_password(ada: TestClient, app: Starlette) -> None:
    # F-14: a broken database once was "401 wrong password", and fed the lock-out counter.
    break_accounts(app)
    answer = ada.post("/api/auth/login", json=LOGIN)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1


def test_a_session_store_that_is_down_is_not_a_wrong_password_either(
    ada: TestClient, app: Starlette
) -> None:
    break_sessions(app)
    for client in (ada, browser(app)):
        answer = client.post("/api/auth/login", json=LOGIN)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "set-cookie" not in answer.headers


def test_a_session_store_that_is_down_signs_nobody_out(ada: TestClient, app: Starlette) -> None:
    break_sessions(app)
    answer = ada.get("/api/auth/check")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "set-cookie" not in answer.headers
