"""The certified oidc-provider of npm, a server of ours, and Chromium between them.

The issuer is at 127.0.0.1 and the server at localhost: to a browser, two sites.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
import pytest
from playwright.sync_api import Page

from tests.e2e.running import node_server
from tests.e2e.server import Server

Visitor = Callable[[], Page]

CLIENT = {"client_id": "dojang-of-the-tests", "client_secret": "a secret: with/signs+and=%"}


@dataclass
class Issuer:
    """The provider, and the hands of whoever has its key."""

    url: str

    def rotate(self) -> None:
        httpx2.post(f"{self.url}/hands/rotate").raise_for_status()

    def tamper(self, **claims: Any) -> None:
        asked = {"claims": claims or None}
        httpx2.post(f"{self.url}/hands/tamper", json=asked).raise_for_status()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    back = f"{server.url}/sign-in/with/oidc/callback"
    with node_server("oidc_server", **CLIENT, redirect_uris=[back]) as url:
        server._settings = {
            "DOJANG_OIDC_ISSUER": url.replace("localhost", "127.0.0.1"),
            "DOJANG_OIDC_CLIENT_ID": CLIENT["client_id"],
            "DOJANG_OIDC_CLIENT_SECRET": CLIENT["client_secret"],
            "DOJANG_OIDC_LABEL": "Example",
        }
        server.start()
        yield server
        server.stop()


@pytest.fixture
def issuer(server: Server) -> Iterator[Issuer]:
    issuer = Issuer(server._settings["DOJANG_OIDC_ISSUER"])
    yield issuer
    issuer.tamper()


def leave(page: Page, target: str = "") -> None:
    """Press the button, and stand before the issuer's form."""
    page.goto(f"/sign-in?{urlencode({'next': target})}" if target else "/sign-in")
    page.get_by_role("button", name="Continue with Example").click()
    page.wait_for_url("**/interaction/**")


def enter(page: Page, login: str) -> None:
    """Sign in at the issuer."""
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", "any will do there")
    page.click("button[type=submit]")


def asked(page: Page, login: str) -> None:
    """Sign in at the issuer, and stand before its question."""
    enter(page, login)
    page.wait_for_selector("input[name=prompt][value=consent]", state="attached")


def agree(page: Page, login: str) -> None:
    """Sign in at the issuer, and let it say who one is."""
    asked(page, login)
    page.click("button[type=submit]")


def sign_in(page: Page, login: str) -> None:
    leave(page)
    agree(page, login)
    page.wait_for_url("**/account")


def caught(page: Page, login: str) -> str:
    """Sign in at the issuer, and return the address of its answer, which the server never sees."""
    leave(page)
    asked(page, login)
    action = page.locator("form").first.get_attribute("action") or ""
    answer = page.context.request.post(
        urljoin(page.url, action), form={"prompt": "consent"}, max_redirects=0
    )
    while "/callback?" not in (address := answer.headers["location"]):
        answer = page.context.request.get(urljoin(answer.url, address), max_redirects=0)
    return address


def is_signed_in(page: Page) -> bool:
    page.goto("/account")
    return urlsplit(page.url).path == "/account"


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def changed(address: str, **parameters: str) -> str:
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return urlsplit(address)._replace(query=urlencode({**query, **parameters})).geturl()


def test_somebody_signs_in_and_comes_back_as_the_same(visitor: Visitor) -> None:
    first, again = visitor(), visitor()
    sign_in(first, "kim")
    assert "kim@example.org" in first.inner_text("main")
    sign_in(again, "kim")
    assert again.locator("h3", has_text="this device").count() == 1
    assert again.get_by_text("Sign out all other devices").count() == 1  # the same account


def test_a_session_that_was_left_alone_brings_one_to_where_one_was_going(visitor: Visitor) -> None:
    page = visitor()
    leave(page, "/doctor")
    agree(page, "going")
    page.wait_for_url("**/doctor")


def test_whoever_says_no_is_not_signed_in(visitor: Visitor) -> None:
    page = visitor()
    leave(page)
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/callback?**")
    assert heading(page) == "Example did not sign you in"
    assert "You did not let Example say who you are" in page.inner_text("main")
    assert not is_signed_in(page)


def test_a_tampered_state_signs_nobody_in(visitor: Visitor) -> None:
    page = visitor()
    answer = caught(page, "lee")
    state = parse_qs(urlsplit(answer).query)["state"][0]
    page.goto(changed(answer, state=state[:-1] + ("A" if state[-1] != "A" else "B")))
    assert heading(page) == "Example did not sign you in"
    assert not is_signed_in(page)


def test_the_answer_of_another_browser_signs_nobody_in(visitor: Visitor) -> None:
    thief, victim = visitor(), visitor()
    answer = caught(thief, "eve")
    victim.goto(answer)
    assert "did not begin in this browser" in victim.inner_text("main")
    assert not is_signed_in(victim)
    thief.goto(answer)  # where it began, it is good
    assert is_signed_in(thief)


def test_a_replayed_answer_does_nothing(visitor: Visitor) -> None:
    page = visitor()
    answer = caught(page, "park")
    page.goto(answer)
    page.wait_for_url("**/account")
    page.goto(answer)
    assert heading(page) == "Example did not sign you in"
    assert is_signed_in(page)  # as before


def test_a_replayed_code_is_refused_by_the_issuer(visitor: Visitor, server: Server) -> None:
    page, other = visitor(), visitor()
    answer = caught(page, "choi")
    page.goto(answer)
    page.wait_for_url("**/account")
    code = parse_qs(urlsplit(answer).query)["code"][0]
    other.goto(changed(caught(other, "choi"), code=code))
    assert heading(other) == "Example did not sign you in"
    assert not is_signed_in(other)
    assert "invalid_grant" in server.log
    assert code not in server.log


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "of another sign-in"}, "wrong-nonce"),
        ({"iss": "http://127.0.0.1:9"}, "wrong-issuer"),
        ({"aud": "somebody else"}, "wrong-audience"),
        ({"sub": "eve"}, "untrusted-answer"),
        ({"exp": 1}, "expired"),
    ],
    ids=["nonce", "issuer", "audience", "subject", "expiry"],
)
def test_an_id_token_with_another(
    visitor: Visitor, issuer: Issuer, server: Server, claims: dict[str, Any], code: str
) -> None:
    page = visitor()
    issuer.tamper(**claims)
    leave(page)
    agree(page, "jung")
    page.wait_for_url("**/callback?**")
    assert heading(page) == "Example did not sign you in"
    assert not is_signed_in(page)
    assert f"code={code}" in server.log


def test_an_answer_in_the_name_of_another_issuer(visitor: Visitor, issuer: Issuer) -> None:
    """RFC 9207: the provider sends `iss` along."""
    page = visitor()
    answer = caught(page, "yoon")
    assert parse_qs(urlsplit(answer).query)["iss"] == [issuer.url]
    page.goto(changed(answer, iss="http://127.0.0.1:9"))
    assert heading(page) == "Example did not sign you in"
    assert not is_signed_in(page)


def test_a_key_that_is_new_just_before_it_signs(visitor: Visitor, issuer: Issuer) -> None:
    sign_in(visitor(), "kang")
    issuer.rotate()  # within the hour for which the keys before are kept
    page = visitor()
    sign_in(page, "kang")
    assert is_signed_in(page)


def test_two_tabs_at_once(visitor: Visitor) -> None:
    one = visitor()
    two = one.context.new_page()
    leave(one, "/account?tab=one")
    leave(two, "/account?tab=two")
    agree(two, "shin")
    two.wait_for_url("**/account?tab=two")
    enter(one, "shin")  # what the other tab agreed to is agreed to
    one.wait_for_url("**/account?tab=one")
