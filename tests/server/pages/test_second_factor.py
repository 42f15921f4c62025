"""The second factor on the pages: adding it, signing in with it, recovering, removing it."""

from collections.abc import Callable

import pytest
from starlette.applications import Starlette

from dojang.auth.enrolment import LIFE
from dojang.auth.half_way import LIFE as HALF_WAY
from dojang.auth.totp import Authenticator
from dojang.testing import Clock
from tests.server.codes import Phone
from tests.server.kit import PASSWORD

from .kit import Page, Person, leads

PATH = "/account/second-factor"
CODE = "/sign-in/second-factor"
LOGIN = {"login": "ada@example.org", "password": PASSWORD}


def scanned(page: Page) -> Authenticator:
    """Return what an app makes of the page: the key in text is the one of the QR code's address."""
    (link,) = [found for found in page.all("a") if found["href"].startswith("otpauth:")]
    secret = link["href"].partition("secret=")[2].partition("&")[0]
    assert secret in page.text.replace(" ", "")
    return Authenticator(secret)


def add(person: Person, clock: Clock) -> Phone:
    page = person.look(PATH)
    app = scanned(page)
    answer = person.send(
        PATH, {"ticket": page.input("ticket")["value"], "code": app.code(now=clock())}
    )
    assert answer.status_code == 200, answer.text
    return Phone(app, clock, shown_codes(Page.of(answer)))


def shown_codes(page: Page) -> list[str]:
    return [word for word in page.text.split() if word.count("-") == 5]


@pytest.fixture
def phone(member: Person, clock: Clock) -> Phone:
    return add(member, clock)


def test_an_app_is_added_by_its_first_code(member: Person, clock: Clock) -> None:
    page = member.look("/account")
    assert page.all("a", href=PATH)
    before = member.cookie
    phone = add(member, clock)
    assert len(phone.recovery_codes) == 10
    assert member.cookie not in (None, before)
    assert "10 recovery codes are left" in member.look("/account").text


def test_adding_it_signs_out_all_other_devices(member: Person, clock: Clock) -> None:
    other = Person(member.app).sign_in()
    clock.tick(1)
    add(member, clock)
    clock.tick(2)
    assert leads(other.get("/account")) == "/sign-in?notice=over"


def test_after_a_wrong_code_it_is_the_same_app(member: Person, clock: Clock) -> None:
    page = member.look(PATH)
    app, ticket = scanned(page), page.input("ticket")["value"]
    answer = member.send(PATH, {"ticket": ticket, "code": "000000"})
    assert answer.status_code == 401
    again = Page.of(answer)
    assert "wrong" in again.alert
    assert scanned(again) == app
    code = {"ticket": again.input("ticket")["value"], "code": app.code(now=clock())}
    assert member.send(PATH, code).status_code == 200


def test_whoever_takes_too_long_begins_again(member: Person, clock: Clock) -> None:
    page = member.look(PATH)
    app, ticket = scanned(page), page.input("ticket")["value"]
    clock.tick(LIFE)
    assert leads(member.send("/confirm", {"password": PASSWORD, "next": PATH})) == PATH
    answer = member.send(PATH, {"ticket": ticket, "code": app.code(now=clock())})
    assert leads(answer) == f"{PATH}?notice=too-slow"


def test_signing_in_asks_for_the_code_and_goes_where_one_was_going(
    member: Person, phone: Phone
) -> None:
    person = Person(member.app)
    where = leads(person.send("/sign-in", {**LOGIN, "next": "/account?notice=linked"}))
    assert where.startswith(CODE)
    assert person.cookie is None
    assert leads(person.get("/account")) == "/sign-in"
    page = person.look(where)
    assert page.input("code")["autocomplete"] == "one-time-code"
    fields = {"code": phone.code(), "next": page.input("next")["value"]}
    assert leads(person.send(CODE, fields)) == "/account?notice=linked"
    assert person.get("/account").status_code == 200
    assert "half-way" not in person.client.cookies


def test_a_recovery_code_opens_too_and_is_counted(member: Person, phone: Phone) -> None:
    person = Person(member.app)
    person.send("/sign-in", LOGIN)
    assert leads(person.send(CODE, {"code": phone.recovery_codes[3]})) == "/account"
    assert "9 recovery codes are left" in person.look("/account").text


@pytest.mark.parametrize(
    ("code", "status", "says"), [("", 422, "Type the code."), ("000000", 401, "wrong")]
)
def test_what_is_wrong_is_said_at_the_field(
    member: Person, phone: Phone, code: str, status: int, says: str
) -> None:
    person = Person(member.app)
    person.send("/sign-in", LOGIN)
    answer = person.send(CODE, {"code": code})
    page = Page.of(answer)
    assert answer.status_code == status
    assert says in page.alert
    assert page.input("code")["aria-invalid"] == "true"
    assert leads(person.send(CODE, {"code": phone.code()})) == "/account"


def test_too_many_wrong_codes_are_told_with_the_time_left(member: Person, phone: Phone) -> None:
    person = Person(member.app)
    person.send("/sign-in", LOGIN)
    for _ in range(5):
        person.send(CODE, {"code": "000000"})
    answer = person.send(CODE, {"code": phone.code()})
    assert answer.status_code == 429
    assert "tried too often" in Page.of(answer).alert
    assert int(answer.headers["retry-after"]) > 0


def test_whoever_looks_for_the_phone_too_long_begins_again(
    member: Person, phone: Phone, clock: Clock
) -> None:
    person = Person(member.app)
    person.send("/sign-in", {**LOGIN, "next": "/notes"})
    clock.tick(HALF_WAY)
    assert leads(person.get(f"{CODE}?next=/notes")) == "/sign-in?next=%2Fnotes"
    answer = person.send(CODE, {"code": phone.code(), "next": "/notes"})
    assert leads(answer) == "/sign-in?next=%2Fnotes&notice=too-slow"
    assert "took too long" in person.look("/sign-in?notice=too-slow").text


def test_nobody_gets_to_the_code_without_a_password(member: Person, phone: Phone) -> None:
    person = Person(member.app)
    assert leads(person.get(CODE)) == "/sign-in"
    assert leads(person.send(CODE, {"code": phone.code()})) == "/sign-in?notice=too-slow"
    assert leads(person.get("/account")) == "/sign-in"


def test_a_wrong_password_says_the_same_with_and_without_a_second_factor(
    member: Person, phone: Phone
) -> None:
    assert phone.recovery_codes
    Person(member.app).sign_up("grace")
    answers = [
        Person(member.app).send("/sign-in", {"login": login, "password": "not it, not it"})
        for login in ("ada@example.org", "grace", "nobody")
    ]
    texts = [
        answer.text.replace(f'value="{login}"', "")
        for answer, login in zip(answers, ("ada@example.org", "grace", "nobody"), strict=True)
    ]
    assert len(set(texts)) == 1
    assert {tuple(answer.headers) for answer in answers} == {tuple(answers[0].headers)}


def test_it_is_removed_by_a_code(member: Person, phone: Phone) -> None:
    answer = member.send(f"{PATH}/remove", {"code": "000000"})
    assert answer.status_code == 401
    assert "wrong" in Page.of(answer).alert
    answer = member.send(f"{PATH}/remove", {"code": phone.code()})
    assert leads(answer) == "/account?notice=second-factor-removed"
    Person(member.app).sign_in()


def test_new_recovery_codes_are_shown_once(member: Person, phone: Phone) -> None:
    for code in ("", "000000"):
        answer = member.send(f"{PATH}/codes", {"code": code})
        assert answer.status_code == 401
        assert Page.of(answer).input("code")["aria-invalid"] == "true"
    answer = member.send(f"{PATH}/codes", {"code": phone.code()})
    assert answer.headers["cache-control"] == "no-store"
    new = shown_codes(Page.of(answer))
    assert len(new) == 10
    assert not set(new) & set(phone.recovery_codes)
    assert not any(code in member.get(PATH).text for code in new)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/codes", f"{PATH}/remove"])
def test_a_form_of_somebody_else_changes_nothing(member: Person, path: str) -> None:
    assert member.send(path, {}, **{"sec-fetch-site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("path", [PATH, f"{PATH}/codes", f"{PATH}/remove", "/confirm"])
def test_nobody_is_sent_to_sign_in(visitor: Person, path: str) -> None:
    assert leads(visitor.send(path)) == "/sign-in"


# -- confirming ------------------------------------------------------------------------------------


def test_a_login_that_is_not_fresh_is_proved_first_and_leads_back(
    member: Person, clock: Clock
) -> None:
    clock.tick(601)
    where = leads(member.get(PATH))
    assert where == "/confirm?next=%2Faccount%2Fsecond-factor"
    page = member.look(where)
    assert page.input("password")["autocomplete"] == "current-password"
    before = member.cookie
    fields = {"password": PASSWORD, "next": page.input("next")["value"]}
    assert leads(member.send("/confirm", fields)) == PATH
    assert member.cookie not in (None, before)
    assert member.get(PATH).status_code == 200


@pytest.mark.parametrize(
    ("path", "back"),
    [
        (PATH, "%2Faccount%2Fsecond-factor"),
        (f"{PATH}/codes", "%2Faccount%2Fsecond-factor"),
        (f"{PATH}/remove", "%2Faccount%2Fsecond-factor"),
        ("/account/providers/unlink", "%2Faccount"),
    ],
)
def test_a_form_that_was_sent_too_late_does_nothing_and_says_so(
    member: Person, clock: Clock, path: str, back: str
) -> None:
    clock.tick(601)
    where = leads(member.send(path, {"code": "123456", "way": "any"}))
    assert where == f"/confirm?next={back}&notice=not-done"
    assert "Nothing was done yet." in member.look(where).text


def test_a_code_proves_it_too(member: Person, phone: Phone, clock: Clock) -> None:
    clock.tick(601)
    page = member.look("/confirm")
    assert page.input("code")
    assert leads(member.send("/confirm", {"code": phone.code(), "next": PATH})) == PATH
    assert member.get(PATH).status_code == 200


def test_nothing_less_is_asked_for_where_there_is_a_code_and_nothing_less_does(
    member: Person, phone: Phone, clock: Clock
) -> None:
    assert phone.recovery_codes
    clock.tick(601)
    assert not member.look("/confirm").all("input", name="password")
    answer = member.send("/confirm", {"password": PASSWORD, "next": PATH})
    assert answer.status_code == 401
    assert "second factor" in Page.of(answer).text
    assert leads(member.get(PATH)).startswith("/confirm")


@pytest.mark.parametrize(
    ("fields", "status", "at"),
    [
        ({"password": ""}, 422, "password"),
        ({"password": "not it, not it"}, 401, "password"),
        ({"code": ""}, 422, "code"),
        ({"code": "000000"}, 401, "code"),
    ],
)
def test_what_is_wrong_with_the_proof_is_said_at_its_field(
    member: Person, clock: Clock, fields: dict[str, str], status: int, at: str
) -> None:
    if at == "code":
        add(member, clock)
    clock.tick(601)
    answer = member.send("/confirm", {**fields, "next": PATH})
    assert answer.status_code == status
    page = Page.of(answer)
    assert page.input(at)["aria-invalid"] == "true"
    assert {found["value"] for found in page.all("input", name="next")} == {PATH}
    assert leads(member.get(PATH)).startswith("/confirm")


def test_a_stolen_session_guesses_passwords_no_faster_here(member: Person) -> None:
    for _ in range(5):
        member.send("/confirm", {"password": "not it, not it"})
    assert member.send("/confirm", {"password": PASSWORD}).status_code == 429


def test_the_old_id_is_dead_after_confirming(member: Person, clock: Clock) -> None:
    before = member.cookie
    assert before is not None
    clock.tick(1)
    member.send("/confirm", {"password": PASSWORD})
    thief = Person(member.app)
    thief.cookie = before
    clock.tick(2)
    assert leads(thief.get("/account")).startswith("/sign-in")


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_confirming_leads_to_pages_of_our_own_only(member: Person, target: str) -> None:
    answer = member.send("/confirm", {"password": PASSWORD, "next": target})
    assert leads(answer) == "/account"


@pytest.mark.parametrize("sessions", ["sealed:", "memory:"])
def test_it_works_in_every_home(
    serve: Callable[..., Starlette], clock: Clock, sessions: str
) -> None:
    member = Person(serve(sessions=sessions)).sign_up()
    clock.tick(601)
    assert leads(member.send("/confirm", {"password": PASSWORD, "next": PATH})) == PATH
    phone = add(member, clock)
    person = Person(member.app)
    person.send("/sign-in", LOGIN)
    assert leads(person.send(CODE, {"code": phone.code()})) == "/account"
