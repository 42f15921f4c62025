import pytest

from .kit import Page, Person, leads


def test_signing_out_ends_the_session_here_and_in_the_store(member: Person) -> None:
    cookie = member.cookie
    assert cookie is not None
    answer = member.send("/sign-out")
    assert leads(answer) == "/sign-in?notice=signed-out"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert "You are signed out." in member.look("/sign-in?notice=signed-out").text
    name = "session"
    assert leads(member.get("/account", cookie=f"{name}={cookie}")) == "/sign-in?notice=over"


@pytest.mark.parametrize("path", ["/sign-out", "/sign-out?now=1"])
def test_signing_out_by_a_link_asks_first_and_changes_nothing(member: Person, path: str) -> None:
    answer = member.get(path)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    page = Page.of(answer)
    assert page.all("form", action="/sign-out", method="post")
    assert member.get("/account").status_code == 200


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
def test_no_other_method_signs_out(member: Person, method: str) -> None:
    member.client.request(method, "/sign-out", headers={"sec-fetch-site": "same-origin"})
    assert member.get("/account").status_code == 200


@pytest.mark.parametrize("path", ["/account/devices/sign-out", "/account/devices/sign-out-others"])
def test_devices_are_not_signed_out_by_a_link(member: Person, path: str) -> None:
    other = Person(member.app).sign_in()
    handle = other.client.get("/api/auth/session").json()["handle"]
    assert member.get(f"{path}?handle={handle}").status_code == 405
    assert other.get("/account").status_code == 200


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Person) -> None:
    assert leads(visitor.get("/sign-out")) == "/sign-in"
    assert leads(visitor.send("/sign-out")) == "/sign-in?notice=signed-out"
