from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.server import Server
from tests.need import need

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Visitor = Callable[[], Page]


@pytest.fixture(scope="module")  # Playwright keeps an event loop running while it is open
def chromium() -> Iterator[Browser]:
    path = need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, server: Server) -> Iterator[Visitor]:
    """Each call is a browser of its own, with no cookies."""
    contexts: list[BrowserContext] = []

    def open_browser() -> Page:
        context = chromium.new_context(base_url=server.url)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture(params=["sqlite", "sealed"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    settings = {"DOJANG_SESSIONS": "sealed:"} if request.param == "sealed" else {}
    running = Server(tmp_path, **settings)
    running.start()
    yield running
    running.stop()
