"""`dojang doctor` as people call it."""

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dojang.wire import json

from .kit import DOJANG, Done, dojang, environment

VALUE = "a-very-secret-value"
FINE = ("--front", "http://localhost:3000", "--api", "http://localhost:4000/login")


def with_input(text: str, *arguments: str, cwd: Path) -> Done:
    done = subprocess.run(
        [DOJANG, "doctor", *arguments], cwd=cwd, env=environment(), input=text,
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


def test_a_cookie_that_arrives_is_exit_code_0(tmp_path: Path) -> None:
    done = dojang("doctor", *FINE, "--set-cookie", f"s={VALUE}; SameSite=Lax", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "✓ stored" in done.out
    assert "Safari 26" in done.out
    assert "unverified" in done.out


def test_a_cookie_that_does_not_is_exit_code_1_and_a_line_to_paste(tmp_path: Path) -> None:
    done = dojang("doctor", *FINE, "--set-cookie", f"s={VALUE}; SameSite=None", cwd=tmp_path)
    assert done.code == 1
    assert "NONE_NEEDS_SECURE" in done.out
    assert 'sameSite: "lax"' in done.out
    assert "RFC 6265bis section 5.7 step 19" in done.out


def test_credentials_of_fetch_are_an_option(tmp_path: Path) -> None:
    line = ("--set-cookie", "s=v", "--fetch", "credentials=same-origin")
    done = dojang("doctor", *FINE, *line, cwd=tmp_path)
    assert done.code == 1
    assert "CREDENTIALS_MODE" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--api", "https://a.example"),
        ("--api", "a.example", "--set-cookie", "s=v"),
        (*FINE, "--set-cookie", "s=v", "--browser", "netscape"),
        (*FINE, "--set-cookie", "s=v", "--fetch", "sometimes"),
        ("--front", "here", "--api", "https://a.example", "--set-cookie", "s=v"),
        ("no-such-file",),
        ("http://127.0.0.1:1/",),
    ],
)
def test_bad_input_is_exit_code_2_and_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = dojang("doctor", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("dojang: ")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_output_has_the_value(tmp_path: Path, form: tuple[str, ...]) -> None:
    for line in (f"s={VALUE}; Secure", VALUE, f"={VALUE}", f"a=1, s={VALUE}; Path=/, t={VALUE}"):
        done = dojang("doctor", *FINE, "--set-cookie", line, *form, cwd=tmp_path)
        assert VALUE not in done.out + done.err


def test_json_has_every_reason(tmp_path: Path) -> None:
    done = dojang("doctor", *FINE, "--set-cookie", "s=v; Partitioned", "--json", cwd=tmp_path)
    (answer,) = json.loads(done.out)
    assert answer["set_cookie"] == "s=<1 bytes>; Partitioned"
    chrome = answer["browsers"]["chrome"]
    assert chrome["stored"] is False
    assert [reason["code"] for reason in chrome["reasons"]] == ["PARTITIONED_NEEDS_SECURE"]
    assert done.code == 1


CURL = f"""\
*   Trying 192.0.2.1:443...
* Connected to api.example.com (192.0.2.1) port 443 (#0)
* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384
> POST /login HTTP/2
> Host: api.example.com
> Origin: https://web.fly.dev
>
< HTTP/2 200
< set-cookie: s={VALUE}; Domain=.example.com; Secure; HttpOnly
< access-control-allow-origin: *
<
"""

HAR = json.dumps(
    {
        "log": {
            "entries": [
                {
                    "request": {
                        "url": "https://api.example.com/login?token=secret",
                        "method": "POST",
                        "headers": [
                            {"name": "Origin", "value": "https://web.fly.dev"},
                            {"name": "Sec-Fetch-Mode", "value": "cors"},
                        ],
                    },
                    "response": {
                        "status": 200,
                        "headers": [
                            {"name": "Set-Cookie", "value": f"s={VALUE}; Secure; SameSite=Lax"}
                        ],
                    },
                }
            ]
        }
    }
)


@pytest.mark.parametrize("text", [CURL, HAR], ids=["curl", "har"])
def test_what_curl_or_a_browser_wrote_down_is_read(tmp_path: Path, text: str) -> None:
    done = with_input(text, "-", "--browser", "chrome", cwd=tmp_path)
    assert done.code == 1
    assert "SAMESITE_CROSS_SITE_SET" in done.out
    assert "https://api.example.com/login" in done.out
    assert "token=secret" not in done.out
    assert VALUE not in done.out


@pytest.mark.parametrize("text", ["", "hello", "{", "{}", '{"log": 1}', "> GET / HTTP/1.1\n"])
def test_what_is_neither_is_exit_code_2(tmp_path: Path, text: str) -> None:
    done = with_input(text, "-", cwd=tmp_path)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/":
            self.send_response(302)
            self.send_header("Location", "/next")
            self.send_header("Set-Cookie", "first=v; Path=/")
        else:
            self.send_response(200)
            self.send_header("Set-Cookie", "second=v; Domain=*")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_live_answer_is_looked_at_through_its_redirects(tmp_path: Path, site: str) -> None:
    done = dojang("doctor", site, cwd=tmp_path)
    assert done.code == 1
    assert "first=<1 bytes>" in done.out
    assert "DOMAIN_SYNTAX" in done.out
