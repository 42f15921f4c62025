"""The API for a forgotten password and for signing in by mail, with mail that arrives."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.testing import Clock
from tests.postbox import Postbox, postbox

from .codes import enrol
from .kit import ADA, LOGIN, PASSWORD, browser, parts, run

Start = Callable[..., TestClient]
NEW = "another battery of horses"
ASK = {"login": "ada@example.org"}


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


@pytest.fixture
def mailing(start: Start, box: Postbox) -> Callable[..., TestClient]:
    """Start a server that mails, with an account of ada, and return somebody else's browser."""

    def started(**settings: Any) -> TestClient:
        client = start(**box.settings, **settings)
        ada = run(parts(app_of(client)).accounts.sign_up(email=ADA["email"], password=PASSWORD))
        run(parts(app_of(client)).accounts.verify_email(ada.id, ADA["email"]))
        box.empty()
        return client

    return started


def token_of(client: TestClient, box: Postbox) -> str:
    assert client.post("/api/auth/password/forgotten", json=ASK).status_code == 202
    return box.last.link.partition("?token=")[2]


def ticket_of(client: TestClient) -> str:
    answer = client.post("/api/auth/login/mail", json=ASK)
    assert answer.status_code == 202
    return str(answer.json()["ticket"])


def tell(client: TestClient, ticket: str, code: str) -> Response:
    return client.post("/api/auth/login/code", json={"ticket": ticket, "code": code})


def app_of(client: TestClient) -> Starlette:
    assert isinstance(client.app, Starlette)
    return client.app


def kinds(client: TestClient) -> list[str]:
    found = run(parts(app_of(client)).events.page())
    return [event.kind for _, event in found][::-1]


def log_in(client: TestClient, password: str) -> int:
    answer = client.post("/api/auth/login", json={**LOGIN, "password": password})
    status: int = answer.status_code
    return status


def test_a_forgotten_password_is_set_by_mail(
    mailing: Callable[..., TestClient], box: Postbox, clock: Clock
) -> None:
    client = mailing()
    here = browser(app_of(client))
    assert log_in(here, PASSWORD) == 200
    clock.tick(1)
    body = {"token": token_of(client, box), "password": NEW}
    assert client.post("/api/auth/password/reset", json=body).status_code == 204
    assert client.get("/api/auth/check").status_code == 401  # nobody is signed in by that
    assert here.get("/api/auth/check").status_code == 401
    assert (log_in(client, PASSWORD), log_in(client, NEW)) == (401, 200)
    again = client.post("/api/auth/password/reset", json=body)
    assert (again.status_code, again.json()["code"]) == (401, "spent")
    assert [kind for kind in kinds(client) if kind != "new-device"] == [
        "logged-in", "password-reset", "login-refused", "logged-in", "password-reset-refused",
    ]  # fmt: skip


def test_on_request_sessions_stay(
    mailing: Callable[..., TestClient], box: Postbox, clock: Clock
) -> None:
    client = mailing()
    here = browser(app_of(client))
    log_in(here, PASSWORD)
    clock.tick(1)
    body = {"token": token_of(client, box), "password": NEW, "end_sessions": False}
    assert client.post("/api/auth/password/reset", json=body).status_code == 204
    assert here.get("/api/auth/check").status_code == 200


def test_a_password_that_is_refused_names_its_field_and_leaves_the_token_good(
    mailing: Callable[..., TestClient], box: Postbox
) -> None:
    client = mailing()
    token = token_of(client, box)
    answer = client.post("/api/auth/password/reset", json={"token": token, "password": "short"})
    assert (answer.status_code, answer.json()["field"]) == (422, "password")
    body = {"token": token, "password": NEW}
    assert client.post("/api/auth/password/reset", json=body).status_code == 204


@pytest.mark.parametrize(
    "header", ["host", "x-forwarded-host", "x-host", "forwarded", "x-original-host"]
)
def test_p8_django_cve_2011_4139_links_lead_to_the_configured_address(
    mailing: Callable[..., TestClient], box: Postbox, header: str
) -> None:
    client = mailing(url="https://login.example.org", proxies="192.0.2.7")
    evil = "host=evil.example" if header == "forwarded" else "evil.example"
    for path in ("/api/auth/password/forgotten", "/api/auth/login/mail"):
        answer = client.post(path, json=ASK, headers={header: evil})
        assert answer.status_code in {202, 400}
    assert all("evil" not in letter.text for letter in box.letters)
    assert client.post("/api/auth/password/forgotten", json=ASK).status_code == 202
    assert box.last.link.startswith("https://login.example.org/reset-password?token=")


def test_a_code_signs_in_and_says_how(
    mailing: Callable[..., TestClient], box: Postbox, clock: Clock
) -> None:
    client = mailing()
    ticket = ticket_of(client)
    code = box.last.code
    clock.tick(5)
    answer = tell(client, ticket, code)
    assert (answer.status_code, answer.json()["email"]) == (200, "ada@example.org")
    assert client.get("/api/auth/session").json()["methods"] == ["email"]
    assert tell(browser(app_of(client)), ticket, code).json()["code"] == "spent"
    assert [kind for kind in kinds(client) if kind != "new-device"] == [
        "logged-in", "login-refused",
    ]  # fmt: skip


def test_whoever_lay_in_wait_at_somebody_elses_address_is_left_outside(
    mailing: Callable[..., TestClient], box: Postbox, clock: Clock
) -> None:
    """Source: Sudhodanan and Paverd, "Pre-hijacked accounts", USENIX Security 2022."""
    bob = mailing()
    accounts = parts(app_of(bob)).accounts
    waiting = browser(app_of(bob))
    run(accounts.sign_up(email="bob@example.org", password=PASSWORD))
    eve = {"login": "bob@example.org", "password": PASSWORD}
    assert waiting.post("/api/auth/login", json=eve).status_code == 200
    clock.tick(1)
    asked = bob.post("/api/auth/login/mail", json={"login": "bob@example.org"})
    assert tell(bob, asked.json()["ticket"], box.last.code).status_code == 200
    assert bob.get("/api/auth/check").status_code == 200
    assert waiting.get("/api/auth/check").status_code == 401
    assert waiting.post("/api/auth/login", json=eve).status_code == 401
    assert "account-claimed" in kinds(bob)


@pytest.mark.parametrize("verified", [True, False])
def test_better_auth_xg6x_a_second_factor_is_asked_for_after_the_mail_too(
    start: Start, mailing: Callable[..., TestClient], box: Postbox, clock: Clock, *, verified: bool
) -> None:
    # As it was before there was mail, where nobody was asked to verify anything.
    before = app_of(start())
    accounts = parts(before).accounts
    bob = run(accounts.sign_up(email="bob@example.org", password=PASSWORD))
    if verified:
        run(accounts.verify_email(bob.id, "bob@example.org"))
    owner, login = browser(before), {"login": "bob@example.org", "password": PASSWORD}
    owner.post("/api/auth/login", json=login)
    phone = enrol(owner, clock)
    client = mailing()
    ticket = client.post("/api/auth/login/mail", json={"login": "bob@example.org"}).json()["ticket"]
    answer = tell(client, ticket, box.last.code)
    assert (answer.status_code, answer.json()["code"]) == (401, "second-factor-needed")
    assert client.get("/api/auth/check").status_code == 401
    done = client.post("/api/auth/login/second-factor", json={"code": phone.code()})
    assert done.status_code == 200, done.text
    assert client.get("/api/auth/session").json()["methods"] == ["email", "otp", "mfa"]
    assert owner.get("/api/auth/check").status_code == 200  # nothing was given away
    again = owner.post("/api/auth/login", json={**login, "code": phone.code()})
    assert again.status_code == 200


def test_a_link_gives_no_account_away_that_has_a_second_factor(
    start: Start, mailing: Callable[..., TestClient], box: Postbox, clock: Clock
) -> None:
    before = app_of(start())
    bob = run(parts(before).accounts.sign_up(email="bob@example.org", password=PASSWORD))
    owner, login = browser(before), {"login": "bob@example.org", "password": PASSWORD}
    owner.post("/api/auth/login", json=login)
    enrol(owner, clock)
    client = mailing()
    client.post("/api/auth/password/forgotten", json={"login": "bob@example.org"})
    body = {"token": box.last.link.partition("=")[2], "password": NEW}
    assert client.post("/api/auth/password/reset", json=body).status_code == 204
    answer = client.post("/api/auth/login", json={**login, "password": NEW})
    assert answer.json()["code"] == "second-factor-needed"
    found = run(parts(app_of(client)).accounts.find(bob.id))
    assert found
    assert not found.email_verified


def test_s3_the_session_of_before_does_not_become_that_of_afterwards(
    mailing: Callable[..., TestClient], box: Postbox
) -> None:
    client = mailing()
    client.post("/api/auth/signup", json={"username": "eve", "password": PASSWORD})
    planted = dict(client.cookies)
    assert planted
    assert tell(client, ticket_of(client), box.last.code).status_code == 200
    attacker = browser(app_of(client))
    attacker.cookies.update(planted)
    assert attacker.get("/api/auth/check").status_code == 401


def test_a_mail_is_in_the_language_of_whoever_asks(
    mailing: Callable[..., TestClient], box: Postbox
) -> None:
    client = mailing()
    korean = {"accept-language": "ko-KR,ko;q=0.9,en;q=0.8"}
    client.post("/api/auth/password/forgotten", json=ASK, headers=korean)
    assert "비밀번호" in box.last.subject


def test_a_stranger_sees_what_a_member_sees(
    mailing: Callable[..., TestClient], box: Postbox
) -> None:
    client = mailing()
    answers = {
        login: [
            client.post(path, json={"login": login})
            for path in ("/api/auth/password/forgotten", "/api/auth/login/mail")
            for _ in range(4)
        ]
        for login in ("ada@example.org", "eve@example.org")
    }
    ada, eve = ([shown(answer) for answer in told] for told in answers.values())
    assert ada == eve
    assert [status for status, *_ in ada] == [202, 202, 202, 429] * 2
    assert len(box.letters) == 6


def shown(answer: Response) -> tuple[int, int, list[str], str]:
    names = sorted(set(answer.headers) - {"x-request-id"})
    body = "" if "ticket" in answer.text else answer.text
    return answer.status_code, len(answer.content), names, body


def test_a_mail_server_that_is_down_tells_nobody_who_has_an_account(
    start: Start, box: Postbox
) -> None:
    log = StringIO()
    dead = {**box.settings, "mail_port": 1}
    client = start(**dead, log=log)
    run(parts(app_of(client)).accounts.sign_up(email=ADA["email"], password=PASSWORD))
    told = {
        login: client.post("/api/auth/password/forgotten", json={"login": login}).status_code
        for login in ("ada@example.org", "eve@example.org")
    }
    assert set(told.values()) == {202}
    assert any("mail-not-sent" in line for line in log.getvalue().splitlines())


def test_nothing_that_was_mailed_is_in_the_log_or_the_events(
    mailing: Callable[..., TestClient], box: Postbox
) -> None:
    log = StringIO()
    client = mailing(log=log)
    token, ticket = token_of(client, box), ticket_of(client)
    code = box.last.code
    client.get(f"/reset-password?token={token}")
    client.get(f"/sign-in/code?code={code}")
    tell(client, ticket, "not it")
    tell(client, ticket, code)
    client.post("/api/auth/password/reset", json={"token": token, "password": "short"})
    client.post("/api/auth/password/reset", json={"token": token, "password": NEW})
    kept = log.getvalue() + repr(run(parts(app_of(client)).events.page()))
    secrets = [token, ticket, f"={code}", f"'{code}'", NEW, "ada@example.org"]
    assert [secret for secret in secrets if secret in kept] == []


def test_without_a_mail_server_there_is_no_such_address(client: TestClient) -> None:
    for path in ("password/forgotten", "password/reset", "login/mail", "login/code"):
        answer = client.post(f"/api/auth/{path}", json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
