"""Tokens over HTTP: pairs, refreshing, revocation, introspection and published keys."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.testing import Clock
from dojang.wire import json
from dojang.wire.jose import jwt
from dojang.wire.jose.claims import Expected
from dojang.wire.jose.jwks import KeySet

from .kit import ADA, LOGIN, PASSWORD, browser, parts, run

Start = Callable[..., TestClient]


def pair(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/auth/token", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    made: dict[str, Any] = answer.json()
    return made


def refresh(client: TestClient, made: dict[str, Any]) -> Any:
    return client.post("/api/auth/token/refresh", json={"refresh_token": made["refresh_token"]})


def check(app: Starlette, made: dict[str, Any]) -> Any:
    """Ask who it is with an access token, and nothing else."""
    bearer = {"authorization": f"Bearer {made['access_token']}"}
    return browser(app).get("/api/auth/check", headers=bearer)


def verdicts(app: Starlette, made: dict[str, Any]) -> tuple[str, str]:
    used, asked = refresh(browser(app), made), check(app, made)
    return tuple("ok" if one.status_code == 200 else one.json()["code"] for one in (asked, used))  # type: ignore[return-value]


def oauth(app: Starlette, what: str, token: str, **headers: str) -> Any:
    return browser(app).post(f"/oauth/{what}", data={"token": token}, headers=headers)


@pytest.fixture(params=["sqlite", "sealed:", "memory:"])
def app(request: pytest.FixtureRequest, start: Start) -> Starlette:
    given = {} if request.param == "sqlite" else {"sessions": request.param}
    app = start(**given).app
    assert isinstance(app, Starlette)
    assert browser(app).post("/api/auth/signup", json=ADA).status_code == 201
    return app


@pytest.fixture
def ada(app: Starlette) -> TestClient:
    client = browser(app)
    assert client.post("/api/auth/login", json=LOGIN).status_code == 200
    return client


def test_a_password_gives_a_pair_and_no_cookie(app: Starlette) -> None:
    client = browser(app)
    made = pair(client, **LOGIN)
    assert (made["token_type"], made["expires_in"]) == ("Bearer", 600)
    assert made["refresh_expires_in"] == 30 * 24 * 3600
    assert dict(client.cookies) == {}
    assert check(app, made).json()["email"] == ADA["email"]


def test_a_session_gives_a_pair_that_ends_with_it(app: Starlette, ada: TestClient) -> None:
    made = pair(ada)
    assert verdicts(app, made) == ("ok", "ok")
    assert ada.post("/api/auth/logout", json={}).status_code == 204
    assert verdicts(app, made) == ("revoked", "revoked")


def test_a_wrong_password_gives_nothing(app: Starlette) -> None:
    answer = browser(app).post("/api/auth/token", json={**LOGIN, "password": "wrong wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-credentials")


@pytest.mark.parametrize("missing", ["login", "password"])
def test_half_a_proof_is_none(ada: TestClient, missing: str) -> None:
    body = {name: value for name, value in LOGIN.items() if name != missing}
    answer = ada.post("/api/auth/token", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, missing)


def test_nobody_gets_nothing(app: Starlette) -> None:
    answer = browser(app).post("/api/auth/token", json={})
    assert (answer.status_code, answer.json()["code"]) == (401, "missing")


def test_refreshing_rotates_and_a_copy_gives_itself_away(app: Starlette, clock: Clock) -> None:
    client = browser(app)
    first = pair(client, **LOGIN)
    second = refresh(client, first).json()
    assert refresh(client, first).json()["refresh_token"] == second["refresh_token"]
    clock.tick(30)
    answer = refresh(client, first)
    assert (answer.status_code, answer.json()["code"]) == (401, "reused")
    assert verdicts(app, second) == ("revoked", "revoked")


def test_a_reuse_is_shown_among_the_devices(app: Starlette, ada: TestClient, clock: Clock) -> None:
    first = pair(browser(app, **{"user-agent": "A phone"}), **LOGIN)
    refresh(ada, first)
    clock.tick(30)
    refresh(ada, first)
    (line,) = ada.get("/api/auth/sessions").json()["clients"]
    assert line["agent"] == "A phone"
    assert line["reused"] is not None
    assert "Signed out because a refresh token was used twice" in ada.get("/account").text


def test_a_device_with_tokens_is_ended_by_its_handle(app: Starlette, ada: TestClient) -> None:
    made = pair(browser(app), **LOGIN)
    (line,) = ada.get("/api/auth/sessions").json()["clients"]
    assert ada.delete(f"/api/auth/sessions/{line['handle']}").status_code == 204
    assert verdicts(app, made) == ("revoked", "unknown")


def test_signing_out_all_others_spares_the_tokens_of_this_session(
    app: Starlette, ada: TestClient, clock: Clock
) -> None:
    mine, other = pair(ada), pair(browser(app), **LOGIN)
    clock.tick(1)
    assert ada.post("/api/auth/sessions/end-others", json={}).json()["ended"] == 2
    assert verdicts(app, mine) == ("ok", "ok")
    assert verdicts(app, other)[0] == "revoked"


def test_a_token_may_sign_out_all_others_too(app: Starlette, ada: TestClient, clock: Clock) -> None:
    made = pair(browser(app), **LOGIN)
    clock.tick(1)
    bearer = {"authorization": f"Bearer {made['access_token']}"}
    answer = browser(app).post("/api/auth/sessions/end-others", json={}, headers=bearer)
    assert answer.status_code == 200
    assert verdicts(app, made) == ("ok", "ok")
    assert ada.get("/api/auth/check").status_code == 401


@pytest.mark.parametrize(
    ("method", "what", "body"),
    [
        ("POST", "token", {}),
        ("POST", "confirm", {"password": PASSWORD}),
        ("POST", "second-factor/begin", {}),
        ("POST", "second-factor/remove", {"code": "000000"}),
        ("POST", "account/disable", {}),
        ("DELETE", "account", None),
    ],
)
def test_what_takes_a_session_says_so_to_an_access_token(
    app: Starlette, ada: TestClient, method: str, what: str, body: dict[str, str] | None
) -> None:
    """A client with a token can do nothing about a login that is too old: it has none."""
    bearer = {"authorization": f"Bearer {pair(ada)['access_token']}"}
    answer = browser(app).request(method, f"/api/auth/{what}", json=body, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "session-needed")


@pytest.mark.parametrize("path", ["/api/auth/check", "/oauth/introspect"])
def test_a_401_names_the_scheme_and_whether_a_token_was_no_good(app: Starlette, path: str) -> None:
    """RFC 6750 section 3, RFC 6749 section 5.2."""
    ask = browser(app).get if path == "/api/auth/check" else browser(app).post
    assert ask(path).headers["www-authenticate"] == "Bearer"
    answer = ask(path, headers={"authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_closed_account_has_no_tokens(app: Starlette) -> None:
    made = pair(browser(app), **LOGIN)
    id = check(app, made).json()["id"]
    run(parts(app).accounts.set_disabled(id, disabled=True))
    assert verdicts(app, made) == ("revoked", "revoked")


def test_a_cookie_and_a_token_of_two_users_disagree(app: Starlette, ada: TestClient) -> None:
    eve = browser(app)
    eve.post("/api/auth/signup", json={"username": "eve", "password": ADA["password"]})
    bearer = {"authorization": f"Bearer {pair(eve)['access_token']}"}
    answer = ada.get("/api/auth/check", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "disagreeing")


def test_anybody_verifies_with_the_published_keys(app: Starlette) -> None:
    answer = browser(app).get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    keys = KeySet.parse(json.dumps(answer.json()))
    assert len(list(keys)) == 2
    url = parts(app).settings.url
    expected = Expected(issuer=url, audience=url, type="at+jwt")
    made = pair(browser(app), **LOGIN)
    now = parts(app).tokens.clock()
    read = jwt.verify(made["access_token"], keys.find, now=now, expected=expected)
    assert read.header["alg"] == "ES256"


def test_with_hs256_nothing_is_published(start: Start) -> None:
    client = start(access_algorithm="HS256")
    client.post("/api/auth/signup", json=ADA)
    assert client.get("/.well-known/jwks.json").json() == {"keys": []}
    assert pair(client)["expires_in"] == 600


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(app: Starlette, which: str) -> None:
    """RFC 7009 section 2.1."""
    made, other = pair(browser(app), **LOGIN), pair(browser(app), **LOGIN)
    answer = oauth(app, "revoke", made[which])
    assert (answer.status_code, answer.content) == (200, b"")
    assert verdicts(app, made) == ("revoked", "unknown")
    assert verdicts(app, other) == ("ok", "ok")


@pytest.mark.parametrize("token", ["nothing", "drt.x.y.z", "é", "a" * 20_000])
def test_revoking_what_is_no_token_is_fine(app: Starlette, token: str) -> None:
    """RFC 7009 section 2.2: there is nothing to learn here."""
    assert oauth(app, "revoke", token).status_code == 200


def test_a_pair_of_a_session_is_revoked_without_the_session(
    app: Starlette, ada: TestClient
) -> None:
    made = pair(ada)
    oauth(app, "revoke", made["access_token"])
    assert verdicts(app, made) == ("revoked", "unknown")
    assert ada.get("/api/auth/check").status_code == 200


def test_introspection_is_for_services_with_a_key(app: Starlette) -> None:
    made = pair(browser(app), **LOGIN)
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic eDp5"}):
        answer = oauth(app, "introspect", made["access_token"], **headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    key = run(parts(app).service_keys.new("orders", now=0))
    bearer = {"authorization": f"Bearer {key}"}
    access = oauth(app, "introspect", made["access_token"], **bearer).json()
    assert (access["active"], access["token_type"]) == (True, "Bearer")
    refreshing = oauth(app, "introspect", made["refresh_token"], **bearer).json()
    assert (refreshing["active"], refreshing["sub"]) == (True, access["sub"])
    used = refresh(browser(app), made).json()
    spent = oauth(app, "introspect", made["refresh_token"], **bearer)
    oauth(app, "revoke", used["access_token"])
    ended = [
        oauth(app, "introspect", token, **bearer)
        for token in (used["access_token"], used["refresh_token"])
    ]
    strange = oauth(app, "introspect", "nothing", **bearer)
    assert {one.content for one in (spent, *ended, strange)} == {b'{"active":false}'}


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"token=a&token=b", "application/x-www-form-urlencoded"),
        (b"token=", "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
        (b'{"token":"a"}', "application/json"),
        (b"&".join(b"a=1" for _ in range(20)), "application/x-www-form-urlencoded"),
    ],
)
def test_a_form_that_is_none_is_an_invalid_request(
    app: Starlette, content: bytes, media_type: str
) -> None:
    answer = browser(app).post(
        "/oauth/revoke", content=content, headers={"content-type": media_type}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
