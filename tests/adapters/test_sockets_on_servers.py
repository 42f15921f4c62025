"""WebSockets on servers that people run: hypercorn sends the cookie, granian cannot."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from dojang import new_secret
from tests.adapters.gunicorn import PATIENCE, ROOT, wait_until_it_listens
from tests.redis import free_port

APP = "tests.adapters.socket_app:app"
RUN = {
    "granian": ["-c", "from granian.cli import entrypoint; entrypoint()", "--interface", "asgi"],
    "hypercorn": ["-m", "hypercorn"],
}


@pytest.fixture(params=RUN)
def server(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def browser(server: str, tmp_path: Path) -> Iterator[httpx2.Client]:
    port, log = free_port(), tmp_path / "log"
    where = ["--port", str(port)] if server == "granian" else ["--bind", f"127.0.0.1:{port}"]
    home = {"SESSIONS": f"sqlite:///{tmp_path}/s.db", "SESSION_SECRET": new_secret()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *RUN[server], *where, APP],
            cwd=ROOT, env={**os.environ, **home}, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        wait_until_it_listens(process, port, log)
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            yield client
    finally:
        process.terminate()
        process.wait(PATIENCE)


def say(browser: httpx2.Client, path: str) -> str:
    """Connect with the cookies of `browser`, keep what the accept sets, return what is said."""
    url = str(browser.base_url.copy_with(scheme="ws", path=path))
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    with connect(url, additional_headers={"Cookie": cookies}, open_timeout=PATIENCE) as socket:
        response = socket.response
        assert response is not None
        for line in response.headers.get_all("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            browser.cookies.set(name, value, domain="127.0.0.1", path="/")
        return str(socket.recv(PATIENCE))


def test_a_login_over_a_socket_brings_its_cookie_or_says_that_it_cannot(
    server: str, browser: httpx2.Client
) -> None:
    browser.get("/login")
    before = dict(browser.cookies)
    said = say(browser, "/step-up")
    assert (said == "stepped up") == (server == "hypercorn"), said
    assert ("granian" in said) == (dict(browser.cookies) == before)
    assert browser.get("/who").text == "ada None None"


def test_data_are_kept_on_either(browser: httpx2.Client) -> None:
    browser.get("/login")
    assert [say(browser, "/count") for _ in range(2)] == ["1", "2"]
    assert browser.get("/who").text == "ada None 2"


def test_a_session_begins_over_a_socket_or_the_handshake_is_refused(
    server: str, browser: httpx2.Client
) -> None:
    if server == "hypercorn":
        assert say(browser, "/begin") == "begun"
        assert browser.get("/who").text == "None None 1"
        return
    with pytest.raises((WebSocketException, EOFError)):
        say(browser, "/begin")
