"""gunicorn as people run it: loaded once, forked into workers, stopped by its process id."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

ROOT = Path(__file__).parents[2]
PATIENCE = 60


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class Browser:
    """Keeps cookies, and makes a connection for each request, so that workers take turns."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, data: bytes | None = None) -> tuple[int, str]:
        """Ask, and again where a store on a busy machine did not answer in time."""
        end = time.monotonic() + PATIENCE
        while True:
            status, text = self._ask(path, data)
            if status != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > end:
                return status, text
            time.sleep(0.2)

    def _ask(self, path: str, data: bytes | None) -> tuple[int, str]:
        header = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        request = Request(self.url + path, data, {"Cookie": header, "Referer": self.url})
        try:
            answer = build_opener(_Stay).open(request, timeout=PATIENCE)
        except HTTPError as error:
            answer = error
        with answer:
            for line in answer.headers.get_all("Set-Cookie", ()):
                name, _, value = line.partition(";")[0].strip().partition("=")
                self.cookies[name] = value
            return answer.status or 0, answer.read().decode()


@contextmanager
def gunicorn(application: str, home: Path, **environment: str) -> Iterator[str]:
    """Serve with two workers that are forked from a process that has loaded the application."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "--preload", "--workers", "2", "--bind",
        f"127.0.0.1:{port}", "--chdir", str(ROOT), application,
    ]  # fmt: skip
    log = home / "gunicorn.log"
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


def wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Return once a server listens; its log says why if it never does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(log.read_text())
