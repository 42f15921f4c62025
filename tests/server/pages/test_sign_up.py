from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette

from dojang.auth import User
from tests.server.kit import PASSWORD, break_accounts, break_sessions, parts, run

from .kit import Page, Person, leads

Serve = Callable[..., Starlette]


def test_the_form_takes_one_login_a_new_password_and_perhaps_a_name(visitor: Person) -> None:
    page = visitor.look("/sign-up")
    assert page.input("login")["autocomplete"] == "username"
    assert page.input("password")["autocomplete"] == "new-password"
    assert page.input("name")["autocomplete"] == "name"
    assert "required" not in page.input("name")
    assert "8 characters or more" in page.text


def test_the_minimum_of_the_settings_is_said(serve: Serve) -> None:
    page = Person(serve(password_minimum=15)).look("/sign-up")
    assert "15 characters or more" in page.text


def test_who_signs_up_is_signed_in_and_sent_on(visitor: Person) -> None:
    form = {"login": "ada@example.org", "password": PASSWORD, "name": "Ada", "next": "/notes"}
    answer = visitor.send("/sign-up", form)
    assert leads(answer) == "/notes"
    page = visitor.look("/account")
    assert "Signed in as Ada" in page.text
    assert "ada@example.org" in page.text


@pytest.mark.parametrize(
    ("login", "shown"),
    [
        ("ada@example.org", "E-mail ada@example.org"),
        ("홍길동", "User name 홍길동"),
        ("ada\uff20example.org", "E-mail ada@example.org"),
    ],
)
def test_with_an_at_sign_the_login_is_an_address_and_otherwise_a_user_name(
    visitor: Person, login: str, shown: str
) -> None:
    assert shown in visitor.sign_up(login).look("/account").text


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"login": "", "password": PASSWORD}, "login", "an e-mail address or a user name."),
        ({"login": "a@b@c", "password": PASSWORD}, "login", "exactly one @"),
        ({"login": "a b", "password": PASSWORD}, "login", "no blanks or invisible characters."),
        ({"login": "ada", "password": ""}, "password", "take 8 characters or more"),
        ({"login": "ada", "password": "password123"}, "password", "everybody tries this"),
        ({"login": "ada", "password": PASSWORD, "name": "a\nb"}, "name", "no line breaks"),
        ({"login": "ada" * 4000, "password": PASSWORD}, "login", "characters"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_its_field(
    visitor: Person, form: dict[str, str], field: str, said: str
) -> None:
    answer = visitor.send("/sign-up", form)
    assert answer.status_code == 422
    page = Page.of(answer)
    assert said.lower() in page.alert.lower()
    assert not page.alert[0].islower()
    wrong = page.input(field)
    assert wrong["aria-invalid"] == "true"
    assert f"{field}-error" in wrong["aria-describedby"].split()
    assert "autofocus" in wrong
    assert page.input("login")["value"] == form["login"]
    assert "value" not in page.input("password")


def test_what_is_taken_is_a_conflict_that_shows_the_way_to_sign_in(member: Person) -> None:
    form = {"login": "ADA@example.org", "password": PASSWORD, "name": "Somebody"}
    answer = Person(member.app).send("/sign-up", form)
    assert answer.status_code == 409
    page = Page.of(answer)
    said = "There is an account with this e-mail address already. Sign in, or take another one."
    assert page.alert == said
    assert page.input("login")["aria-invalid"] == "true"
    assert page.input("name")["value"] == "Somebody"
    assert len(page.all("a", href="/sign-in")) == 2
    assert PASSWORD not in answer.text


def test_accounts_that_do_not_answer_are_said_with_what_was_typed_kept(visitor: Person) -> None:
    break_accounts(visitor.app)
    answer = visitor.send("/sign-up", {"login": "ada", "password": PASSWORD, "name": "Ada"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    page = Page.of(answer)
    assert page.input("name")["value"] == "Ada"
    assert page.all("input", name="name")


def test_an_account_whose_session_could_not_be_kept_is_asked_to_sign_in(
    visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = parts(visitor.app).accounts
    sign_up = accounts.sign_up

    async def then_the_disk_breaks(**form: Any) -> User:
        user = await sign_up(**form)
        break_sessions(visitor.app)
        return user

    monkeypatch.setattr(accounts, "sign_up", then_the_disk_breaks)
    answer = visitor.send("/sign-up", {"login": "ada", "password": PASSWORD})
    assert answer.status_code == 503
    page = Page.of(answer)
    assert page.alert.startswith("Your account is made; now sign in.")
    assert page.input("login")["value"] == "ada"
    assert page.input("remember")
    assert run(parts(visitor.app).accounts.check_password("ada", PASSWORD))


def test_no_account_is_made_while_nothing_counts_who_asks_for_them(visitor: Person) -> None:
    break_sessions(visitor.app)
    assert visitor.send("/sign-up", {"login": "ada", "password": PASSWORD}).status_code == 503
    assert run(parts(visitor.app).accounts.find_login("ada")) is None
