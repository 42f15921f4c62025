"""A front on another port, in Chromium: fetch and axios call the API with the cookie."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dojang import new_secret
from tests.granian import granian
from tests.need import need_peers

ROOT = Path(__file__).parents[2]
INSTALLED = {".venv", "node_modules"}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def front(tmp_path: Path) -> Iterator[str]:
    """The page and the real axios, at an address of their own."""
    folder = tmp_path / "front"
    shutil.copytree(ROOT / "examples" / "spa", folder)
    shutil.copy(need_peers() / "axios" / "dist" / "axios.min.js", folder)
    serve = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["sealed:", "sqlite"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/sessions.db" if request.param == "sqlite" else request.param


@pytest.fixture
def api(front: str, home: str, tmp_path: Path) -> Iterator[str]:
    """The API, on another port, which knows this front."""
    own = {"FRONT": front, "SESSION_SECRET": new_secret(), "SESSIONS": home}
    with granian("examples.spa.api:app", tmp_path / "api.log", **own) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_fetch_and_axios_keep_one_session(page: Page, front: str, api: str) -> None:
    page.goto(f"{front}/?api={api}")
    expect(page.locator("#who")).to_have_text("nobody: nothing")
    page.click("#put-fetch")
    expect(page.locator("#who")).to_have_text("nobody: pear")
    page.click("#login-fetch")
    expect(page.locator("#who")).to_have_text("ada: pear")
    page.click("#put-axios")
    expect(page.locator("#who")).to_have_text("ada: pear, plum")
    page.reload()
    expect(page.locator("#who")).to_have_text("ada: pear, plum")
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    page.click("#login-axios")
    expect(page.locator("#who")).to_have_text("eve: nothing")
    page.click("#logout")
    expect(page.locator("#who")).to_have_text("nobody: nothing")
    assert page.context.cookies() == []
    assert page.locator("#said").text_content() == ""


def test_a_front_that_nobody_named_reads_nothing_and_changes_nothing(
    page: Page, front: str, api: str
) -> None:
    page.goto(f"{front}/?api={api}")
    page.click("#login-fetch")
    expect(page.locator("#who")).to_have_text("ada: nothing")
    # The same page under another name of this machine is another origin, and no front of ours.
    page.goto(f"{front.replace('localhost', '127.0.0.1')}/?api={api}")
    page.click("#put-fetch")
    expect(page.locator("#said")).to_have_text("Failed to fetch")
    # Even what needs no question first: a form, which browsers send anywhere.
    with page.expect_response(f"{api}/logout") as answer:
        page.evaluate(
            "url => { document.body.innerHTML = `<form method=post action=${url}></form>`;"
            "document.forms[0].submit(); }",
            f"{api}/logout",
        )
    assert answer.value.status == 403
    page.wait_for_url(f"{api}/logout")
    page.goto(f"{front}/?api={api}")
    expect(page.locator("#who")).to_have_text("ada: nothing")


def test_the_example_is_short() -> None:
    written = [
        file
        for file in (ROOT / "examples").rglob("*.*")
        if file.suffix in {".py", ".html"} and not INSTALLED.intersection(file.parts)
    ]
    lines = {file: len(file.read_text().splitlines()) for file in written}
    assert max(lines.values()) <= 60
    # The API and the front are one example.
    assert sum(count for file, count in lines.items() if file.parent.name == "spa") <= 60
