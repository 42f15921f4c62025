"""Signing in by mail with pages: the code where it was asked for, the link where it is opened."""

from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette

from dojang.testing import Clock
from tests.postbox import Postbox, postbox
from tests.server.kit import PASSWORD, parts, run

from .kit import IPHONE, Page, Person, leads
from .test_second_factor import add

Serve = Callable[..., Starlette]


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


@pytest.fixture
def visitor(serve: Serve, box: Postbox) -> Person:
    """Somebody with an account, who is not signed in."""
    app = serve(**box.settings)
    ada = run(parts(app).accounts.sign_up(email="ada@example.org", password=PASSWORD))
    run(parts(app).accounts.verify_email(ada.id, "ada@example.org"))
    box.empty()
    return Person(app)


def ask(person: Person, login: str = "ada@example.org", **fields: str) -> None:
    assert leads(person.send("/sign-in/mail", {"login": login, **fields})) == "/sign-in/code"


def link_in(box: Postbox) -> str:
    return box.last.link.removeprefix("http://localhost:8000")


def test_the_code_of_the_mail_signs_in(visitor: Person, box: Postbox) -> None:
    assert "/sign-in/mail" in {a["href"] for a in visitor.look("/sign-in").all("a")}
    ask(visitor)
    page = visitor.look("/sign-in/code")
    assert page.input("code")["autocomplete"] == "one-time-code"
    assert page.input("code")["value"] == ""
    answer = visitor.send("/sign-in/code", {"code": box.last.code, "remember": "yes"})
    assert leads(answer) == "/account"
    assert visitor.get("/account").status_code == 200
    assert "sign-in-code" not in visitor.client.cookies


def test_the_link_fills_the_form_where_it_was_asked_for(visitor: Person, box: Postbox) -> None:
    ask(visitor, next="/account?notice=linked")
    page = visitor.look(link_in(box))
    assert page.input("code")["value"] == box.last.code
    assert visitor.cookie is None  # looking is not signing in
    answer = visitor.send("/sign-in/code", {"code": box.last.code})
    assert leads(answer) == "/account?notice=linked"


def test_elsewhere_the_link_signs_nobody_in_and_says_what_to_do(
    visitor: Person, box: Postbox
) -> None:
    ask(visitor)
    phone = Person(visitor.app, agent=IPHONE)
    page = phone.look(link_in(box))
    assert "go back to that browser and type the code there" in page.text
    assert page.all("form") == []
    code = box.last.code
    assert leads(phone.send("/sign-in/code", {"code": code})) == "/sign-in/mail?notice=code-over"
    assert phone.cookie is None
    assert leads(visitor.send("/sign-in/code", {"code": code})) == "/account"


def test_c5_nobody_is_signed_in_to_an_account_of_whoever_sent_the_link(
    visitor: Person, box: Postbox
) -> None:
    run(parts(visitor.app).accounts.sign_up(email="eve@example.org", password=PASSWORD))
    eve, victim = Person(visitor.app), visitor
    ask(eve, "eve@example.org")
    sent = link_in(box)
    victim.look(sent)
    victim.send("/sign-in/code", {"code": box.last.code})
    assert victim.cookie is None
    ask(victim)
    assert victim.send("/sign-in/code", {"code": sent.partition("=")[2]}).status_code == 401


def test_whoever_shows_first_whose_the_address_is_is_told_what_ended(
    visitor: Person, box: Postbox
) -> None:
    run(parts(visitor.app).accounts.sign_up(email="bob@example.org", password=PASSWORD))
    ask(visitor, "bob@example.org", next="/doctor")
    target = leads(visitor.send("/sign-in/code", {"code": box.last.code}))
    assert target == "/account?notice=account-claimed"
    assert "good no more" in visitor.look(target).text


def test_scanners_use_nothing_up(visitor: Person, box: Postbox) -> None:
    ask(visitor)
    scanner = Person(visitor.app)
    for person in (scanner, visitor):
        for _ in range(6):
            assert person.get(link_in(box)).status_code == 200
    assert leads(visitor.send("/sign-in/code", {"code": box.last.code})) == "/account"


def test_a_wrong_code_is_said_and_five_are_enough(
    visitor: Person, box: Postbox, clock: Clock
) -> None:
    ask(visitor)
    wrong = "000000" if box.last.code != "000000" else "111111"
    for _ in range(5):
        answer = visitor.send("/sign-in/code", {"code": wrong})
        assert answer.status_code == 401
        assert Page.of(answer).input("code")["aria-invalid"] == "true"
    assert visitor.send("/sign-in/code", {"code": box.last.code}).status_code == 429
    clock.tick(60)
    assert visitor.send("/sign-in/code", {"code": box.last.code}).status_code == 401


def test_a_ticket_that_is_over_leads_to_another(visitor: Person, clock: Clock) -> None:
    ask(visitor)
    clock.tick(600)
    answer = visitor.send("/sign-in/code", {"code": "123456"})
    assert leads(answer) == "/sign-in/mail?notice=code-over"
    assert "good no more" in visitor.look("/sign-in/mail?notice=code-over").text


def test_everybody_goes_on_alike(visitor: Person, box: Postbox) -> None:
    answers = [
        visitor.send("/sign-in/mail", {"login": login})
        for login in ("ada@example.org", "eve@example.org")
    ]
    lines = [answer.headers["set-cookie"] for answer in answers]
    assert len(set(map(len, lines))) == 1
    assert {leads(answer) for answer in answers} == {"/sign-in/code"}
    assert len(box.letters) == 1
    assert "If eve@example.org has an account here" in visitor.look("/sign-in/code").text


@pytest.mark.parametrize("typed", ["12345", "1234567", "<script>", "١٢٣٤٥٦", "12345%0a"])
def test_nothing_but_a_code_is_shown_of_a_link(visitor: Person, typed: str) -> None:
    page = visitor.look(f"/sign-in/code?code={typed}")
    assert "Another browser asked for this" in page.text
    assert typed not in page.text


def test_whoever_is_signed_in_is_sent_on(visitor: Person, box: Postbox) -> None:
    ask(visitor, next="/doctor")
    visitor.send("/sign-in/code", {"code": box.last.code})
    assert leads(visitor.get("/sign-in/mail?next=/doctor")) == "/doctor"


def test_the_cookie_comes_along_from_a_mail_and_is_read_by_no_script(
    serve: Serve, box: Postbox
) -> None:
    person = Person(serve(**box.settings, url="https://login.example.org"))
    line = person.send("/sign-in/mail", {"login": "ada"}).headers["set-cookie"]
    assert line.startswith("__Host-sign-in-code=")
    attributes = {part.strip() for part in line.split(";")[1:]}
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"} <= attributes


@pytest.mark.parametrize("path", ["/sign-in/mail", "/sign-in/code", "/sign-in/code?code=123456"])
def test_the_pages_are_in_korean_too(visitor: Person, path: str) -> None:
    page = Page.of(visitor.get(path, **{"accept-language": "ko"}))
    assert page.all("html", lang="ko")
    assert not page.title.isascii()


def test_a_code_that_was_mailed_does_not_get_by_a_second_factor(
    visitor: Person, box: Postbox, clock: Clock
) -> None:
    phone = add(Person(visitor.app).sign_in(), clock)
    ask(visitor, next="/account?notice=linked")
    where = leads(visitor.send("/sign-in/code", {"code": box.last.code}))
    assert where == "/sign-in/second-factor?next=%2Faccount%3Fnotice%3Dlinked"
    assert visitor.cookie is None
    assert leads(visitor.send("/sign-in/code", {"code": box.last.code})).startswith("/sign-in/mail")
    fields = {"code": phone.code(), "next": "/account?notice=linked"}
    assert leads(visitor.send("/sign-in/second-factor", fields)) == "/account?notice=linked"
    shown = visitor.client.get("/api/auth/session").json()
    assert shown["methods"] == ["email", "otp", "mfa"]
