"""An application and the server behind a real proxy, as `dojang forward-auth config` has it."""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import BadStatusLine, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.certificates import certify
from tests.e2e.server import COMMAND, Server, free_port
from tests.need import need
from tests.nginx import listens, nginx_command
from tests.redis import until

DOMAIN = "example.test"
APP, STATUS, LOGIN = f"app.{DOMAIN}", f"status.{DOMAIN}", f"login.{DOMAIN}"

#: What the application lets anybody see, and what it takes for the rest.
RULES = f"""
[[rule]]
host = "{APP}"
path = "/public/*"
allow = "public"

[[rule]]
host = "{APP}"
path = "/admin/*"
roles = ["admin"]

[[rule]]
host = "{APP}"

[[rule]]
host = "{STATUS}"
allow = "public"
"""

_CADDY = """
{{
	admin off
	auto_https off
	default_bind 127.0.0.1
}}
{printed}
"""


class _Echo(BaseHTTPRequestHandler):
    """An application that says what reached it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Upgrade", "") == "websocket":
            self.send_response(101)
            self.send_header("Connection", "upgrade")
            self.send_header("Upgrade", "websocket")
            self.end_headers()
            self.close_connection = True
            return
        told = {
            "path": self.path,
            "headers": [[name, value] for name, value in self.headers.items()],
        }
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - a name of http.server

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        found = [value for known, value in self.headers if known.lower() == name.lower()]
        return found[0] if found else None

    @property
    def seen(self) -> dict[str, list[str]]:
        """The headers that the application saw, by name in lower case."""
        seen: dict[str, list[str]] = {}
        for name, value in json.loads(self.body)["headers"]:
            seen.setdefault(name.lower(), []).append(value)
        return seen


@dataclass(frozen=True)
class Proxied:
    """Both behind the proxy."""

    port: int
    server: Server
    scheme: str = "http"

    @property
    def app(self) -> str:
        return f"{self.scheme}://{APP}:{self.port}"

    @property
    def login(self) -> str:
        return f"{self.scheme}://{LOGIN}:{self.port}"

    def ask(
        self,
        uri: str,
        *headers: tuple[str, str],
        host: str = "",
        method: str = "GET",
        body: bytes = b"",
    ) -> Answer:
        """Send a request as it is written here, by hand."""
        named = host or f"{APP}:{self.port}"
        lines = [f"{method} {uri} HTTP/1.1", f"Host: {named}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if "connection" not in {name.lower() for name, _ in headers}:
            lines.append("Connection: close")
        with self._connect(named) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
            return _read(connection)

    def _connect(self, host: str) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), 10)
        if self.scheme == "http":
            return connection
        anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        return anybody.wrap_socket(connection, server_hostname=host.partition(":")[0])

    def sign_up(self, name: str) -> str:
        """Return the Cookie header of somebody new."""
        body = json.dumps({"username": name, "password": "correct horse battery"}).encode()
        answer = self.ask(
            "/api/auth/signup", ("Content-Type", "application/json"),
            host=f"{LOGIN}:{self.port}", method="POST", body=body,
        )  # fmt: skip
        assert answer.status == 201, answer.body
        return (answer.header("set-cookie") or "").partition(";")[0]


def _read(connection: socket.socket) -> Answer:
    # Whoever asks to upgrade is not hung up on, whatever the answer.
    answer = HTTPResponse(connection)
    try:
        answer.begin()
    except BadStatusLine:
        return Answer(0, [], b"")
    body = b"" if answer.status == HTTPStatus.SWITCHING_PROTOCOLS else answer.read()
    return Answer(answer.status, answer.getheaders(), body)


@contextmanager
def application() -> Iterator[int]:
    """Yield the port of an application that says what reached it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@contextmanager
def proxied(kind: str, folder: Path, *, scheme: str = "http") -> Iterator[Proxied]:
    """Yield both behind `nginx`, `caddy` (PyPI's) or `caddy of Debian`."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    rules = folder / "rules.toml"
    rules.write_text(RULES)
    settings = {
        "DOJANG_URL": f"{scheme}://{LOGIN}:{port}",
        "DOJANG_COOKIE_DOMAIN": DOMAIN,
        "DOJANG_FORWARD_AUTH": str(rules),
        "DOJANG_PROXIES": "127.0.0.1",
    }
    server = Server(folder, **settings)
    server.start()
    try:
        with application() as behind:
            printed = _printed(kind, server, behind, port, settings)
            with _proxy(kind, folder, port, printed):
                yield Proxied(port, server, scheme)
    finally:
        server.stop()


def _printed(kind: str, server: Server, behind: int, port: int, settings: dict[str, str]) -> str:
    own = {"PORT": str(server.port), "DOJANG_HOME": str(server.home)}
    return subprocess.check_output(
        [COMMAND, "forward-auth", "config", kind.partition(" ")[0],
         "--app", f"{APP}:{port}", "--upstream", f"http://127.0.0.1:{behind}",
         "--app", f"{STATUS}:{port}", "--upstream", f"http://127.0.0.1:{behind}"],
        env={**os.environ, **settings, **own},
        text=True,
    )  # fmt: skip


@contextmanager
def _proxy(kind: str, folder: Path, port: int, printed: str) -> Iterator[None]:
    log = folder / "proxy.log"
    with log.open("wb") as output:
        command = (
            _nginx(folder, port, printed) if kind == "nginx" else _caddy(kind, folder, printed)
        )
        own = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        process = subprocess.Popen(command, stdout=output, stderr=output, env=own)
    try:
        until(lambda: listens(port, process, log))
        yield
    finally:
        process.terminate()
        process.wait(30)


def _nginx(folder: Path, port: int, printed: str) -> list[str]:
    certify(folder)
    # The tests speak to this machine alone.
    printed = printed.replace(f"listen {port}", f"listen 127.0.0.1:{port}")
    printed = re.sub(r"/etc/ssl/\S+\.pem", str(folder / "cert.pem"), printed)
    printed = re.sub(r"/etc/ssl/\S+\.key", str(folder / "key.pem"), printed)
    return nginx_command(folder, f"server_names_hash_bucket_size 128;\n{printed}")


def _caddy(kind: str, folder: Path, printed: str) -> list[str]:
    program = (
        need("caddy") if kind.endswith("Debian") else str(Path(sys.executable).with_name("caddy"))
    )
    certify(folder)
    own = f"tls {folder / 'cert.pem'} {folder / 'key.pem'}"
    printed = re.sub(r"(?m)^https://.* \{$", rf"\g<0>\n\t{own}", printed)
    (folder / "Caddyfile").write_text(_CADDY.format(printed=printed))
    return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
