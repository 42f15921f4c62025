"""Mails and the pages that their links open, in Chromium and from a real SMTP server."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.server.kit import PASSWORD
from tests.smtp import Box, link_in, serving

from .test_in_a_browser import answering, chromium

__all__ = ["chromium"]

EMAIL, NEW = "ada@example.org", "lovelace@example.org"

Open = Callable[..., Page]


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory, box: Box) -> Iterator[str]:
    """A server of its own process, which mails to the box."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    command += ["--host", "127.0.0.1", "--port", str(port), "dojang.server.app:create"]
    home = tmp_path_factory.mktemp("home")
    own = {name: value for name, value in os.environ.items() if not name.startswith("DOJANG_")}
    with serving(box) as mail_port:
        own |= {
            "DOJANG_HOME": str(home),
            "DOJANG_PORT": str(port),
            "DOJANG_MAIL_HOST": "127.0.0.1",
            "DOJANG_MAIL_PORT": str(mail_port),
            "DOJANG_MAIL_SECURITY": "none",
            "DOJANG_MAIL_SPREAD": "0",
            "DOJANG_MAIL_SENDER": "no-reply@login.example.org",
        }
        server = subprocess.Popen(
            command, cwd=home, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield answering(f"http://localhost:{port}")
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def browser(locale: str = "ko-KR") -> Page:
        context = chromium.new_context(locale=locale, java_script_enabled=False, base_url=address)
        contexts.append(context)
        return context.new_page()

    yield browser
    for context in contexts:
        context.close()


def fill_in(page: Page, path: str, **fields: str) -> None:
    page.goto(path)
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.click("button.main")


def newest(page: Page, box: Box, to: str) -> EmailMessage:
    """Return the mail that came, and empty the box; it leaves after the answer."""
    for _ in range(200):
        if found := box.to(to):
            box.empty()
            return found[-1]
        page.wait_for_timeout(50)
    raise AssertionError(f"nothing came to {to}")


def follow(page: Page, link: str) -> None:
    """Open a link, and press its button."""
    page.goto(link)
    page.click("button.main")


def test_an_account_is_made_changed_and_defended_by_mail(opened: Open, box: Box) -> None:
    page = opened()
    fill_in(page, "/sign-up", login=EMAIL, password=PASSWORD)
    page.wait_for_url("**/sign-in?notice=sign-up-mailed*")
    link = link_in(newest(page, box, EMAIL))
    page.goto(link)
    assert page.inner_text("h1") == "이메일 주소 인증"
    page.click("button.main")
    page.wait_for_url("**/sign-in?notice=email-verified")
    page.goto(link)
    assert page.inner_text("h1") == "더 이상 사용할 수 없는 링크 또는 코드입니다"

    fill_in(page, "/sign-in", login=EMAIL, password=PASSWORD)
    page.wait_for_url("**/account")
    page.wait_for_timeout(200)
    assert box.messages() == []  # it is the browser in which the link was opened

    thief = opened(locale="en-US")
    fill_in(thief, "/sign-in", login=EMAIL, password=PASSWORD)
    thief.wait_for_url("**/account")
    warning = newest(thief, box, EMAIL)
    assert "New sign-in" in warning["Subject"]
    fill_in(thief, "/account/email", email=NEW, password=PASSWORD)
    thief.wait_for_url("**/account/email?notice=change-sent")
    follow(thief, link_in(newest(thief, box, NEW)))
    thief.wait_for_url("**/account?notice=email-changed")
    changed = newest(thief, box, EMAIL)

    follow(page, link_in(warning))
    page.wait_for_url("**/account?notice=device-disowned")
    thief.goto("/account")
    assert "/sign-in" in thief.url
    follow(page, link_in(changed))
    page.wait_for_url("**/sign-in?notice=email-put-back")
    fill_in(page, "/sign-in", login=EMAIL, password=PASSWORD)
    page.wait_for_url("**/account")
    assert EMAIL in page.inner_text("h1")
