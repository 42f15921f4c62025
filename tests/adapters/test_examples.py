"""The examples, on the servers that people run them on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from dojang import new_secret
from tests.adapters.gunicorn import PATIENCE, ROOT, gunicorn, wait_until_it_listens
from tests.e2e.server import free_port

ON_ASGI = ["starlette", "fastapi", "litestar", "asgi", "quart"]
EXAMPLES = sorted(
    [*(ROOT / "examples").glob("*_app.py"), *(ROOT / "examples").glob("own_users_*/**/*.py")]
)


@contextmanager
def granian(application: str, home: Path, **environment: str) -> Iterator[str]:
    """Serve with one worker until the block ends; yield the URL."""
    port, log = free_port(), home / "granian.log"
    command = [
        sys.executable, "-c", "from granian.cli import entrypoint; entrypoint()", "--interface",
        "asgi", "--port", str(port), application,
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        wait_until_it_listens(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(params=[*ON_ASGI, "wsgi", "flask"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    serve = granian if request.param in ON_ASGI else gunicorn
    environment = {"SESSIONS": f"sqlite:///{tmp_path}/s.db", "SESSION_SECRET": new_secret()}
    with serve(f"examples.{request.param}_app:app", tmp_path, **environment) as url:
        yield url


def browser(url: str) -> httpx2.Client:
    return httpx2.Client(base_url=url, timeout=PATIENCE)


def test_one_signs_in_sees_the_devices_and_signs_out_everywhere(url: str) -> None:
    with browser(url) as here, browser(url) as there:
        assert "nobody, visit 1" in here.get("/").text
        assert here.get("/devices").status_code == 401
        assert here.post("/login/mallory").status_code == 401
        before = dict(here.cookies)
        assert here.post("/login/ada").status_code < 400
        assert dict(here.cookies) != before
        there.post("/login/ada")
        assert "Ada Lovelace, visit 2" in here.get("/").text
        assert here.get("/devices").text.count("since") == 2
        assert "signed out at 2 places" in here.post("/logout-everywhere").text
        assert there.get("/devices").status_code == 401
        assert "nobody, visit 1" in here.get("/").text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_example_is_read_in_a_minute(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 60
