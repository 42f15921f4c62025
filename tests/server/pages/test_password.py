import pytest

from dojang.testing import Clock
from tests.server.kit import PASSWORD

from .kit import IPHONE, Page, Person, leads

PATH = "/account/password"
NEW = "another battery of horses"
FORM = {"old_password": PASSWORD, "new_password": NEW}


def test_the_password_is_changed_and_only_this_device_stays(member: Person, clock: Clock) -> None:
    phone = Person(member.app, agent=IPHONE).sign_in()
    clock.tick(1)
    before = member.cookie
    assert leads(member.send(PATH, FORM)) == "/account?notice=password-changed"
    assert member.cookie != before
    page = member.look("/account?notice=password-changed")
    assert "Your password is changed, and all other devices are signed out." in page.text
    assert len(page.handles()) == 1
    assert leads(phone.get("/account")) == "/sign-in?notice=over"
    assert leads(Person(member.app).send("/sign-in", login_with(NEW))) == "/account"
    assert Person(member.app).send("/sign-in", login_with(PASSWORD)).status_code == 401


def login_with(password: str) -> dict[str, str]:
    return {"login": "ada@example.org", "password": password}


@pytest.mark.parametrize(
    ("fields", "status", "at", "says"),
    [
        ({"old_password": ""}, 422, "old_password", "Type the password you have now."),
        ({"new_password": ""}, 422, "new_password", "Type the password you want to have."),
        ({"old_password": "wrong wrong"}, 401, "old_password", "not the password of this account"),
        ({"new_password": "short"}, 422, "new_password", "8"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_repeated(
    member: Person, fields: dict[str, str], status: int, at: str, says: str
) -> None:
    phone = Person(member.app, agent=IPHONE).sign_in()
    answer = member.send(PATH, {**FORM, **fields})
    assert answer.status_code == status
    page = Page.of(answer)
    assert page.title.startswith("Error: ")
    assert says in page.alert
    assert page.input(at)["aria-invalid"] == "true"
    assert not any(typed and typed in answer.text for typed in ("wrong wrong", NEW))
    assert phone.get("/account").status_code == 200
    assert member.get("/account").status_code == 200


def test_password_managers_know_which_field_is_which(member: Person) -> None:
    page = member.look("/account")
    assert page.input("old_password")["autocomplete"] == "current-password"
    assert page.input("new_password")["autocomplete"] == "new-password"
    assert page.input("username")["value"] == "ada@example.org"


def test_nobody_is_sent_to_sign_in(visitor: Person) -> None:
    assert leads(visitor.send(PATH, FORM)) == "/sign-in"


def test_a_form_of_somebody_else_changes_nothing(member: Person) -> None:
    answer = member.send(PATH, FORM, **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert leads(Person(member.app).send("/sign-in", login_with(PASSWORD))) == "/account"
