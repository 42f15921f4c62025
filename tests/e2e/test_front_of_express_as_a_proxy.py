"""examples/express-connect-redis: whatever HTTP may ask comes through to the service, and back."""

import gzip
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dojang import new_secret
from tests.e2e.fronts import Front
from tests.e2e.server import free_port
from tests.need import need, need_front
from tests.nginx import listens
from tests.redis import RedisServer, until

NAME = "express-connect-redis"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PAGE = b"<!doctype html>" * 1000


class Compressing(BaseHTTPRequestHandler):
    """A service that compresses what it answers."""

    def do_GET(self) -> None:
        body = gzip.compress(PAGE)
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def compressing() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Compressing) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


@contextmanager
def front_before(service: int, redis: RedisServer, home: Path) -> Iterator[int]:
    """Run the front alone, before a service at this port; yield the port of the front."""
    port, log = free_port(), home / "log"
    settings = {"REDIS_URL": redis.url, "SESSION_SECRETS": new_secret(), "PORT": str(port)}
    settings["SERVICE_URL"] = f"http://127.0.0.1:{service}"
    with (
        log.open("ab") as output,
        subprocess.Popen(
            [need("node"), "front.mjs"],
            cwd=need_front(NAME),
            env=os.environ | settings,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            until(lambda: listens(port, process, log))
            yield port
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def front(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    settings = {"REDIS_URL": redis.url, "SESSION_SECRETS": new_secret()}
    with Front(NAME, tmp_path_factory.mktemp(NAME), **settings).running() as front:
        yield front


def asked(
    url: str, method: str, path: str, headers: dict[str, str], body: bytes | list[bytes] | None
) -> tuple[int, bytes]:
    wire = HTTPConnection(url.removeprefix("http://"), timeout=15)
    # As an iterable it is sent in chunks.
    wire.request(method, path, body, headers, encode_chunked="Transfer-Encoding" in headers)
    answer = wire.getresponse()
    found = answer.status, answer.read()
    wire.close()
    return found


@pytest.mark.parametrize(
    ("method", "path", "headers", "body"),
    [
        ("HEAD", "/me", {}, None),
        ("OPTIONS", "/me", {}, None),
        ("DELETE", "/me", {}, None),
        ("GET", "/openapi.json", {}, b"x=1"),
        ("GET", "/me", {"Keep-Alive": "timeout=5"}, None),
        ("GET", "/openapi.json", {"Connection": "Upgrade", "Upgrade": "h2c"}, None),
        ("POST", "/note", FORM, b"text=milk"),
        ("POST", "/note", FORM | {"Transfer-Encoding": "chunked"}, [b"text=", b"milk"]),
        ("POST", "/note", FORM | {"Expect": "100-continue"}, b"text=milk"),
    ],
)
def test_the_front_answers_as_the_service_does(
    front: Front, method: str, path: str, headers: dict[str, str], body: bytes | list[bytes] | None
) -> None:
    alone = asked(front.service_url, method, path, headers, body)
    assert asked(front.url, method, f"/api/py{path}", headers, body) == alone
    assert alone[0] < 500


def test_what_the_service_compressed_arrives_as_it_was_sent(
    redis: RedisServer, tmp_path: Path
) -> None:
    with compressing() as service, front_before(service, redis, tmp_path) as front:
        status, body = asked(f"http://localhost:{front}", "GET", "/api/py/", {}, None)
    assert (status, gzip.decompress(body)) == (200, PAGE)


def test_a_service_that_is_down_is_a_bad_gateway_and_no_more_is_told(
    redis: RedisServer, tmp_path: Path
) -> None:
    with front_before(free_port(), redis, tmp_path) as front:
        status, body = asked(f"http://localhost:{front}", "GET", "/api/py/me", {}, None)
    assert status == 502
    assert b"Bad Gateway" in body
    assert b"ECONNREFUSED" not in body
    assert b"    at " not in body
