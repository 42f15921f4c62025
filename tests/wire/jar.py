"""A cookie jar that is not ours and that people really use: Chromium, before a server of raw lines.

Of the jars at hand only a browser judges by RFC 6265bis as it is lived: `http.cookiejar` follows
Netscape's draft and RFC 2965, and tough-cookie keeps the very file that the cases come from.
"""

import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import BrowserContext, sync_playwright

from tests.need import need

HOST = "home.example.org"

#: Every name leads here, and no proxy is asked.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * 127.0.0.1",
]

#: Asks as a page of the site would, and waits until the answer is there.
FETCH = "url => fetch(url, {mode: 'no-cors', credentials: 'include'}).then(() => null)"


class Jar:
    """One Chromium over one scheme, emptied between cases."""

    def __init__(self, context: BrowserContext, server: "Server", scheme: str) -> None:
        self.context = context
        self._server = server
        self._origin = f"{scheme}://{HOST}:{server.server_port}"
        self._page = context.new_page()
        self._page.goto(self._origin)

    def clear(self) -> None:
        """Forget every cookie."""
        self.context.clear_cookies()

    def receive(self, lines: list[str], path: str = "/set") -> None:
        """Take the Set-Cookie lines of one answer, from `path` on this host."""
        self._server.lines = [line.encode() for line in lines]
        self._page.evaluate(FETCH, self._origin + path)
        self._server.lines = []

    def send(self, path: str = "/", host: str = HOST) -> str:
        """Return the Cookie header of the next request, empty when there is none."""
        self._page.evaluate(FETCH, self._origin.replace(HOST, host) + path)
        return self._server.header.encode("latin-1").decode()


class Server(ThreadingHTTPServer):
    """Answers everything with the lines it was given, and keeps the last Cookie header."""

    daemon_threads = True
    lines: list[bytes]
    header: str

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lines = []
        self.header = ""
        if tls is not None:
            # The handshake waits for the thread of its connection: a browser opens some for later.
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, *_: Any) -> None:
        """Connections that the browser opened ahead and gave up are no errors."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        if self.path != "/favicon.ico":
            self.server.header = self.headers.get("Cookie", "")
        lines = b"".join(b"Set-Cookie: " + line + b"\r\n" for line in self.server.lines)
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + lines + b"\r\n")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def open_jars() -> Iterator[dict[str, Jar]]:
    """Start servers and a browser for as long as the block lasts; a jar for `http`, and `https`."""
    path = need("chromium")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        servers = {"http": Server(), "https": Server(_certified(folder))}
        for server in servers.values():
            stack.enter_context(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        stack.callback(browser.close)
        context = browser.new_context(ignore_https_errors=True)
        yield {scheme: Jar(context, server, scheme) for scheme, server in servers.items()}


def _certified(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
