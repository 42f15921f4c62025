"""Somebody signs up, signs in, and stays signed in: real Chromium against `dojang serve`."""

import signal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.server import Server

PASSWORD = "seal upon paper, pressed once"


def sign_up(page: Page, login: str = "ada@example.com", name: str = "Ada") -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("E-mail or user name").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def sign_in(page: Page, login: str = "ada@example.com", password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail or user name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def is_signed_in(page: Page) -> bool:
    page.goto("/account")
    return page.url.endswith("/account")


def sign_out(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_signing_up_signs_in_and_lasts_through_reload_and_restart(
    visitor: Visitor, server: Server
) -> None:
    page = visitor()
    sign_up(page)
    page.reload()
    expect(page.get_by_role("heading", name="Ada", exact=True)).to_be_visible()
    server.restart()
    assert is_signed_in(page)
    server.restart(signal.SIGKILL)
    assert is_signed_in(page)
    sign_out(page)
    assert not is_signed_in(page)


def test_signing_in_on_another_day_with_the_same_password(visitor: Visitor) -> None:
    sign_up(visitor())
    page = visitor()
    sign_in(page)
    expect(page.get_by_role("heading", name="Ada", exact=True)).to_be_visible()


def test_a_wrong_password_and_an_unknown_user_are_told_the_same(visitor: Visitor) -> None:
    page = visitor()
    sign_up(page)
    sign_out(page)
    sign_in(page, password="not the password")
    wrong = page.get_by_role("alert").inner_text()
    sign_in(page, login="nobody@example.com")
    assert page.get_by_role("alert").inner_text() == wrong
    assert not is_signed_in(page)


def test_one_browser_ends_the_other_from_the_list_of_devices(visitor: Visitor) -> None:
    here, there = visitor(), visitor()
    sign_up(here)
    sign_in(there)
    assert is_signed_in(there)
    here.goto("/account")
    other = here.get_by_role("listitem").filter(has_not=here.get_by_text("this device"))
    other.get_by_role("button", name="Sign out").click()
    expect(here.get_by_role("listitem")).to_have_count(1)
    assert not is_signed_in(there)
    assert is_signed_in(here)


def test_all_other_devices_are_signed_out_at_once(visitor: Visitor) -> None:
    here, others = visitor(), [visitor(), visitor()]
    sign_up(here)
    for other in others:
        sign_in(other)
        assert is_signed_in(other)
    here.goto("/account")
    here.get_by_role("button", name="Sign out all other devices").click()
    expect(here.get_by_role("listitem")).to_have_count(1)
    assert [is_signed_in(other) for other in others] == [False, False]
    assert is_signed_in(here)


@pytest.mark.parametrize("change", ["first", "middle", "last", "cut", "junk"])
def test_a_tampered_cookie_signs_nobody_in_and_breaks_nothing(
    visitor: Visitor, server: Server, change: str
) -> None:
    page = visitor()
    sign_up(page)
    (cookie,) = (one for one in page.context.cookies() if one["name"] == "session")
    value = cookie["value"]
    # The last characters of a seal are ~2, which are no part of it.
    end = len(value.removesuffix("~2"))
    place = {"first": 0, "middle": end // 2, "last": end - 1}.get(change, 0)
    swapped = "A" if value[place] != "A" else "B"
    tampered = {"cut": value[: end // 2], "junk": "x" * 3_000}.get(
        change, value[:place] + swapped + value[place + 1 :]
    )
    page.context.add_cookies([{**cookie, "value": tampered}])  # type: ignore[typeddict-item]
    assert not is_signed_in(page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page)
    expect(page.get_by_role("heading", name="Ada", exact=True)).to_be_visible()
    assert "Traceback" not in server.log


def test_a_stolen_cookie_is_worth_nothing_after_the_logout(visitor: Visitor) -> None:
    owner, thief = visitor(), visitor()
    sign_up(owner)
    thief.context.add_cookies(owner.context.cookies())  # type: ignore[arg-type]
    assert is_signed_in(thief)
    sign_out(owner)
    assert not is_signed_in(thief)


def test_no_script_is_needed_and_none_is_there(visitor: Visitor) -> None:
    page = visitor()
    sign_up(page)
    assert page.locator("script").count() == 0


def test_neither_cookie_nor_password_is_in_the_log(visitor: Visitor, server: Server) -> None:
    page = visitor()
    sign_up(page)
    sign_out(page)
    sign_in(page, password="a wrong one that was typed")
    sign_in(page)
    (cookie,) = (one for one in page.context.cookies() if one["name"] == "session")
    server.stop()
    server.start()
    assert cookie["value"] not in server.log
    assert PASSWORD not in server.log
    assert "a wrong one that was typed" not in server.log
