"""Links and codes from a mail, in Chromium, at a server in a process of its own."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from dojang import blocking, clock
from dojang.auth import Accounts
from tests.e2e.server import Server
from tests.need import need
from tests.postbox import Letter, Postbox, postbox
from tests.server.kit import PASSWORD

from .test_in_a_browser import FLAGS

NEW = "another battery of horses"
Open = Callable[[], Page]


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, box: Postbox) -> Iterator[Server]:
    mail = {f"DOJANG_{name.upper()}": str(value) for name, value in box.settings.items()}
    made = Server(tmp_path_factory.mktemp("mail"), **mail)
    made.start()
    accounts = Accounts.on_sqlite(made.home / "data" / "accounts.db", clock=clock.now)
    for name in ("ada", "grace"):
        user = blocking.run(accounts.sign_up(email=f"{name}@example.org", password=PASSWORD))
        blocking.run(accounts.verify_email(user.id, f"{name}@example.org"))
    accounts.close()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, server: Server) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def open_one() -> Page:
        context = chromium.new_context(base_url=server.url, java_script_enabled=False)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield open_one
    for context in contexts:
        context.close()


def arrived(box: Postbox, page: str) -> Letter:
    """Return the mail whose link leads to a page, once it is there."""
    for _ in range(400):
        found = [letter for letter in box.letters if f"{page}?" in letter.text]
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError("no mail came")


def sign_in(page: Page, login: str, password: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("button.main")


def test_a_forgotten_password_is_set_and_opens_the_account(opened: Open, box: Postbox) -> None:
    box.empty()
    elsewhere, page = opened(), opened()
    sign_in(elsewhere, "ada@example.org", PASSWORD)
    elsewhere.wait_for_url("**/account")
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgotten password").click()
    page.fill("#login", "ada@example.org")
    page.click("button.main")
    page.wait_for_url("**/forgot-password?notice=link-mailed")
    page.goto(arrived(box, "/reset-password").link)
    page.fill("#new_password", "short")
    page.click("button.main")
    page.get_by_role("alert").wait_for()
    page.fill("#new_password", NEW)
    page.click("button.main")
    page.wait_for_url("**/sign-in?notice=password-reset")
    elsewhere.reload()
    elsewhere.wait_for_url("**/sign-in?notice=over")
    sign_in(page, "ada@example.org", NEW)
    page.wait_for_url("**/account")


def test_nothing_is_told_of_the_token_in_a_referer(opened: Open, box: Postbox) -> None:
    box.empty()
    page = opened()
    page.goto("/forgot-password")
    page.fill("#login", "grace@example.org")
    page.click("button.main")
    page.wait_for_url("**notice=link-mailed")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.all_headers().get("referer", "")))
    page.goto(arrived(box, "/reset-password").link)
    page.fill("#new_password", "short")
    page.click("button.main")
    page.get_by_role("alert").wait_for()
    assert len(seen) >= 3
    assert not any("token" in referer for referer in seen)


def test_a_link_signs_in_where_it_was_asked_for_and_elsewhere_shows_the_code(
    opened: Open, box: Postbox
) -> None:
    box.empty()
    here, elsewhere = opened(), opened()
    here.goto("/sign-in")
    here.get_by_role("link", name="Sign in by mail").click()
    here.fill("#login", "grace@example.org")
    here.click("button.main")
    here.wait_for_url("**/sign-in/code")
    letter = arrived(box, "/sign-in/code")
    elsewhere.goto(letter.link)
    shown = "".join(elsewhere.locator(".digits").inner_text().split())
    assert shown == letter.code
    assert elsewhere.locator("form").count() == 0
    # As from a page of somebody who shows mails.
    here.set_content(f'<a href="{letter.link}">open</a>')
    here.get_by_role("link").click()
    here.wait_for_url("**/sign-in/code?code=*")
    assert here.input_value("#code") == letter.code
    here.click("button.main")
    here.wait_for_url("**/account")
