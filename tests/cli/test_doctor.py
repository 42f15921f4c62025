"""`dojang doctor` as people call it."""

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

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
        ("http://127.0.0.1:1/한글",),
        ("http://a..b/",),
        (f"http://{'a' * 64}.example/",),
        ("http://[::1/",),
        ("http://a\N{ACCOUNT OF}b.example/",),
        (*FINE[:2], "--api", "http://localhost:99999", "--set-cookie", "s=v"),
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
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Set-Cookie", "seen=v; Path=/")
            self.send_header("Location", unquote(self.path[4:], "latin-1"))
        elif self.path == "/many":
            self.send_response(200)
            for number in range(150):
                self.send_header(f"X-{number}", "v")
            self.send_header("Set-Cookie", "last=v")
        elif self.path == "/":
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


@pytest.mark.parametrize(
    "location", ["http://[bad", "http://a..b/", "ftp://files.example/", "http://127.0.0.1:1/"]
)
def test_a_redirect_to_nowhere_loses_no_cookie(tmp_path: Path, site: str, location: str) -> None:
    done = dojang("doctor", f"{site}to/{quote(location, safe='')}", cwd=tmp_path)
    assert done.code == 0
    assert "seen=<1 bytes>" in done.out
    assert len(done.err.splitlines()) == 1


def test_a_redirect_in_raw_utf_8_is_followed(tmp_path: Path, site: str) -> None:
    done = dojang("doctor", f"{site}to/{quote('/한글')}", cwd=tmp_path)
    assert "seen=<1 bytes>" in done.out
    assert "second=<1 bytes>" in done.out


def test_an_answer_may_have_many_headers(tmp_path: Path, site: str) -> None:
    done = dojang("doctor", f"{site}many", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "last=<1 bytes>" in done.out


def test_a_terminal_without_the_letters_gets_the_answer_too(tmp_path: Path) -> None:
    line = ("--set-cookie", "s=v; SameSite=한")
    done = dojang("doctor", *FINE, *line, cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (done.code, done.err) == (0, "")
    assert "\\u2713 stored" in done.out
    as_json = dojang("doctor", *FINE, *line, "--json", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert json.loads(as_json.out)[0]["set_cookie"].endswith("SameSite=한")


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_output_has_what_an_address_carries(tmp_path: Path, form: tuple[str, ...]) -> None:
    front = f"http://user:{VALUE}@localhost:3000/cb?code={VALUE}#{VALUE}"
    api = f"https://u:{VALUE}@api.example.com/x?t={VALUE}#{VALUE}"
    for line in ("s=v", "s=v; Secure; SameSite=None"):
        asked = ("--front", front, "--api", api, "--set-cookie", line)
        done = dojang("doctor", *asked, *form, cwd=tmp_path)
        assert done.code == 1
        assert VALUE not in done.out + done.err
    for wrong in ("--front", "--api"):
        repeated = (*FINE, "--set-cookie", "s=v", wrong, f"x{VALUE}://[")
        done = dojang("doctor", *repeated, cwd=tmp_path)
        assert done.code == 2
        assert VALUE not in done.err


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_output_has_the_query_of_a_referer(tmp_path: Path, form: tuple[str, ...]) -> None:
    har = HAR.replace('"Origin"', '"Referer"').replace("fly.dev", f"fly.dev/cb?code={VALUE}")
    done = with_input(har, "-", *form, cwd=tmp_path)
    assert done.code == 1
    assert VALUE not in done.out + done.err


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_is_no_attribute_may_be_a_value(tmp_path: Path, form: tuple[str, ...]) -> None:
    for line in (f"a=1; b={VALUE}", f"a=1; {VALUE}; Path=/", f"a=1; Secure={VALUE}"):
        done = dojang("doctor", *FINE, "--set-cookie", line, *form, cwd=tmp_path)
        assert VALUE not in done.out + done.err


def test_no_terminal_obeys_what_it_is_shown(tmp_path: Path) -> None:
    for place in ("https://api.example.com/\\u001b[31m", "https://a\\u001b[31m.example/"):
        har = HAR.replace("https://api.example.com/login", place)
        assert "\x1b" not in with_input(har, "-", cwd=tmp_path).out
    done = dojang("doctor", *FINE, "--set-cookie", "s=v; Path=/\x1b[31m", cwd=tmp_path)
    assert "\x1b" not in done.out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_of_windows_are_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "site.har").write_text(HAR, encoding=encoding)
    assert "SAMESITE_CROSS_SITE_SET" in dojang("doctor", "site.har", cwd=tmp_path).out


def test_a_header_may_be_pasted_with_its_name(tmp_path: Path) -> None:
    for name in ("Set-Cookie: ", "< set-cookie:"):
        done = dojang("doctor", *FINE, "--set-cookie", f"{name}sid=x; Secure", cwd=tmp_path)
        assert "sid=<1 bytes>; Secure" in done.out
        assert "et-" not in done.out


def test_no_line_is_padded_in_a_pipe(tmp_path: Path) -> None:
    done = dojang("doctor", *FINE, "--set-cookie", "s=v; SameSite=None", cwd=tmp_path)
    assert [line for line in done.out.splitlines() if line != line.rstrip()] == []
    assert max(map(len, done.out.splitlines())) < 400
