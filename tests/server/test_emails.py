"""E-mail addresses over the API: verified, changed and put back by links in real mails."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

import dojang
from dojang.auth.mails.account_changed import CHANGES
from dojang.auth.providers import Identity
from dojang.testing import Clock
from tests.smtp import Box, link_in, serving

from .codes import enrol
from .kit import ADA, LOGIN, PASSWORD, browser, parts, run

Start = Callable[..., TestClient]

NEW = "lovelace@example.org"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def mail(box: Box) -> Iterator[dict[str, Any]]:
    with serving(box, enable_SMTPUTF8=True) as port:
        yield {
            "mail_host": "127.0.0.1",
            "mail_port": port,
            "mail_security": "none",
            "mail_sender": "no-reply@login.example.org",
        }


@pytest.fixture
def app(start: Start, mail: dict[str, Any]) -> Starlette:
    found = start(**mail).app
    assert isinstance(found, Starlette)
    return found


def post(client: TestClient, path: str, **body: Any) -> Response:
    return client.post(f"/api/auth/{path}", json=body)


def token_in(box: Box, to: str) -> str:
    return link_in(box.to(to)[-1]).partition("?token=")[2]


def unshown(app: Starlette) -> TestClient:
    """Return the browser of somebody whose account is older than mail, signed in."""
    run(parts(app).accounts.sign_up(email=ADA["email"], password=PASSWORD))
    client = browser(app)
    assert post(client, "login", **LOGIN).status_code == 200
    assert post(client, "email/verification").status_code == 202
    return client


def signed_up(app: Starlette, box: Box, email: str = "ada@example.org") -> TestClient:
    """Return the browser of somebody who has just signed up, and opened the link."""
    client = browser(app)
    assert post(client, "signup", email=email, password=PASSWORD).status_code == 202
    assert post(client, "email/verify", token=token_in(box, email)).status_code == 200
    return client


def verified(app: Starlette, box: Box) -> TestClient:
    client = signed_up(app, box)
    assert post(client, "login", **LOGIN).status_code == 200
    box.empty()
    return client


def user_of(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/auth/check").json()
    return found


def kinds(app: Starlette) -> list[str]:
    return [event.kind for _, event in reversed(run(parts(app).events.page()))]


# -- signing up ------------------------------------------------------------------------------------


def seen(answer: Response) -> tuple[int, bytes, dict[str, str]]:
    """Return an answer but for what is random in it, of which the length counts."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    if "set-cookie" in headers:
        cookie, _, attributes = headers["set-cookie"].partition("; ")
        headers["set-cookie"] = f"{len(cookie)} {attributes}"
    return answer.status_code, answer.content, headers


def test_a_sign_up_says_the_same_of_a_new_and_of_a_known_address(app: Starlette, box: Box) -> None:
    first = post(browser(app), "signup", **ADA)
    post(browser(app), "email/verify", token=token_in(box, "ada@example.org"), password=PASSWORD)
    again = post(browser(app), "signup", **{**ADA, "password": "another battery"})
    assert first.status_code == 202
    assert seen(first) == seen(again)
    new, known = box.to("ada@example.org")
    assert "Verify your e-mail address" in new["Subject"]
    assert "You already have an account" in known["Subject"]
    assert link_in(new).startswith("http://localhost:8000/verify-email?token=")
    assert "http://localhost:8000/sign-in\r\n" in known.get_content()
    assert post(browser(app), "login", **LOGIN).status_code == 200


SECOND: dict[str, tuple[str, dict[str, Any]]] = {
    "log in": ("login", {"login": "{}", "password": "eves own password"}),
    "log in for a token": ("token", {"login": "{}", "password": "eves own password"}),
    "sign up again": ("signup", {"email": "{}", "password": "eves own password"}),
    "take the user name": (
        "signup",
        {"email": "eve@example.org", "username": "probe", "password": "eves own password"},
    ),
    "forget the password": ("password/forgotten", {"login": "{}"}),
    "log in by mail": ("login/mail", {"login": "{}"}),
}


@pytest.mark.parametrize("verified_only", [False, True])
@pytest.mark.parametrize("second", SECOND)
def test_p4_neither_does_the_next_question_tell_who_has_an_account(
    start: Start, mail: dict[str, Any], box: Box, second: str, *, verified_only: bool
) -> None:
    app = _app(start(**mail, verified_only=verified_only))
    signed_up(app, box)
    answers = []
    for email in ("ada@example.org", "abe@example.org"):
        eve = browser(app)
        first = {"email": email, "username": "probe", "password": "eves own password"}
        path, body = SECOND[second]
        told = {name: value.format(email) for name, value in body.items()}
        said = [post(eve, "signup", **first), post(eve, path, **told)]
        if second == "log in by mail":
            ticket = said.pop().json()["ticket"]
            said.append(post(eve, "login/code", ticket=ticket, code="no code"))
        answers.append([seen(one) for one in said])
    assert answers[0] == answers[1]


def test_a_password_that_is_refused_is_refused_of_a_known_address_too(
    app: Starlette, box: Box
) -> None:
    weak = {**ADA, "password": "short"}
    new = post(browser(app), "signup", **weak)
    signed_up(app, box)
    known = post(browser(app), "signup", **weak)
    assert new.status_code == 422
    assert seen(new) == seen(known)


def test_a_user_name_that_is_taken_says_nothing_of_the_address_beside_it(
    app: Starlette, box: Box
) -> None:
    client = browser(app)
    assert post(client, "signup", username="grace", password=PASSWORD).status_code == 201
    signed_up(app, box)
    new, known = (
        post(browser(app), "signup", username="grace", email=email, password=PASSWORD)
        for email in ("new@example.org", "ada@example.org")
    )
    assert new.status_code == 409
    assert new.json()["field"] == "username"
    assert seen(new) == seen(known)


def test_of_many_sign_ups_of_one_address_the_first_that_is_shown_makes_the_account(
    app: Starlette, box: Box
) -> None:
    clients = [browser(app) for _ in range(4)]

    def sign_up(number: int) -> Response:
        fields = {"email": "ada@example.org", "password": f"{PASSWORD}{number}"}
        return post(clients[number], "signup", **fields)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(sign_up, range(4)))
    assert {answer.status_code for answer in answers} == {202}
    tokens = [link_in(sent).partition("?token=")[2] for sent in box.to("ada@example.org")]
    assert post(clients[2], "email/verify", token=tokens[0]).status_code == 200
    for client, token in zip(clients, tokens, strict=True):
        assert post(client, "email/verify", token=token).json()["code"] == "spent"
    opened = [
        post(c, "login", **{**LOGIN, "password": f"{PASSWORD}{n}"}) for n, c in enumerate(clients)
    ]
    assert [answer.status_code for answer in opened] == [401, 401, 200, 401]


def test_the_owner_of_a_known_address_has_it_in_their_record(app: Starlette, box: Box) -> None:
    signed_up(app, box)
    post(browser(app), "signup", **ADA)
    assert kinds(app) == ["signed-up", "signed-up-again"]


def test_nobody_gets_more_than_six_mails_of_sign_ups_in_an_hour(app: Starlette, box: Box) -> None:
    for _ in range(9):
        assert post(browser(app), "signup", **ADA).status_code == 202
    assert len(box.to("ada@example.org")) == 6
    token = token_in(box, "ada@example.org")
    assert post(browser(app), "email/verify", token=token, password=PASSWORD).status_code == 200


def test_who_signed_up_in_another_browser_chooses_a_password(app: Starlette, box: Box) -> None:
    """Whoever signed up first may have been a stranger, whose link this is."""
    post(browser(app), "signup", **{**ADA, "password": "eves own password"})
    ada, token = browser(app), token_in(box, "ada@example.org")
    refused = post(ada, "email/verify", token=token)
    assert (refused.status_code, refused.json()["field"]) == (422, "password")
    made = post(ada, "email/verify", token=token, password=PASSWORD, username="ada", name="Ada L")
    assert (made.json()["username"], made.json()["name"]) == ("ada", "Ada L")
    assert post(ada, "login", **LOGIN).status_code == 200
    eve = post(browser(app), "login", **{**LOGIN, "password": "eves own password"})
    assert eve.json()["code"] == "invalid-credentials"


# -- verifying -------------------------------------------------------------------------------------


def test_an_address_is_verified_with_what_was_mailed_there(app: Starlette, box: Box) -> None:
    client = unshown(app)
    assert not user_of(client)["email_verified"]
    token = token_in(box, "ada@example.org")
    answer = post(client, "email/verify", token=token)
    assert answer.json()["email_verified"]
    assert user_of(client)["email_verified"]
    again = post(client, "email/verify", token=token)
    assert (again.status_code, again.json()["code"]) == (401, "spent")
    assert "email-verified" in kinds(app)


def test_pre_hijacking_a_link_that_is_opened_elsewhere_leaves_outside_who_was_there(
    app: Starlette, box: Box, clock: Clock
) -> None:
    """Classic, unexpired session, and trojan identifier (Sudhodanan and Paverd, 2022)."""
    eve = unshown(app)
    github = Identity(provider="github", issuer="https://github.com", subject="666")
    id = user_of(eve)["id"]
    run(parts(app).links.link(id, github))
    clock.tick(1)
    ada, token = browser(app), token_in(box, "ada@example.org")
    assert post(ada, "email/verify", token=token).json()["field"] == "password"
    new = "a new one of adas"
    assert post(ada, "email/verify", token=token, password=new).json()["id"] == id
    assert eve.get("/api/auth/check").status_code == 401
    assert post(eve, "login", **LOGIN).status_code == 401
    assert run(parts(app).links.list(id)) == []
    assert post(ada, "login", **{**LOGIN, "password": new}).status_code == 200
    assert "account-claimed" in kinds(app)


def test_a_link_is_mailed_again_and_takes_the_place_of_the_first(app: Starlette, box: Box) -> None:
    client = unshown(app)
    first = token_in(box, "ada@example.org")
    assert post(client, "email/verification").status_code == 202
    second = token_in(box, "ada@example.org")
    assert post(client, "email/verify", token=first).json()["code"] == "spent"
    assert post(client, "email/verify", token=second).status_code == 200
    box.empty()
    assert post(client, "email/verification").status_code == 202
    assert box.messages() == []  # there is nothing left to verify


def test_an_impatient_person_keeps_the_link_of_the_sixth_mail(app: Starlette, box: Box) -> None:
    client = unshown(app)
    for _ in range(9):
        assert post(client, "email/verification").status_code == 202
    assert len(box.to("ada@example.org")) == 6
    token = token_in(box, "ada@example.org")
    assert post(client, "email/verify", token=token).status_code == 200


def test_of_parallel_uses_of_a_link_one_verifies(app: Starlette, box: Box) -> None:
    post(browser(app), "signup", **ADA)
    body = {"token": token_in(box, "ada@example.org"), "password": PASSWORD}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: post(browser(app), "email/verify", **body), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


def test_the_rule_that_only_verified_people_come_in(
    start: Start, mail: dict[str, Any], box: Box
) -> None:
    client = start(**mail, verified_only=True)
    run(parts(_app(client)).accounts.sign_up(email=ADA["email"], password=PASSWORD))
    refused = post(client, "login", **LOGIN)
    assert (refused.status_code, refused.json()["code"]) == (403, "unverified")
    assert post(client, "token", **LOGIN).json()["code"] == "unverified"
    wrong = post(client, "login", **{**LOGIN, "password": "wrong"})
    assert wrong.json()["code"] == "invalid-credentials"
    token = token_in(box, "ada@example.org")
    assert post(client, "email/verify", token=token, password=PASSWORD).status_code == 200
    assert post(client, "login", **LOGIN).status_code == 200
    nameless = post(client, "signup", username="grace", password=PASSWORD)
    assert (nameless.status_code, nameless.json()["field"]) == (422, "email")


def test_without_mail_nothing_is_different(start: Start) -> None:
    client = start()
    assert post(client, "signup", **ADA).status_code == 201
    assert post(browser(_app(client)), "signup", **ADA).status_code == 409
    for path in ("email/verification", "email"):
        body = {"email": NEW, "password": PASSWORD} if path == "email" else {}
        assert post(client, path, **body).status_code == 404


def _app(client: TestClient) -> Starlette:
    assert isinstance(client.app, Starlette)
    return client.app


# -- changing --------------------------------------------------------------------------------------


def test_an_address_changes_when_the_new_one_is_read_and_the_old_one_is_told(
    app: Starlette, box: Box
) -> None:
    client = verified(app, box)
    assert post(client, "email", email=NEW, password=PASSWORD).status_code == 202
    assert user_of(client)["email"] == "ada@example.org"
    elsewhere = post(browser(app), "email/change", token=token_in(box, NEW))
    assert elsewhere.json()["code"] == "missing"
    answer = post(client, "email/change", token=token_in(box, NEW))
    assert (answer.json()["email"], answer.json()["email_verified"]) == (NEW, True)
    assert user_of(client)["email"] == NEW  # and the session has stayed
    (told,) = box.to("ada@example.org")
    assert "was changed" in told["Subject"]
    assert NEW not in told.as_string()
    assert kinds(app)[-2:] == ["email-change-asked", "email-changed"]


def test_pre_hijacking_nobody_gives_their_address_to_the_account_of_a_stranger(
    app: Starlette, box: Box
) -> None:
    """Whoever expects a mail, as Ada does here, opens the one that Eve has caused."""
    eve = browser(app)
    assert post(eve, "signup", username="eve", password=PASSWORD).status_code == 201
    assert post(eve, "email", email="ada@example.org", password=PASSWORD).status_code == 202
    token = token_in(box, "ada@example.org")
    ada = browser(app)
    post(ada, "signup", username="ada", password=PASSWORD)
    refused = post(ada, "email/change", token=token)
    assert (refused.status_code, refused.json()["code"]) == (403, "sign-in-first")
    assert user_of(eve)["email"] is None


def test_whoever_has_a_session_alone_changes_no_address(
    app: Starlette, box: Box, clock: Clock
) -> None:
    client = verified(app, box)
    wrong = post(client, "email", email=NEW, password="wrong")
    assert wrong.json()["code"] == "invalid-credentials"
    clock.tick(601)
    assert post(client, "email", email=NEW).json()["code"] == "stale-login"
    assert post(browser(app), "email", email=NEW, password=PASSWORD).status_code == 401
    assert box.messages() == []
    assert post(client, "login", **LOGIN).status_code == 200
    assert post(client, "email", email=NEW).status_code == 202


def test_a_change_says_nothing_of_who_else_has_the_address(app: Starlette, box: Box) -> None:
    client = verified(app, box)
    signed_up(app, box, "grace@example.org")
    box.empty()
    free = post(client, "email", email=NEW, password=PASSWORD)
    taken = post(client, "email", email="grace@example.org", password=PASSWORD)
    assert seen(free) == seen(taken)
    (known,) = box.to("grace@example.org")
    assert "You already have an account" in known["Subject"]


def test_the_old_address_takes_the_account_back(app: Starlette, box: Box) -> None:
    thief = verified(app, box)
    assert post(thief, "email", email="eve@example.org", password=PASSWORD).status_code == 202
    post(thief, "email/change", token=token_in(box, "eve@example.org"))
    token = token_in(box, "ada@example.org")
    assert post(thief, "password", old_password=PASSWORD, new_password="eves password").is_success
    answer = post(browser(app), "email/undo", token=token)
    assert answer.json()["email"] == "ada@example.org"
    assert thief.get("/api/auth/check").status_code == 401
    assert kinds(app)[-1] == "email-put-back"


def test_cve_2011_4139_a_link_leads_where_the_settings_say_whatever_the_host_header(
    app: Starlette, box: Box
) -> None:
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example"}
    client = browser(app)
    client.post("/api/auth/signup", json=ADA, headers=headers)
    (sent,) = box.messages()
    assert link_in(sent).startswith("http://localhost:8000/")
    assert "evil" not in sent.as_string()


def test_cve_2019_19844_a_mail_goes_to_the_address_that_is_kept(app: Starlette, box: Box) -> None:
    signed_up(app, box, "strasse@example.org")
    box.empty()
    spelled_alike = "stra\u00dfe@example.org"
    assert post(browser(app), "signup", email=spelled_alike, password=PASSWORD).status_code == 202
    (sent,) = box.messages()
    assert sent["To"] == "strasse@example.org"
    client = verified(app, box)
    assert post(client, "email", email=spelled_alike, password=PASSWORD).status_code == 202
    (sent,) = box.messages()
    assert sent["To"] == "strasse@example.org"


NAMES = ["Ada\r\nBcc: eve@example.org", "Ada\n\nhttp://evil.example", "<a href=//evil.example>Ada"]


@pytest.mark.parametrize("name", NAMES)
def test_next_auth_cve_2022_31127_a_name_is_in_no_mail(app: Starlette, box: Box, name: str) -> None:
    post(browser(app), "signup", **{**ADA, "name": name})
    post(browser(app), "signup", **ADA)
    for sent in box.messages():
        assert "evil" not in sent.as_string()
        assert sent.get_content_type() == "text/plain"
        assert sent["Bcc"] is None


# -- changes ---------------------------------------------------------------------------------------


def changes_of(client: TestClient, app: Starlette, clock: Clock) -> dict[str, Callable[[], object]]:
    def reset() -> object:
        issue = parts(app).one_time.issue
        user = user_of(client)["id"]
        token = run(issue("reset-password", user=user, target="ada@example.org"))
        return post(
            client, "password/reset", token=token, password="another one", end_sessions=False
        )

    def factor() -> object:
        return enrol(client, clock)

    body = {"old_password": PASSWORD, "new_password": "another one"}
    return {
        "password": lambda: post(client, "password", **body),
        "set anew": reset,
        "authenticator app was added": factor,
    }


@pytest.mark.parametrize("change", ["password", "set anew", "authenticator app was added"])
def test_asvs_6_3_7_the_owner_hears_of_a_change_of_what_opens_the_account(
    app: Starlette, box: Box, clock: Clock, change: str
) -> None:
    client = verified(app, box)
    changes_of(client, app, clock)[change]()
    (told,) = box.to("ada@example.org")
    assert told["Subject"] == "Your account at localhost:8000 was changed"
    assert change in told.get_content()
    assert ("tell whoever runs" in told.get_content()) == ("authenticator" in change)
    token = token_in(box, "ada@example.org")
    assert post(browser(app), "sessions/disown", token=token).status_code == 204
    assert client.get("/api/auth/check").status_code == 401


def test_all_that_is_told_of_is_noted_somewhere() -> None:
    """Or a kind of event was renamed, and nobody is told any more."""
    folder = Path(dojang.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.glob("[as]*/**/*.py"))
    for kind in CHANGES:
        assert code.count(f'"{kind}"') >= 2, kind


def test_whose_address_is_not_shown_hears_of_no_change(app: Starlette, box: Box) -> None:
    client = unshown(app)
    box.empty()
    assert post(client, "password", old_password=PASSWORD, new_password="another one").is_success
    assert box.messages() == []


# -- devices ---------------------------------------------------------------------------------------


def test_a_device_that_was_not_seen_before_is_told_of_once(app: Starlette, box: Box) -> None:
    verified(app, box)
    stranger = browser(app, **{"user-agent": IPHONE, "accept-language": "ko"})
    assert post(stranger, "login", **LOGIN).status_code == 200
    (told,) = box.to("ada@example.org")
    assert "새로운 기기에서" in told["Subject"]
    assert "기기: Safari iOS" in told.get_content()
    assert "192.0.2.7" in told.get_content()
    assert kinds(app)[-1] == "new-device"
    assert post(stranger, "logout").status_code == 204
    assert post(stranger, "login", **LOGIN).status_code == 200
    assert len(box.messages()) == 1


def test_a_device_is_known_to_those_who_signed_in_on_it(app: Starlette, box: Box) -> None:
    client = verified(app, box)
    post(client, "signup", email="grace@example.org", password=PASSWORD)
    post(client, "email/verify", token=token_in(box, "grace@example.org"))
    box.empty()
    grace = {"login": "grace@example.org", "password": PASSWORD}
    for login in (grace, LOGIN, grace):
        assert post(client, "login", **login).status_code == 200
    assert box.messages() == []


def test_what_is_nobodys_address_yet_hears_of_no_device(app: Starlette, box: Box) -> None:
    unshown(app)
    box.empty()
    post(browser(app, **{"user-agent": IPHONE}), "login", **LOGIN)
    assert box.messages() == []
    assert kinds(app)[-1] == "new-device"


def test_the_link_in_the_mail_ends_that_session_and_no_other(app: Starlette, box: Box) -> None:
    client = verified(app, box)
    stranger = browser(app, **{"user-agent": IPHONE})
    post(stranger, "login", **LOGIN)
    token = token_in(box, "ada@example.org")
    assert post(browser(app), "sessions/disown", token=token).status_code == 204
    assert stranger.get("/api/auth/check").status_code == 401
    assert client.get("/api/auth/check").status_code == 200
    assert post(browser(app), "sessions/disown", token=token).status_code == 401
    assert kinds(app)[-1] == "device-disowned"


def test_a_session_that_moved_on_is_ended_with_all_others(app: Starlette, box: Box) -> None:
    client = verified(app, box)
    stranger = browser(app, **{"user-agent": IPHONE})
    post(stranger, "login", **LOGIN)
    token = token_in(box, "ada@example.org")
    new = "eves own password"
    assert post(stranger, "password", old_password=PASSWORD, new_password=new).is_success
    assert post(browser(app), "sessions/disown", token=token).status_code == 204
    assert stranger.get("/api/auth/check").status_code == 401
    assert client.get("/api/auth/check").status_code == 401


def test_a_program_with_tokens_is_told_of_when_it_comes_from_elsewhere(
    app: Starlette, box: Box
) -> None:
    verified(app, box)
    for _ in range(2):
        program = browser(app, **{"user-agent": "curl/8.5.0"})
        pair = post(program, "token", **LOGIN).json()
    assert len(box.to("ada@example.org")) == 1
    post(browser(app), "sessions/disown", token=token_in(box, "ada@example.org"))
    refreshed = post(browser(app), "token/refresh", refresh_token=pair["refresh_token"])
    assert refreshed.status_code in {200, 401}
    program = browser(app, **{"user-agent": "curl/9.9.9"})
    post(program, "token", **LOGIN)
    assert len(box.to("ada@example.org")) == 2


def test_a_week_is_enough_to_read_the_mail(app: Starlette, box: Box, clock: Clock) -> None:
    verified(app, box)
    stranger = browser(app, **{"user-agent": IPHONE})
    post(stranger, "login", **LOGIN)
    token = token_in(box, "ada@example.org")
    clock.tick(7 * 86_400 - 1)
    assert post(browser(app), "sessions/disown", token=token).status_code == 204


def test_no_mail_and_no_log_has_a_token_of_another_kind(app: Starlette, box: Box) -> None:
    verified(app, box)
    stranger = browser(app, **{"user-agent": IPHONE})
    post(stranger, "login", **LOGIN)
    token = token_in(box, "ada@example.org")
    client = browser(app)
    post(client, "login", **LOGIN)
    for path in ("email/verify", "email/change", "email/undo"):
        assert post(client, path, token=token).json()["code"] == "spent"
    assert re.fullmatch(r"[\w-]{43}", token)
