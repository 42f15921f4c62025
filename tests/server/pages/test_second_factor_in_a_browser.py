"""A second factor in Chromium, without JavaScript; the codes are computed as a phone does."""

import time

import pytest
from playwright.sync_api import Browser, Page

from dojang.auth.totp import STEP, Authenticator

from .test_in_a_browser import Open, address, chromium, fits, opened, sign_up

__all__ = ["address", "chromium", "opened"]  # fixtures

Scanned = tuple[Authenticator, list[str]]


def code_of(app: Authenticator, *, later: int = 0) -> str:
    """Return the code that a phone shows, or will show so many codes later."""
    return app.code(now=round((time.time() + later * STEP) * 1000))


def enrol(page: Page) -> Scanned:
    page.goto("/account")
    page.click("text=Add an authenticator app")
    page.wait_for_url("**/account/second-factor")
    app = Authenticator(page.inner_text("code.key").replace(" ", ""))
    page.fill("#code", code_of(app))
    page.click("button.main")
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    return app, page.locator("ol.codes code").all_inner_texts()


def sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", "correct horse battery")
    page.click("button.main")
    page.wait_for_url("**/sign-in/second-factor*")


@pytest.fixture
def page(opened: Open) -> Page:
    return opened()


def test_an_app_is_added_and_asked_for_at_the_next_sign_in(opened: Open, page: Page) -> None:
    sign_up(page, "with-an-app")
    app, codes = enrol(page)
    assert len(codes) == 10
    other = opened(360)
    sign_in(other, "with-an-app")
    assert fits(other)
    assert other.evaluate("document.cookie") == ""
    other.fill("#code", "000000")
    other.click("button.main")
    other.get_by_role("alert").wait_for()
    assert other.evaluate("document.activeElement.id") == "code"
    other.fill("#code", code_of(app, later=1))
    other.click("button.main")
    other.wait_for_url("**/account")
    assert all(not cookie["name"].endswith("half-way") for cookie in other.context.cookies())


def test_a_recovery_code_signs_in_and_the_app_is_removed_by_another(
    opened: Open, page: Page
) -> None:
    sign_up(page, "with-codes")
    _, codes = enrol(page)
    other = opened()
    sign_in(other, "with-codes")
    other.fill("#code", codes[0])
    other.click("button.main")
    other.wait_for_url("**/account")
    other.goto("/account/second-factor")
    assert "9 are left" in other.inner_text("main")
    other.fill("#code", codes[1])
    other.get_by_role("button", name="Remove").click()
    other.wait_for_url("**/account?notice=second-factor-removed")


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_has_to_be_scrolled_sideways(opened: Open, width: int) -> None:
    page = opened(width)
    sign_up(page, f"narrow-{width}")
    page.goto("/account/second-factor")
    assert fits(page)
    enrol(page)
    assert fits(page)
    for path in ("/account/second-factor", "/confirm", "/account"):
        page.goto(path)
        assert fits(page)


def test_the_picture_says_the_same_as_the_key(page: Page) -> None:
    """Chromium draws it, and a reader that is not ours reads it, where there is one."""
    sign_up(page, "scanning")
    page.goto("/account/second-factor")
    box = page.locator("svg.qr").bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"])
    assert box["width"] >= 180


def test_the_page_speaks_korean_to_whoever_reads_it(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, locale="ko-KR", java_script_enabled=False)
    page = context.new_page()
    sign_up(page, "한국어")
    page.goto("/account/second-factor")
    assert page.locator("html").get_attribute("lang") == "ko"
    assert "인증 앱으로 이 QR 코드를 스캔해 주세요." in page.inner_text("main")
    context.close()
