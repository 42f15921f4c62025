import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx2 import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from dojang.auth import PasswordHasher
from dojang.server.app import create
from dojang.server.assembly import close
from dojang.server.settings import Settings
from dojang.testing import Clock
from tests.server.kit import PASSWORD, break_accounts, break_sessions, parts, run

from .kit import ORIGIN, Page, Person, leads

Serve = Callable[..., Starlette]


def test_the_form_asks_for_a_login_a_password_and_whether_to_stay(visitor: Person) -> None:
    page = visitor.look("/sign-in")
    assert page.input("login")["autocomplete"] == "username"
    assert page.input("password")["autocomplete"] == "current-password"
    assert "checked" in page.input("remember")
    (form,) = page.all("form")
    assert (form["method"], form["action"]) == ("post", "/sign-in")


def test_looking_at_the_form_makes_no_session(visitor: Person) -> None:
    answer = visitor.get("/sign-in")
    assert "set-cookie" not in answer.headers
    assert Page.of(answer).tokens() == set()


@pytest.mark.parametrize("typed", ["ada@example.org", "ADA@Example.org ", "ada\uff20example.org"])
def test_who_signs_in_is_sent_to_their_account(member: Person, typed: str) -> None:
    somebody = Person(member.app)
    answer = somebody.send("/sign-in", {"login": typed, "password": PASSWORD})
    assert leads(answer) == "/account"
    assert "ada@example.org" in somebody.look("/account").text


def test_a_user_name_signs_in_too(visitor: Person) -> None:
    visitor.sign_up("홍길동")
    assert "홍길동" in Person(visitor.app).sign_in("홍길동").look("/account").text


def test_a_wrong_password_is_said_beside_its_field_and_it_is_not_sent_back(member: Person) -> None:
    answer = Person(member.app).send(
        "/sign-in", {"login": "Ada@example.org", "password": "not that one"}
    )
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    page = Page.of(answer)
    assert page.title.startswith("Error: ")
    assert page.alert == "This name and this password do not open an account."
    assert page.input("login")["value"] == "Ada@example.org"
    password = page.input("password")
    assert "value" not in password
    assert "not that one" not in answer.text
    assert password["aria-invalid"] == "true"
    assert password["aria-describedby"] == "password-error"
    assert page.all("p", id="password-error")


def test_an_unknown_name_is_answered_like_a_wrong_password(member: Person) -> None:
    wrong = {"login": "ada@example.org", "password": "not that one"}
    unknown = {"login": "eve@example.org", "password": "not that one"}
    first, second = (Person(member.app).send("/sign-in", form) for form in (wrong, unknown))
    assert first.status_code == second.status_code == 401
    assert first.text == second.text.replace("eve@", "ada@")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "login"),
        ({"login": " ", "password": PASSWORD}, "login"),
        ({"login": "ada"}, "password"),
    ],
)
def test_an_empty_field_is_asked_for(visitor: Person, form: dict[str, str], field: str) -> None:
    answer = visitor.send("/sign-in", form)
    assert answer.status_code == 422
    page = Page.of(answer)
    assert page.input(field)["aria-invalid"] == "true"
    assert page.alert.startswith("Type your")


def test_a_session_that_stays_outlives_the_browser_and_one_that_does_not_ends_with_it(
    member: Person,
) -> None:
    form = {"login": "ada@example.org", "password": PASSWORD}
    stays = Person(member.app).send("/sign-in", {**form, "remember": "yes"})
    assert "Max-Age=2592000" in stays.headers["set-cookie"]
    leaves = Person(member.app).send("/sign-in", form)
    assert "Max-Age" not in leaves.headers["set-cookie"]


def test_whether_to_stay_is_kept_when_the_password_was_wrong(visitor: Person) -> None:
    form = {"login": "ada", "password": "wrong"}
    assert "checked" not in Page.of(visitor.send("/sign-in", form)).input("remember")
    page = Page.of(visitor.send("/sign-in", {**form, "remember": "yes"}))
    assert "checked" in page.input("remember")


def test_next_is_kept_through_the_form_and_an_error_and_then_followed(member: Person) -> None:
    somebody = Person(member.app)
    page = somebody.look("/sign-in?next=/notes%3Fpage%3D2%23top")
    assert page.input("next")["value"] == "/notes?page=2#top"
    form = {"login": "ada@example.org", "password": "wrong", "next": "/notes?page=2#top"}
    page = Page.of(somebody.send("/sign-in", form))
    assert page.input("next")["value"] == "/notes?page=2#top"
    answer = somebody.send("/sign-in", {**form, "password": PASSWORD})
    assert leads(answer) == "/notes?page=2#top"


def test_next_is_handed_over_to_the_other_form(visitor: Person) -> None:
    assert visitor.look("/sign-in?next=/a%26b").all("a", href="/sign-up?next=%2Fa%26b")
    assert visitor.look("/sign-up?next=/a%26b").all("a", href="/sign-in?next=%2Fa%26b")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_next_to_another_site_is_not_followed(member: Person, elsewhere: str) -> None:
    somebody = Person(member.app)
    page = Page.of(somebody.client.get("/sign-in", params={"next": elsewhere}))
    assert page.input("next")["value"] == "/account"
    form = {"login": "ada@example.org", "password": PASSWORD, "next": elsewhere}
    assert leads(somebody.send("/sign-in", form)) == "/account"
    assert leads(somebody.client.get("/sign-in", params={"next": elsewhere})) == "/account"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up"])
def test_who_is_signed_in_already_is_sent_on(member: Person, path: str) -> None:
    assert leads(member.get(path)) == "/account"
    assert leads(member.get(f"{path}?next=/notes")) == "/notes"


def test_a_session_that_was_there_before_does_not_become_the_one_that_is_signed_in(
    member: Person,
) -> None:
    """Session fixation: who planted a cookie must not share in what it becomes."""
    attacker = Person(member.app).sign_up("eve@example.org")
    planted = attacker.cookie
    assert planted is not None
    victim = Person(member.app)
    victim.cookie = planted
    victim.sign_in()
    assert victim.cookie != planted
    assert "ada@example.org" in victim.look("/account").text
    assert leads(attacker.get("/account")).startswith("/sign-in")


def test_an_invented_session_id_is_never_adopted(member: Person) -> None:
    somebody = Person(member.app)
    somebody.cookie = "s%3Ainvented.signature"
    somebody.sign_in()
    assert "invented" not in str(somebody.cookie)


def test_too_many_sessions_are_a_conflict_that_is_shown_on_the_page(serve: Serve) -> None:
    app = serve(sessions_per_account=1, when_full="refuse")
    Person(app).sign_up()
    answer = Person(app).send("/sign-in", {"login": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 409
    assert "set-cookie" not in answer.headers
    page = Page.of(answer)
    assert "signed in on 1 device, which is as many as it may be" in page.alert
    assert page.input("login")["value"] == "ada@example.org"


def test_accounts_that_do_not_answer_are_no_wrong_password(member: Person) -> None:
    break_accounts(member.app)
    answer = Person(member.app).send("/sign-in", {"login": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    page = Page.of(answer)
    assert "please try again shortly" in page.alert
    assert page.input("login")["value"] == "ada@example.org"


def test_a_store_that_takes_no_session_is_said_on_the_page(member: Person) -> None:
    break_sessions(member.app)
    answer = Person(member.app).send("/sign-in", {"login": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers
    assert "please try again shortly" in Page.of(answer).alert


def test_more_passwords_than_are_hashed_at_once_are_asked_to_come_back(bare: Path) -> None:
    app = create(Settings.load(home=bare / "var"), hasher=PasswordHasher(workers=1, waiting=0))
    form = {"login": "ada", "password": PASSWORD}

    async def eight_at_once() -> list[Response]:
        transport = ASGITransport(app)
        async with AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            each = [client.post("/sign-in", data=form, headers=ORIGIN) for _ in range(8)]
            return await asyncio.gather(*each)

    answers = run(eight_at_once())
    busy = [answer for answer in answers if answer.status_code == 503]
    assert busy
    assert busy[0].headers["retry-after"] == "1"
    assert "try again in a second" in Page.of(busy[0]).alert
    close(parts(app))


def test_a_session_that_ended_from_afar_is_said_when_coming_back(member: Person) -> None:
    sessions = parts(member.app).sessions
    user = member.client.get("/api/auth/session").json()["user_id"]
    run(sessions.end_all(user))
    assert leads(member.get("/account")) == "/sign-in?notice=over"
    assert "Your session is over" in member.look("/sign-in?notice=over").text


def test_a_session_that_expired_is_said_when_coming_back(member: Person, clock: Clock) -> None:
    clock.tick(8 * 24 * 3600)
    answer = member.get("/")
    assert leads(answer) == "/sign-in?notice=over"
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_who_was_never_here_is_not_told_that_a_session_is_over(visitor: Person) -> None:
    assert leads(visitor.get("/")) == leads(visitor.get("/account")) == "/sign-in"


def test_a_notice_is_one_of_ours_or_none(visitor: Person) -> None:
    page = visitor.look("/sign-in?notice=Call+0800+EVIL")
    assert "EVIL" not in page.text
    assert page.all("p", role="status") == []


BEHIND_TLS = {"host": "login.example.org", "x-forwarded-proto": "https"}


@pytest.mark.parametrize(
    ("origin", "headers", "said"),
    [
        (
            "http://192.168.0.7:8000",
            {"host": "192.168.0.7:8000", "x-forwarded-proto": "http"},
            "__Host-session is Secure and http://192.168.0.7:8000 is http",
        ),
        ("", {**BEHIND_TLS, "cookie": "session=x"}, "the browser sends session, and __Host-"),
        (
            "",
            {**BEHIND_TLS, "cookie": "__Host-session=x; __Host-session=y"},
            "the browser sends __Host-session twice",
        ),
    ],
)
def test_where_signing_in_would_not_last_the_form_says_why(
    serve: Serve, origin: str, headers: dict[str, str], said: str
) -> None:
    person = Person(serve(url="https://login.example.org"))
    (alert,) = Page.of(person.get(f"{origin}/sign-in", **headers)).alerts
    assert alert.startswith("Signing in will not last here, it seems.")
    assert said in alert
    assert person.look("/sign-in").alerts == []
