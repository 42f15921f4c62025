"""The pages in Chromium, without JavaScript and by keyboard alone."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Literal
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.need import need
from tests.server.kit import PASSWORD

Scheme = Literal["light", "dark"]
Open = Callable[..., Page]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
LONG = "a-rather-long-local-part-of-an-address-that-goes-on-until-64@department.example.org"
NAMES = ["홍길동", "남궁민수의아주아주긴사용자이름입니다", LONG]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    command += ["--host", "127.0.0.1", "--port", str(port), "dojang.server.app:create"]
    home = tmp_path_factory.mktemp("home")
    own = {name: value for name, value in os.environ.items() if not name.startswith("DOJANG_")}
    server = subprocess.Popen(
        command,
        cwd=home,
        env={**own, "DOJANG_HOME": str(home), "DOJANG_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield answering(f"http://localhost:{port}")
    finally:
        server.terminate()
        server.wait(30)


def answering(address: str) -> str:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/sign-in"):
                return address
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def open_at(width: int = 1280, scheme: Scheme = "light", *, scripts: bool = False) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": 740},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield open_at
    for context in contexts:
        context.close()


def sign_up(page: Page, login: str) -> None:
    page.goto("/sign-up")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/account")


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"))


def test_all_of_it_works_by_keyboard_alone_and_without_scripts(opened: Open) -> None:
    page = opened()
    sign_up(page, "keyboard")
    page.click("header button")
    page.wait_for_url("**/sign-in?notice=signed-out")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for typed in ("keyboard", PASSWORD):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Sign in"
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert set(cookies) == {"session", "known-device"}
    assert cookies["session"]["expires"] == -1  # the box was cleared by hand
    assert page.evaluate("document.cookie") == ""
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in?notice=signed-out")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["known-device"]


def test_after_an_error_typing_goes_on_where_it_happened(opened: Open) -> None:
    page = opened()
    page.goto("/sign-in")
    page.fill("#login", "nobody")
    page.fill("#password", "wrong")
    page.click("button.main")
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.id") == "password"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("login", NAMES)
def test_long_names_break_no_layout(opened: Open, login: str, width: int) -> None:
    page = opened(width)
    sign_up(page, f"{width}{login}")
    assert fits(page)
    page.goto("/sign-out")
    assert fits(page)


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/nothing"])
def test_nothing_has_to_be_scrolled_sideways(opened: Open, path: str, width: int) -> None:
    page = opened(width)
    page.goto(path)
    assert fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_follows_the_scheme_of_the_system(opened: Open, scheme: Scheme) -> None:
    page = opened(scheme=scheme)
    page.goto("/sign-in")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(247, 242, 232)", "dark": "rgb(25, 22, 19)"}[scheme]


def test_a_device_is_signed_out_from_another(opened: Open) -> None:
    here, there = opened(), opened(360)
    sign_up(here, "two-devices")
    there.goto("/sign-in")
    there.fill("#login", "two-devices")
    there.fill("#password", PASSWORD)
    there.click("button.main")
    there.wait_for_url("**/account")
    here.reload()
    here.get_by_role("button", name="Sign out all other devices").click()
    here.wait_for_url("**/account?notice=others-ended")
    there.reload()
    there.wait_for_url("**/sign-in?notice=over")
    assert "Your session is over" in there.inner_text("main")


def test_the_doctor_tries_this_browser_by_navigation_by_fetch_and_in_frames(opened: Open) -> None:
    page = opened(scripts=True)
    page.goto("/doctor")
    page.click("text=Try what this browser keeps")
    page.wait_for_load_state("networkidle")
    shown = page.locator("section[aria-labelledby=here]").inner_text()
    by_fetch = page.locator("[data-fetch]").all_inner_texts()
    in_frames = [frame.inner_text("body") for frame in page.frames[1:]]
    for text in (shown.partition("In a frame")[0], by_fetch[0], in_frames[0]):
        assert text.count("came back.") == 7
        assert "unexpected" not in text
    for text in (by_fetch[1], in_frames[1]):
        assert "a page of http://localhost" in text
        # Debian's Chromium blocks cookies of other sites unless they are partitioned.
        (told,) = [line for line in text.splitlines() if "unexpected" in line]
        assert told.startswith("probe-none-secure-")
        assert "blocks cookies of other sites here" in told
    assert page.context.cookies() == []


def test_without_scripts_the_doctor_still_tries_frames(opened: Open) -> None:
    page = opened()
    page.goto("/doctor/try/typed")
    assert "To try this, allow JavaScript." in page.locator("[data-fetch]").all_inner_texts()
    assert "probe-lax-frame; Path=/; SameSite=Lax: came back." in page.frames[1].inner_text("body")
