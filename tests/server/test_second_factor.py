"""Signing in with a second factor by the API: in between nobody is signed in."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.auth.half_way import LIFE
from dojang.auth.second_factor import PURPOSE
from dojang.testing import Clock
from dojang.wire import sealed_box
from dojang.wire.keyring import Keyring

from .codes import Phone, ask, enrol
from .kit import ADA, LOGIN, PASSWORD, SECRET, browser, parts, run

Start = Callable[..., TestClient]
NEXT = "/api/auth/login/second-factor"
HOMES = [{}, {"sessions": "sealed:"}, {"sessions": "memory:"}]
WRONG = {**LOGIN, "password": "not it, not it"}


@pytest.fixture(params=HOMES, ids=["sqlite", "sealed", "memory"])
def app(request: pytest.FixtureRequest, start: Start) -> Starlette:
    found = start(**request.param).app
    assert isinstance(found, Starlette)
    return found


@pytest.fixture
def ada(app: Starlette) -> TestClient:
    client = browser(app)
    assert client.post("/api/auth/signup", json=ADA).status_code == 201
    return client


@pytest.fixture
def phone(ada: TestClient, clock: Clock) -> Phone:
    return enrol(ada, clock)


@pytest.fixture
def client(phone: Phone, app: Starlette) -> TestClient:
    """A browser of somebody who has an account with a second factor."""
    assert phone.recovery_codes
    return browser(app)


def code_of(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def log_in(client: TestClient, **more: str) -> Response:
    return client.post("/api/auth/login", json={**LOGIN, **more})


def who(client: TestClient) -> int:
    return client.get("/api/auth/check").status_code


def session(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/auth/session").json()
    return found


def test_the_password_alone_signs_nobody_in(client: TestClient) -> None:
    answer = log_in(client)
    assert code_of(answer) == (401, "second-factor-needed")
    assert "login/second-factor" in answer.json()["detail"]
    assert who(client) == 401
    assert session(client)["user_id"] is None
    assert client.get("/api/auth/sessions").status_code == 401


def test_then_the_code_does_and_the_session_says_how(client: TestClient, phone: Phone) -> None:
    log_in(client)
    answer = client.post(NEXT, json={"code": phone.code()})
    assert answer.status_code == 200
    assert answer.json()["email"] == "ada@example.org"
    assert session(client)["methods"] == ["pwd", "otp", "mfa"]
    assert "half-way" not in client.cookies


def test_a_recovery_code_does_too_once(client: TestClient, phone: Phone) -> None:
    log_in(client)
    assert client.post(NEXT, json={"code": phone.recovery_codes[0]}).status_code == 200
    assert session(client)["methods"] == ["pwd", "recovery", "mfa"]
    other = browser(parts_app(client))
    log_in(other)
    answer = other.post(NEXT, json={"code": phone.recovery_codes[0]})
    assert code_of(answer) == (401, "invalid-code")


def parts_app(client: TestClient) -> Starlette:
    assert isinstance(client.app, Starlette)
    return client.app


def test_both_may_come_at_once(client: TestClient, phone: Phone) -> None:
    assert log_in(client, code=phone.code()).status_code == 200
    assert session(client)["methods"] == ["pwd", "otp", "mfa"]


def test_a_code_is_good_once_over_all_doors(client: TestClient, phone: Phone) -> None:
    code = phone.code()
    assert log_in(client, code=code).status_code == 200
    other = browser(parts_app(client))
    assert code_of(log_in(other, code=code)) == (401, "invalid-code")
    assert code_of(other.post("/api/auth/token", json={**LOGIN, "code": code})) == (
        401,
        "invalid-code",
    )
    assert who(other) == 401


def test_a_wrong_code_signs_nobody_in_and_may_be_typed_again(
    client: TestClient, phone: Phone
) -> None:
    log_in(client)
    assert code_of(client.post(NEXT, json={"code": "000000"})) == (401, "invalid-code")
    assert who(client) == 401
    assert client.post(NEXT, json={"code": phone.code()}).status_code == 200


def test_whoever_has_shown_no_password_learns_nothing_of_a_second_factor(
    client: TestClient, phone: Phone
) -> None:
    stranger = {"login": "nobody@example.org", "password": "not it, not it"}
    answers = [
        client.post("/api/auth/login", json=body)
        for body in (WRONG, stranger, {**WRONG, "code": phone.code()}, {**stranger, "code": "1"})
    ]
    answers += [
        client.post("/api/auth/token", json=body)
        for body in (WRONG, stranger, {**WRONG, "code": phone.code()})
    ]
    assert len({(one.status_code, one.text, one.headers.get("set-cookie")) for one in answers}) == 1
    assert code_of(answers[0]) == (401, "invalid-credentials")


def test_a_code_without_a_first_factor_is_nothing(client: TestClient, phone: Phone) -> None:
    answer = client.post(NEXT, json={"code": phone.code()})
    assert code_of(answer) == (401, "first-factor-needed")


def test_the_half_way_is_of_one_browser_and_of_five_minutes(
    client: TestClient, phone: Phone, clock: Clock
) -> None:
    log_in(client)
    other = browser(parts_app(client))
    assert code_of(other.post(NEXT, json={"code": phone.code()})) == (401, "first-factor-needed")
    clock.tick(LIFE - 31)
    log_in(other)
    clock.tick(LIFE)
    assert code_of(other.post(NEXT, json={"code": phone.code()})) == (401, "first-factor-needed")


def half_way(client: TestClient) -> str:
    log_in(client)
    (found,) = [cookie for cookie in client.cookies.jar if cookie.name.endswith("half-way")]
    assert found.value is not None
    return found.value


def test_a_half_way_cookie_used_as_a_session_is_nobody(client: TestClient) -> None:
    text, sessions = half_way(client), parts(parts_app(client)).sessions
    other = browser(parts_app(client))
    for value in (text, f"s:{text}", f"Fe26.2**{text}"):
        header = {"cookie": f"{sessions.cookie.name}={value}"}
        assert other.get("/api/auth/check", headers=header).status_code == 401
        bearer = {"authorization": f"Bearer {value}"}
        assert other.get("/api/auth/check", headers=bearer).status_code == 401


def test_a_session_used_as_a_half_way_cookie_is_nobody(
    client: TestClient, ada: TestClient, phone: Phone
) -> None:
    mine = ada.cookies[parts(parts_app(client)).sessions.cookie.name]
    header = {"cookie": f"half-way={mine}"}
    answer = client.post(NEXT, json={"code": phone.code()}, headers=header)
    assert code_of(answer) == (401, "first-factor-needed")


def test_a_half_way_cookie_that_was_changed_is_nothing(client: TestClient) -> None:
    text = half_way(client)
    for at in range(0, len(text), 7):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        other = browser(parts_app(client))
        answer = other.post(
            NEXT, json={"code": "000000"}, headers={"cookie": f"half-way={changed}"}
        )
        assert code_of(answer) == (401, "first-factor-needed")


def test_the_half_way_cookie_is_kept_from_scripts_and_tells_nothing(client: TestClient) -> None:
    line = log_in(client).headers["set-cookie"]
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert f"Max-Age={LIFE}" in line
    assert "ada" not in line


def test_over_https_it_is_of_this_host_alone(start: Start, clock: Clock) -> None:
    ada = start(url="https://login.example.org", secret=SECRET)
    assert ada.post("/api/auth/signup", json=ADA).status_code == 201
    enrol(ada, clock)
    line = log_in(browser(parts_app(ada))).headers["set-cookie"]
    assert line.startswith("__Host-half-way=")
    assert "Secure" in line


def test_the_session_goes_on_under_a_new_id(client: TestClient, phone: Phone) -> None:
    """Source: OWASP ASVS 7.2.4: an id that was there before the second factor is not after it."""
    sessions = parts(parts_app(client)).sessions
    log_in(client)
    before = client.cookies.get(sessions.cookie.name)
    client.post(NEXT, json={"code": phone.code()})
    assert client.cookies.get(sessions.cookie.name) not in (None, before)


def test_a_password_that_changed_in_between_ends_what_comes_of_it(
    client: TestClient, ada: TestClient, phone: Phone, clock: Clock
) -> None:
    log_in(client)
    clock.tick(1)
    new = {"old_password": PASSWORD, "new_password": "another battery of horses"}
    assert ada.post("/api/auth/password", json=new).status_code == 204
    client.post(NEXT, json={"code": phone.code()})
    clock.tick(2)
    assert who(client) == 401


def test_an_account_that_was_closed_in_between_stays_closed(
    client: TestClient, ada: TestClient, phone: Phone
) -> None:
    id = ada.get("/api/auth/check").json()["id"]
    log_in(client)
    run(parts(parts_app(client)).accounts.set_disabled(id, disabled=True))
    answer = client.post(NEXT, json={"code": phone.code()})
    assert code_of(answer) == (401, "first-factor-needed")


def test_tokens_need_the_code_too(client: TestClient, phone: Phone) -> None:
    answer = client.post("/api/auth/token", json=LOGIN)
    assert code_of(answer) == (401, "second-factor-needed")
    assert "set-cookie" not in answer.headers
    made = client.post("/api/auth/token", json={**LOGIN, "code": phone.code()})
    assert made.status_code == 200
    bearer = {"authorization": f"Bearer {made.json()['access_token']}"}
    assert client.get("/api/auth/check", headers=bearer).status_code == 200


def test_guessing_is_slowed_down_and_told(client: TestClient, phone: Phone) -> None:
    log_in(client)
    for _ in range(5):
        assert client.post(NEXT, json={"code": "000000"}).status_code == 401
    answer = client.post(NEXT, json={"code": phone.code()})
    assert code_of(answer) == (429, "too-many-attempts")
    assert int(answer.headers["retry-after"]) > 0
    assert client.post(NEXT, json={"code": phone.recovery_codes[0]}).status_code == 200


# -- what an account has ---------------------------------------------------------------------------


def test_adding_one_signs_out_everywhere_else(
    app: Starlette, ada: TestClient, clock: Clock
) -> None:
    other = browser(app)
    assert log_in(other).status_code == 200
    clock.tick(1)
    enrol(ada, clock)
    clock.tick(2)
    assert (who(ada), who(other)) == (200, 401)
    assert session(ada)["methods"] == ["pwd", "otp", "mfa"]


def test_what_there_is_is_said_without_secrets(ada: TestClient, clock: Clock) -> None:
    path = "/api/auth/second-factor"
    assert ada.get(path).json() == {"enabled": False, "created": None, "recovery_codes_left": 0}
    enrol(ada, clock)
    answer = ada.get(path).json()
    assert (answer["enabled"], answer["recovery_codes_left"]) == (True, 10)
    assert set(answer) == {"enabled", "created", "recovery_codes_left"}


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize(
    ("what", "body"),
    [("begin", {}), ("recovery-codes", {"code": "000000"}), ("remove", {"code": "000000"})],
)
def test_changing_it_needs_a_fresh_login(
    ada: TestClient, clock: Clock, what: str, body: dict[str, str]
) -> None:
    clock.tick(601)
    answer = ask(ada, what, body)
    assert code_of(answer) == (401, "stale-login")
    assert "max_age=600" in answer.headers["www-authenticate"]


def test_removing_it_needs_a_code_as_well(ada: TestClient, phone: Phone, app: Starlette) -> None:
    assert code_of(ask(ada, "remove", {"code": "000000"})) == (401, "invalid-code")
    assert ask(ada, "remove", {"code": phone.code()}).status_code == 204
    assert log_in(browser(app)).status_code == 200


def test_new_recovery_codes_take_the_place_of_the_old(ada: TestClient, phone: Phone) -> None:
    assert ask(ada, "recovery-codes", {}).status_code == 422
    answer = ask(ada, "recovery-codes", {"code": phone.code()})
    assert answer.headers["cache-control"] == "no-store"
    new = answer.json()["recovery_codes"]
    assert not set(new) & set(phone.recovery_codes)


def test_a_session_that_was_stolen_takes_no_second_factor_away(
    ada: TestClient, phone: Phone, app: Starlette, clock: Clock
) -> None:
    """Not while it is fresh, and with the password neither: it takes a code, every time."""
    thief = browser(app)
    for cookie in ada.cookies.jar:
        thief.cookies.set(cookie.name, cookie.value or "")
    for wait in (0, 601):
        clock.tick(wait)
        thief.post("/api/auth/confirm", json={"password": PASSWORD})
        for what in ("recovery-codes", "remove"):
            for body in ({}, {"password": PASSWORD}, {"code": ""}, {"code": PASSWORD}):
                assert ask(thief, what, body).status_code in {401, 422}
    assert code_of(log_in(browser(app))) == (401, "second-factor-needed")
    assert log_in(browser(app), code=phone.recovery_codes[0]).status_code == 200


def test_a_code_that_renewed_the_others_is_used_up(ada: TestClient, phone: Phone) -> None:
    code = phone.code()
    assert ask(ada, "recovery-codes", {"code": code}).status_code == 200
    assert code_of(ask(ada, "remove", {"code": code})) == (401, "invalid-code")
    assert code_of(ask(ada, "remove", {"code": phone.recovery_codes[0]})) == (401, "invalid-code")


def test_an_access_token_changes_no_second_factor(ada: TestClient, app: Starlette) -> None:
    token = ada.post("/api/auth/token", json={}).json()["access_token"]
    answer = browser(app, authorization=f"Bearer {token}").post(
        "/api/auth/second-factor/begin", json={}
    )
    assert code_of(answer) == (403, "session-needed")


@pytest.mark.usefixtures("phone")
def test_it_goes_with_the_account(ada: TestClient, app: Starlette) -> None:
    id = ada.get("/api/auth/check").json()["id"]
    run(parts(app).changes.delete(id))
    assert not run(parts(app).factors.second.needed(id))


def test_it_is_sealed_for_nothing_else(ada: TestClient, phone: Phone, app: Starlette) -> None:
    """A key of one purpose opens nothing of another."""
    id = ada.get("/api/auth/check").json()["id"]
    row = run(parts(app).factors.second._row(id))
    assert row is not None
    keys = {purpose: parts(app).keyring.derive(purpose) for purpose in (PURPOSE, "oauth-state")}
    assert sealed_box.open_box(row.secret, name=id, keys=keys[PURPOSE]).decode() == phone.app.secret
    with pytest.raises(Exception, match="no key"):
        sealed_box.open_box(row.secret, name=id, keys=Keyring(list(keys["oauth-state"])))


def test_all_of_it_is_an_event_without_a_secret(
    ada: TestClient, phone: Phone, app: Starlette
) -> None:
    client = browser(app)
    log_in(client)
    client.post(NEXT, json={"code": "000000"})
    client.post(NEXT, json={"code": phone.recovery_codes[0]})
    ask(ada, "recovery-codes", {"code": phone.code()})
    ask(ada, "remove", {"code": phone.code()})
    found = [event for _, event in run(parts(app).events.page())]
    kinds = [event.kind for event in found]
    assert kinds[::-1] == [
        "signed-up",
        "second-factor-added",
        "confirmed",
        "second-factor-refused",
        "recovery-code-used",
        "logged-in",
        "new-device",
        "recovery-codes-renewed",
        "second-factor-removed",
    ]
    assert {event.user for event in found} == {found[0].user}
    assert not any(
        secret in str(found) for secret in ("000000", phone.app.secret, *phone.recovery_codes)
    )


def test_whoever_has_not_shown_that_their_address_is_theirs_adds_none(start: Start) -> None:
    """Or whoever signs up with the address of somebody else keeps them out of it for good."""
    client = start(mail_host="127.0.0.1", mail_sender="login@example.org", mail_security="none")
    assert isinstance(client.app, Starlette)
    run(parts(client.app).accounts.sign_up(email="ada@example.org", password=PASSWORD))
    assert log_in(client).status_code == 200
    assert code_of(client.post("/api/auth/second-factor/begin")) == (403, "verify-first")
    added = client.post("/api/auth/second-factor", json={"ticket": "x", "code": "123456"})
    assert code_of(added) == (403, "verify-first")
    assert client.get("/account/second-factor").status_code == 403


def test_an_account_without_an_address_has_none_to_verify(start: Start) -> None:
    client = start(mail_host="127.0.0.1", mail_sender="login@example.org", mail_security="none")
    grace = {"username": "grace", "password": PASSWORD}
    assert client.post("/api/auth/signup", json=grace).status_code == 201
    assert client.post("/api/auth/second-factor/begin").status_code == 200
