"""starlette-admin, visited in Chromium: its login and its forms on our sessions."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dojang import Sessions, blocking, new_secret
from tests.adapters.stage import in_thread
from tests.granian import granian

SECRET = new_secret()
LOGIN = re.compile(r".*/admin/login\?next=.*")


@pytest.fixture(params=["sealed:", "sqlite"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/sessions.db" if request.param == "sqlite" else request.param


@pytest.fixture
def url(home: str, tmp_path: Path) -> Iterator[str]:
    own = {"SESSIONS": home, "SESSION_SECRET": SECRET}
    with granian("tests.third_party.admin_app:app", tmp_path / "log", **own) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def ended_elsewhere(home: str) -> None:
    """End the one session of ada, as an administrator does."""
    sessions = Sessions.from_url(home, secret=SECRET)
    assert len(blocking.run(sessions.list("ada"))) == 1
    assert blocking.run(sessions.end_all("ada")) == 1
    sessions.close()


def test_a_visit(page: Page, url: str, home: str) -> None:
    page.goto(f"{url}/admin/")
    expect(page).to_have_url(LOGIN)
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "wrong")
    page.click("[type=submit]")
    expect(page.locator("body")).to_contain_text("Invalid username or password")
    assert [cookie["name"] for cookie in page.context.cookies()].count("session") == 0

    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "seal upon paper")
    page.click("[type=submit]")
    expect(page).to_have_url(f"{url}/admin/")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["session"]["httpOnly"]

    page.goto(f"{url}/admin/seal/create")
    page.fill("[name=name]", "the seal of ada")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(f"{url}/admin/seal/list")
    expect(page.locator("body")).to_contain_text("the seal of ada")

    if home != "sealed:":
        # Playwright keeps an event loop running here, where nothing may wait for a store.
        in_thread(lambda: ended_elsewhere(home))
        page.goto(f"{url}/admin/seal/list")
        expect(page).to_have_url(LOGIN)
        return
    page.locator("form[action$='/logout']").first.evaluate("form => form.submit()")
    expect(page.locator("[name=password]")).to_be_visible()
