import pytest

from dojang.wire import csrf
from tests.server.kit import PASSWORD, parts

from .kit import ORIGIN, Page, Person, leads

LOGIN = {"login": "ada@example.org", "password": PASSWORD}
POSTS = [
    "/sign-in",
    "/sign-up",
    "/sign-out",
    "/account/devices/sign-out",
    "/account/devices/sign-out-others",
]


@pytest.mark.parametrize("path", POSTS)
def test_a_form_of_another_site_does_nothing(member: Person, path: str) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = member.client.post(path, data=LOGIN, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert member.get("/account").status_code == 200


@pytest.mark.parametrize("path", POSTS)
def test_without_an_origin_a_form_needs_a_token_of_its_session(member: Person, path: str) -> None:
    for token in ("", "forged.token"):
        answer = member.send_blindly(path, **LOGIN, csrf=token)
        assert answer.status_code == 403
        assert "reload the page" in Page.of(answer).text
    assert member.get("/account").status_code == 200
    (token,) = member.look("/sign-out").tokens()
    assert member.send_blindly(path, **LOGIN, csrf=token).status_code != 403


def test_every_form_on_a_page_of_a_session_carries_a_token(member: Person) -> None:
    Person(member.app).sign_in()
    page = member.look("/account")
    assert len(page.all("input", name="csrf", type="hidden")) == len(page.all("form")) == 5


def test_a_token_of_one_session_is_refused_on_another(member: Person) -> None:
    other = Person(member.app).sign_in()
    (token,) = other.look("/sign-out").tokens()
    assert member.send_blindly("/sign-out", csrf=token).status_code == 403


def test_a_token_from_before_login_is_refused_after_it(member: Person) -> None:
    (token,) = member.look("/sign-out").tokens()
    member.sign_in()
    assert member.send_blindly("/sign-out", csrf=token).status_code == 403


def test_a_token_is_made_with_the_keys_of_the_server(member: Person) -> None:
    handle = member.client.get("/api/auth/session").json()["handle"]
    token = csrf.make(handle, parts(member.app).keyring)
    assert leads(member.send_blindly("/sign-out", csrf=token)) == "/sign-in?notice=signed-out"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up"])
def test_without_an_origin_and_a_session_the_page_says_which_browsers_will_do(
    visitor: Person, path: str
) -> None:
    answer = visitor.send_blindly(path, **LOGIN)
    assert answer.status_code == 403
    assert "Sec-Fetch-Site or Origin, as all current browsers do" in Page.of(answer).text
    assert PASSWORD not in answer.text


def test_an_origin_alone_is_enough_for_browsers_without_fetch_metadata(visitor: Person) -> None:
    visitor.sign_up()
    origin = parts(visitor.app).settings.url
    answer = Person(visitor.app).client.post("/sign-in", data=LOGIN, headers={"origin": origin})
    assert leads(answer) == "/account"


def test_a_body_that_is_no_form_is_refused(visitor: Person) -> None:
    answer = visitor.client.post("/sign-in", json=LOGIN, headers=ORIGIN)
    assert answer.status_code == 415
    assert "application/x-www-form-urlencoded" in Page.of(answer).text


def test_a_form_that_is_too_long_is_refused(visitor: Person) -> None:
    assert visitor.send("/sign-in", {"login": "a" * 70_000}).status_code == 413


def test_a_form_with_too_many_fields_is_refused(visitor: Person) -> None:
    answer = visitor.send("/sign-in", {f"field{number}": "" for number in range(17)})
    assert answer.status_code == 400
    assert "more than 16 fields" in Page.of(answer).text


@pytest.mark.parametrize("body", [b"%", b"%ff=%fe&login=%c3%28", b"\xff\xfe\x00", b"&&==&", b""])
def test_any_bytes_are_a_form_or_a_refusal(visitor: Person, body: bytes) -> None:
    headers = {**ORIGIN, "content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    answer = visitor.client.post("/sign-in", content=body, headers=headers)
    assert answer.status_code == 422


def test_a_password_of_any_characters_signs_in(visitor: Person) -> None:
    for number, password in enumerate(["한글 비밀번호 +&=%25", "  blanks count  ", "🔑" * 40]):
        login = f"ada{number}"
        visitor.sign_up(login, password=password)
        assert Person(visitor.app).sign_in(login, password=password).cookie
        wrong = {"login": login, "password": password.strip() + "!"}
        assert Person(visitor.app).send("/sign-in", wrong).status_code == 401
