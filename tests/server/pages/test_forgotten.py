"""The pages of a forgotten password."""

from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette

from dojang.testing import Clock
from tests.postbox import Postbox, postbox
from tests.server.kit import PASSWORD, parts, run

from .kit import Page, Person, leads

Serve = Callable[..., Starlette]
NEW = "another battery of horses"


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


@pytest.fixture
def ada(serve: Serve, box: Postbox) -> Person:
    """Somebody with an account, who is signed in."""
    app = serve(**box.settings)
    ada = run(parts(app).accounts.sign_up(email="ada@example.org", password=PASSWORD))
    run(parts(app).accounts.verify_email(ada.id, "ada@example.org"))
    person = Person(app).sign_in()
    box.empty()
    return person


@pytest.fixture
def visitor(ada: Person) -> Person:
    return Person(ada.app)


def link_for(person: Person, box: Postbox, login: str = "ada@example.org") -> str:
    answer = person.send("/forgot-password", {"login": login})
    assert leads(answer) == "/forgot-password?notice=link-mailed"
    return box.last.link.removeprefix("http://localhost:8000")


def test_from_the_sign_in_page_to_another_password(
    ada: Person, visitor: Person, box: Postbox, clock: Clock
) -> None:
    clock.tick(1)
    assert "/forgot-password" in {a["href"] for a in visitor.look("/sign-in").all("a")}
    link = link_for(visitor, box)
    assert "a link is on its way" in visitor.look("/forgot-password?notice=link-mailed").text
    page = visitor.look(link)
    assert page.input("new_password")["autocomplete"] == "new-password"
    assert "checked" in page.input("end_sessions")
    fields = {name: page.input(name)["value"] for name in ("token", "end_sessions")}
    answer = visitor.send("/reset-password", {**fields, "new_password": NEW})
    assert leads(answer) == "/sign-in?notice=password-reset"
    assert visitor.cookie is None
    assert "Your password is set." in visitor.look("/sign-in?notice=password-reset").text
    assert leads(ada.get("/account")) == "/sign-in?notice=over"
    assert visitor.sign_in(password=NEW).get("/account").status_code == 200


def test_whoever_clears_the_box_stays_signed_in_elsewhere(
    ada: Person, visitor: Person, box: Postbox, clock: Clock
) -> None:
    clock.tick(1)
    token = link_for(visitor, box).partition("=")[2]
    leads(visitor.send("/reset-password", {"token": token, "new_password": NEW}))
    assert ada.get("/account").status_code == 200


def test_a_scanner_that_opens_the_link_uses_nothing_up(visitor: Person, box: Postbox) -> None:
    link = link_for(visitor, box)
    for _ in range(5):
        assert visitor.get(link).status_code == 200
        assert visitor.client.head(link).status_code == 200
    token = link.partition("=")[2]
    assert leads(visitor.send("/reset-password", {"token": token, "new_password": NEW}))


def test_a_refused_password_is_said_at_its_field_and_the_form_is_sent_again(
    visitor: Person, box: Postbox
) -> None:
    token = link_for(visitor, box).partition("=")[2]
    answer = visitor.send("/reset-password", {"token": token, "new_password": "short"})
    page = Page.of(answer)
    assert answer.status_code == 422
    assert page.input("new_password")["aria-invalid"] == "true"
    assert "checked" not in page.input("end_sessions")
    again = {"token": page.input("token")["value"], "new_password": NEW}
    assert leads(visitor.send("/reset-password", again)) == "/sign-in?notice=password-reset"


def test_o16_nothing_carries_the_token_on(visitor: Person, box: Postbox) -> None:
    link = link_for(visitor, box)
    token = link.partition("=")[2]
    for answer in (
        visitor.get(link),
        visitor.send("/reset-password", {"token": token, "new_password": "short"}),
    ):
        assert answer.headers["referrer-policy"] == "strict-origin"
        assert answer.headers["cache-control"] == "no-store"
        page = Page.of(answer)
        addresses = [a.get("href", "") + a.get("action", "") for _, a in page.tags]
        assert not any(token in address for address in addresses)


@pytest.mark.parametrize("link", ["/reset-password", "/reset-password?token=none"])
def test_a_link_that_is_good_no_more_says_so(visitor: Person, link: str) -> None:
    answer = visitor.get(link)
    assert answer.status_code == 401
    assert "Please ask for another." in Page.of(answer).text


def test_everybody_is_told_the_same(visitor: Person, box: Postbox) -> None:
    for login in ("nobody", "ada@example.org", "\0", "x" * 5000):
        answer = visitor.send("/forgot-password", {"login": login})
        assert leads(answer) == "/forgot-password?notice=link-mailed"
        assert answer.content == b""
    assert len(box.letters) == 1


def test_an_empty_form_is_sent_back(visitor: Person) -> None:
    page = Page.of(visitor.send("/forgot-password", {"login": " "}))
    assert page.alert == "Type your e-mail address or user name."


def test_too_many_mails_are_refused_with_the_time_left(visitor: Person) -> None:
    for _ in range(3):
        visitor.send("/forgot-password", {"login": "ada"})
    answer = visitor.send("/forgot-password", {"login": "ada"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "600")
    assert "10 minutes" in Page.of(answer).alert


def test_the_pages_are_in_korean_too(visitor: Person, box: Postbox) -> None:
    link = link_for(visitor, box)
    for path, title in (("/forgot-password", "비밀번호 찾기"), (link, "새 비밀번호 설정")):
        page = Page.of(visitor.get(path, **{"accept-language": "ko"}))
        assert page.all("html", lang="ko")
        assert page.title.startswith(title)


def test_a_form_of_another_site_asks_for_nothing(visitor: Person, box: Postbox) -> None:
    foreign = {"sec-fetch-site": "cross-site"}
    answer = visitor.send("/forgot-password", {"login": "ada@example.org"}, **foreign)
    assert answer.status_code == 403
    assert box.letters == []


def test_without_a_mail_server_there_is_no_such_page(serve: Serve) -> None:
    person = Person(serve())
    assert "/forgot-password" not in {a["href"] for a in person.look("/sign-in").all("a")}
    for path in ("/forgot-password", "/reset-password", "/sign-in/mail", "/sign-in/code"):
        assert person.get(path).status_code == 404
        assert person.send(path).status_code == 404
