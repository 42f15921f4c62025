"""`dojang dev-proxy` in front of an API that is not of this machine, or so it believes."""

import http.client
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from .kit import DOJANG, dojang, environment, free_port

PAGE = "http://localhost:3000"


class _Api(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.go_on = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Api

    def do_GET(self) -> None:
        self.server.seen.append({name.lower(): value for name, value in self.headers.items()})
        if self.path == "/stream":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"first\n")
            self.wfile.flush()
            self.server.go_on.wait(10)
            self.wfile.write(b"second\n")
            return
        self.send_response(302 if self.path == "/old" else 200)
        origin = f"http://127.0.0.1:{self.server.server_port}"
        self.send_header("Location", f"{origin}/new?x=1")
        self.send_header("Set-Cookie", "__Host-s=v; Path=/; Secure; HttpOnly; SameSite=None")
        self.send_header("Set-Cookie", "t=w; Domain=example.com; Secure")
        self.send_header("Access-Control-Allow-Origin", "https://app.example.com")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def api() -> Iterator[_Api]:
    server = _Api()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def proxy(api: _Api, tmp_path: Path) -> Iterator[int]:
    yield from proxied(f"http://127.0.0.1:{api.server_port}", tmp_path)


def proxied(to: str, cwd: Path) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [DOJANG, "dev-proxy", "--to", to, "--port", str(port)],
        cwd=cwd, env=environment(), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while True:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port)) as probe:
                probe.connect()
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    yield port
    process.terminate()
    process.wait(30)


def ask(
    port: int,
    path: str = "/",
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    given = {"Host": f"localhost:{port}", **(headers or {})}
    connection.request(method, path, body=body, headers=given)
    return connection.getresponse()


def test_cookies_come_fit_for_localhost_and_go_back_under_their_names(
    api: _Api, proxy: int
) -> None:
    with ask(proxy) as answer:
        assert answer.read() == b"ok"
        assert answer.headers.get_all("set-cookie") == [
            "local.__Host-s=v; Path=/; HttpOnly; SameSite=Lax",
            "t=w; SameSite=Lax",
        ]
    with ask(proxy, headers={"Cookie": "local.__Host-s=v; t=w"}) as answer:
        answer.read()
    assert api.seen[-1]["cookie"] == "__Host-s=v; t=w"


def test_the_api_sees_one_of_its_own_pages(api: _Api, proxy: int) -> None:
    with ask(
        proxy,
        "/x",
        method="POST",
        body=b"a" * 100_000,
        headers={"Origin": PAGE, "Sec-Fetch-Site": "same-site", "Referer": f"{PAGE}/form"},
    ) as answer:
        answer.read()
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert answer.headers["access-control-allow-credentials"] == "true"
    origin = f"http://127.0.0.1:{api.server_port}"
    seen = api.seen[-1]
    assert (seen["origin"], seen["host"]) == (origin, origin.removeprefix("http://"))
    assert seen["sec-fetch-site"] == "same-origin"
    assert "referer" not in seen
    assert api.bodies == [b"a" * 100_000]


def test_a_redirect_of_the_api_stays_with_the_proxy(proxy: int) -> None:
    with ask(proxy, "/old") as answer:
        assert answer.status == 302
        assert answer.headers["location"] == f"http://localhost:{proxy}/new?x=1"


def test_a_preflight_of_a_local_page_is_answered_here(api: _Api, proxy: int) -> None:
    with ask(
        proxy,
        method="OPTIONS",
        headers={
            "Origin": PAGE,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "x-custom",
        },
    ) as answer:
        assert answer.status == 204
        assert answer.headers["access-control-allow-methods"] == "PUT"
        assert answer.headers["access-control-allow-headers"] == "x-custom"
        assert answer.headers["access-control-allow-origin"] == PAGE
    assert api.seen == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Host": "evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_pages_of_the_internet_reach_nothing_through_it(
    api: _Api, proxy: int, headers: dict[str, str]
) -> None:
    with ask(proxy, headers=headers) as answer:
        assert answer.status == 403
        assert answer.headers.get_all("access-control-allow-origin") is None
    assert api.seen == []


def test_a_stream_comes_as_it_is_made(api: _Api, proxy: int) -> None:
    with ask(proxy, "/stream") as answer:
        assert answer.readline() == b"first\n"
        api.go_on.set()
        assert answer.readline() == b"second\n"


def test_a_websocket_goes_both_ways_with_its_cookie(tmp_path: Path) -> None:
    def echo(connection: ServerConnection) -> None:
        assert connection.request is not None
        connection.send(connection.request.headers["cookie"])
        for message in connection:
            connection.send(message)

    with serve(echo, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            to = f"http://127.0.0.1:{server.socket.getsockname()[1]}"
            for port in proxied(to, tmp_path):
                cookie = {"Cookie": "local.__Host-s=v"}
                with connect(
                    f"ws://localhost:{port}/", additional_headers=cookie, proxy=None
                ) as client:
                    assert client.recv(timeout=30) == "__Host-s=v"
                    client.send("hello")
                    assert client.recv(timeout=30) == "hello"
        finally:
            server.shutdown()
            thread.join()


def test_an_api_that_is_not_there_is_502(tmp_path: Path) -> None:
    for port in proxied("http://127.0.0.1:1", tmp_path):
        with ask(port) as answer:
            assert answer.status == 502


@pytest.mark.parametrize("to", ["api.example.com", "https://api.example.com/v1", "ftp://a"])
def test_an_address_that_is_none_is_one_line(tmp_path: Path, to: str) -> None:
    done = dojang("dev-proxy", "--to", to, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "to", ["https://a..b", "https://user:pa55word@api.example.com", "https://api.example.com/v1"]
)
def test_what_is_no_bare_address_is_exit_code_2(tmp_path: Path, to: str) -> None:
    done = dojang("dev-proxy", "--to", to, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert "pa55word" not in done.err
