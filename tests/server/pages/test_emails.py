"""The pages of e-mail addresses, and what links in mails open, in both languages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from dojang.testing import Clock
from tests.server.kit import PASSWORD, parts, run
from tests.smtp import Box, link_in, serving

from .kit import IPHONE, Page, Person, leads

Serve = Callable[..., Starlette]

KOREAN = {"accept-language": "ko-KR,ko;q=0.9"}
NEW = "lovelace@example.org"
HOME = "http://localhost:8000"


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def app(serve: Serve, box: Box) -> Iterator[Starlette]:
    with serving(box) as port:
        yield serve(**mail(port))


def mail(port: int) -> dict[str, Any]:
    return {
        "mail_host": "127.0.0.1",
        "mail_port": port,
        "mail_security": "none",
        "mail_sender": "no-reply@login.example.org",
    }


@pytest.fixture
def ada(app: Starlette) -> Person:
    """Somebody whose account is older than mail, who has just asked for the link."""
    run(parts(app).accounts.sign_up(email="ada@example.org", password=PASSWORD))
    person = Person(app).sign_in()
    person.send("/account/email/verification")
    return person


def path_in(box: Box, to: str = "ada@example.org") -> str:
    return link_in(box.to(to)[-1]).removeprefix(HOME)


def use(person: Person, path: str) -> str:
    """Open a link, press its button, and return where that leads."""
    page = person.look(path)
    (form,) = page.all("form")
    token = page.input("token")["value"]
    return leads(person.send(form["action"], {"token": token}))


def test_who_signs_up_is_sent_to_their_mail_new_or_known(app: Starlette, box: Box) -> None:
    fields = {"login": "ada@example.org", "password": PASSWORD, "next": "/account/email"}
    person = Person(app)
    new = person.send("/sign-up", fields)
    assert person.send("/sign-in", fields).status_code == 401  # it is no account yet
    assert use(person, path_in(box)) == "/sign-in?notice=email-verified"
    person.sign_in()
    known = Person(app).send("/sign-up", fields)
    assert leads(new) == leads(known)
    cookies = [answer.headers["set-cookie"].partition("; ") for answer in (new, known)]
    assert cookies[0][2] == cookies[1][2]
    assert len(cookies[0][0]) == len(cookies[1][0])
    page = Person(app).look(leads(new))
    assert "We have mailed you a link, good for ten minutes. Open it in this browser" in page.text
    assert page.input("next")["value"] == "/account/email"
    assert len(box.messages()) == 2


def test_pre_hijacking_in_another_browser_the_link_asks_for_a_password(
    app: Starlette, box: Box
) -> None:
    eve, ada = Person(app), Person(app)
    eve.send("/sign-up", {"login": "ada@example.org", "password": "eves own", "name": "Eve"})
    page = ada.look(path_in(box))
    assert "choose the password" in page.text
    assert page.input("name")["value"] == ""
    fields = {"token": page.input("token")["value"], "name": "Ada"}
    refused = ada.send("/verify-email", {**fields, "password": "short"}, **KOREAN)
    assert refused.status_code == 422
    assert Page.of(refused).input("password")["aria-invalid"] == "true"
    assert Page.of(refused).input("name")["value"] == "Ada"
    answer = ada.send("/verify-email", {**fields, "password": PASSWORD})
    assert leads(answer) == "/sign-in?notice=email-verified"
    assert "Ada" in ada.sign_in().look("/account").text
    fields = {"login": "ada@example.org", "password": "eves own"}
    assert eve.send("/sign-in", fields).status_code == 401


def test_pre_hijacking_what_eve_made_and_linked_is_closed_where_ada_opens_the_link(
    ada: Person, box: Box
) -> None:
    eve, somebody = ada, Person(ada.app)
    page = somebody.look(path_in(box))
    assert not page.all("input", name="name")  # the account has one, or none
    fields = {"token": page.input("token")["value"], "password": "a new one of adas"}
    answer = somebody.send("/verify-email", fields)
    assert leads(answer) == "/sign-in?notice=password-reset"
    assert leads(eve.get("/account")).startswith("/sign-in")
    somebody.sign_in(password="a new one of adas")


def test_pre_hijacking_a_change_is_done_where_it_was_asked_for(app: Starlette, box: Box) -> None:
    eve, ada = Person(app).sign_up("eve"), Person(app)
    eve.send("/account/email", {"email": "ada@example.org", "password": PASSWORD})
    path = path_in(box)
    answer = ada.get(path, **KOREAN)
    assert answer.status_code == 403
    assert "요청한 계정" in Page.of(answer).text
    assert ada.send("/change-email", {"token": path.partition("=")[2]}).status_code == 403
    assert use(eve, path) == "/account?notice=email-changed"


def test_a_user_name_signs_up_as_ever(app: Starlette, box: Box) -> None:
    person = Person(app)
    fields = {"login": "grace", "password": PASSWORD}
    assert leads(person.send("/sign-up", fields)) == "/account"
    assert box.messages() == []
    assert "Add an address" in person.look("/account").text


def test_a_mail_scanner_verifies_nothing(ada: Person, box: Box) -> None:
    path = path_in(box)
    for _ in range(3):
        Person(ada.app).look(path)
        assert Person(ada.app).client.head(path).status_code == 200
    assert "Not verified yet" in ada.look("/account").text
    assert use(ada, path) == "/account?notice=email-verified"
    assert "Not verified yet" not in ada.look("/account").text


def test_a_link_that_is_used_up_says_so(ada: Person, box: Box) -> None:
    path = path_in(box)
    assert use(ada, path) == "/account?notice=email-verified"
    page = Page.of(ada.get(path, **KOREAN))
    assert "더 이상 사용할 수 없는 링크" in page.text
    assert page.all("html", lang="ko")


@pytest.mark.parametrize("path", ["/verify-email", "/change-email", "/undo-email", "/not-me"])
def test_a_page_without_a_good_token_is_none(app: Starlette, path: str) -> None:
    for query in ("", "?token=", "?token=%00", "?token=" + "A" * 43, "?token=%ed%a0%80"):
        assert Person(app).get(path + query).status_code == 401
        assert Person(app).send(path, {"token": query[7:]}).status_code == 401


def test_a_page_of_another_site_presses_no_button(ada: Person, box: Box) -> None:
    token = path_in(box).partition("=")[2]
    foreign = {"sec-fetch-site": "cross-site"}
    assert ada.send("/verify-email", {"token": token}, **foreign).status_code == 403
    assert use(ada, path_in(box)) == "/account?notice=email-verified"


def test_a_token_in_an_address_is_carried_nowhere(ada: Person, box: Box) -> None:
    answer = ada.get(path_in(box))
    assert answer.headers["referrer-policy"] == "strict-origin"
    assert answer.headers["cache-control"] == "no-store"


def test_an_address_is_changed_by_these_pages(ada: Person, box: Box) -> None:
    use(ada, path_in(box))
    fields = {"email": NEW, "password": PASSWORD}
    assert leads(ada.send("/account/email", fields)) == "/account/email?notice=change-sent"
    assert "ada@example.org is verified." in ada.look("/account/email?notice=change-sent").text
    assert use(ada, path_in(box, NEW)) == "/account?notice=email-changed"
    assert f"{NEW} is verified." in ada.look("/account/email").text
    assert use(ada, path_in(box)).startswith("/sign-in")
    assert "ada@example.org" in Person(ada.app).sign_in().look("/account").text


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"email": "", "password": PASSWORD}, "email", "새 이메일 주소를 입력해 주세요."),
        ({"email": "nobody", "password": PASSWORD}, "email", "사용할 수 없는 이메일 주소입니다."),
        ({"email": "Ada@Example.org", "password": PASSWORD}, "email", "사용할 수 없는"),
        ({"email": NEW, "password": "wrong"}, "password", "비밀번호가 올바르지 않습니다."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_in_the_persons_language(
    ada: Person, fields: dict[str, str], field: str, said: str
) -> None:
    answer = ada.send("/account/email", fields, **KOREAN)
    page = Page.of(answer)
    assert answer.status_code >= 400
    assert said in page.alert
    assert page.input(field)["aria-invalid"] == "true"
    assert page.input("email")["value"] == fields["email"]
    assert page.title.startswith("오류: ")


def test_whoever_has_no_password_confirms_first_that_it_is_them(
    ada: Person, box: Box, clock: Clock
) -> None:
    use(ada, path_in(box))
    clock.tick(601)
    answer = ada.send("/account/email", {"email": NEW})
    assert leads(answer) == "/confirm?next=%2Faccount%2Femail&notice=not-done"
    confirmed = ada.send("/confirm", {"password": PASSWORD, "next": "/account/email"})
    assert leads(confirmed) == "/account/email"
    assert leads(ada.send("/account/email", {"email": NEW})) == "/account/email?notice=change-sent"
    assert box.to(NEW)


def test_the_link_is_sent_again_on_request(ada: Person, box: Box) -> None:
    box.empty()
    answer = ada.send("/account/email/verification")
    assert leads(answer) == "/account/email?notice=verification-sent"
    assert use(ada, path_in(box)) == "/account?notice=email-verified"
    assert not ada.look("/account/email").all("form", action="/account/email/verification")


def test_pages_of_addresses_want_somebody_who_is_signed_in(app: Starlette) -> None:
    visitor = Person(app)
    assert leads(visitor.get("/account/email")) == "/sign-in"
    assert leads(visitor.send("/account/email", {"email": NEW})) == "/sign-in"
    assert leads(visitor.send("/account/email/verification")) == "/sign-in"


def test_without_mail_there_are_no_such_pages(serve: Serve) -> None:
    person = Person(serve()).sign_up()
    assert "/account/email" not in person.get("/account").text
    assert person.get("/account/email").status_code == 404
    assert person.send("/account/email", {"email": NEW}).status_code == 404


def test_whoever_was_not_me_is_signed_out_by_the_mail(ada: Person, box: Box) -> None:
    use(ada, path_in(box))
    box.empty()
    stranger = Person(ada.app, agent=IPHONE).sign_in()
    path = path_in(box)
    assert path.startswith("/not-me?token=")
    assert stranger.get("/account").status_code == 200
    Person(ada.app).look(path)
    assert stranger.get("/account").status_code == 200
    assert use(Person(ada.app), path) == "/sign-in?notice=device-disowned"
    assert leads(stranger.get("/account")).startswith("/sign-in")
    assert ada.get("/account").status_code == 200


def test_the_rule_that_only_verified_people_come_in(serve: Serve, box: Box) -> None:
    with serving(box) as port:
        app = serve(**mail(port), verified_only=True)
        person, fields = Person(app), {"login": "ada@example.org", "password": PASSWORD}
        run(parts(app).accounts.sign_up(email="ada@example.org", password=PASSWORD, vouched=True))
        refused = person.send("/sign-in", fields)
        assert refused.status_code == 403
        assert "Verify your e-mail address first." in Page.of(refused).alert
        assert len(box.messages()) == 1
        use(person, path_in(box))
        person.sign_in()
        nameless = Person(app).send("/sign-up", {"login": "grace", "password": PASSWORD})
        assert nameless.status_code == 422


def test_no_log_has_a_token_or_an_address(ada: Person, box: Box) -> None:
    token = path_in(box).partition("=")[2]
    use(ada, path_in(box))
    for _, event in run(parts(ada.app).events.page()):
        assert token not in repr(event)
        assert "ada@example.org" not in repr(event)
