"""Every site there is: one server on loopback that plays all hosts, on http and on https."""

import html
import ipaddress
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dojang.doctor import Cors, Exchange
from dojang.wire import json

#: Every host that a situation may name.
HOSTS = (
    "one.test", "app.one.test", "api.one.test", "two.test", "www.two.test", "three.test",
    "localhost", "a.localhost", "b.localhost", "127.0.0.1",
    "front.vercel.app", "api.vercel.app", "front.fly.dev", "a.up.railway.app",
    "b.up.railway.app", "me.github.io", "github.io", "shop.co.kr", "www.shop.co.kr",
)  # fmt: skip

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclass
class Scene:
    """One exchange on stage: what the server answers, and what it saw."""

    exchange: Exchange
    set_cookies: Sequence[str] = ()
    first_method: str = ""
    seen: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def begins_with(self) -> str:
        """The method before any redirect."""
        return self.first_method or self.exchange.method

    @property
    def way(self) -> tuple[str, ...]:
        """Every URL from the first asked to the last."""
        return (*self.exchange.redirects, self.exchange.url)


class World:
    """The server, and the scenes that are being played."""

    def __init__(self, http: int, https: int) -> None:
        self.ports = {"http": http, "https": https}
        self.scenes: dict[str, Scene] = {}

    def url(self, scheme: str, host: str, path: str = "/") -> str:
        return f"{scheme}://{host}:{self.ports[scheme]}{path}"

    def put_on(self, scene: Scene) -> str:
        """Put a scene on stage, and return the URL that a browser has to open."""
        name = str(len(self.scenes))
        self.scenes[name] = scene
        pages = scene.exchange.pages
        asked_alone = scene.exchange.way == "typed"
        first = scene.way[0] if asked_alone or not pages else pages[0]
        part = "hop" if first == scene.way[0] and (asked_alone or not pages) else "page"
        return _with(first, scene=name, part=part, at="0")


def _with(url: str, **query: str) -> str:
    return f"{url}?{urlencode(query)}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        try:
            if isinstance(self.request, ssl.SSLSocket):
                self.request.do_handshake()
            super().handle()
        except (OSError, ssl.SSLError):
            self.close_connection = True  # a browser that changed its mind

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        self.rfile.read(length)
        query = {name: found[0] for name, found in parse_qs(urlsplit(self.path).query).items()}
        scene = self.server.world.scenes.get(query.get("scene", ""))
        if scene is None:
            self.answer(404, b"")
        elif query["part"] == "done":
            scene.done.set()
            self.answer(204, b"")
        elif query["part"] == "page":
            self.page(scene, query["scene"], int(query["at"]))
        elif self.command == "OPTIONS":
            self.preflight(scene)
        else:
            self.hop(scene, query["scene"], int(query["at"]))

    do_POST = do_PUT = do_OPTIONS = do_HEAD = do_GET  # noqa: N815 - of http.server

    def page(self, scene: Scene, name: str, at: int) -> None:
        pages = scene.exchange.pages
        if at + 1 < len(pages):
            inner = _with(pages[at + 1], scene=name, part="page", at=str(at + 1))
            self.document(f'<iframe src="{html.escape(inner)}"></iframe>')
        else:
            policy = "credentialless" if scene.exchange.credentialless else "unsafe-none"
            self.document(
                f"<script>{_script(scene, name)}</script>",
                [("cross-origin-embedder-policy", policy)],
            )

    def hop(self, scene: Scene, name: str, at: int) -> None:
        if at + 1 < len(scene.way):
            target = _with(scene.way[at + 1], scene=name, part="hop", at=str(at + 1))
            keeps = scene.begins_with == scene.exchange.method
            self.answer(307 if keeps else 302, b"", [("location", target), *self.cors(None)])
        else:
            self.arrival(scene, name)

    def arrival(self, scene: Scene, name: str) -> None:
        exchange = scene.exchange
        scene.seen.append(self.headers.get("cookie") or "")
        headers = [("set-cookie", line) for line in scene.set_cookies]
        headers += self.cors(exchange.cors)
        if exchange.way == "websocket":
            self.shake_hands(headers)
            return
        if exchange.way in {"image", "crossorigin"}:
            picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
            self.answer(exchange.status, picture, headers, "image/svg+xml")
            return
        own = _with(urlsplit(exchange.url)._replace(query="").geturl(), scene=name, part="done")
        if 300 <= exchange.status < 400:
            headers.append(("location", "/landing?" + urlencode({"scene": name, "part": "page",
                            "at": "99"})))  # fmt: skip
        script = f"fetch({json.dumps(own)}, {{credentials: 'omit', mode: 'no-cors'}})"
        loads = exchange.way in {"typed", "navigation", "reload", "frame"}
        body = f"<!doctype html><script>{script}</script>" if loads else "{}"
        self.answer(exchange.status, body.encode(), headers)

    def preflight(self, scene: Scene) -> None:
        cors = scene.exchange.cors
        if cors is not None and cors.preflight == "failed":
            self.answer(403, b"")
        else:
            allowed = [
                ("access-control-allow-methods", "PUT, POST"),
                ("access-control-allow-headers", "x-custom, content-type"),
            ]
            self.answer(204, b"", [*self.cors(None), *allowed])

    def cors(self, said: Cors | None) -> list[tuple[str, str]]:
        origin = self.headers.get("origin")
        if said is None:
            named = [("access-control-allow-origin", origin)] if origin else []
            return [*named, ("access-control-allow-credentials", "true")]
        headers = [
            ("access-control-allow-origin", said.allow_origin),
            ("access-control-allow-credentials", said.allow_credentials),
        ]
        return [header for header in headers if header[1]]

    def document(self, body: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        self.answer(200, f"<!doctype html><title>.</title>{body}".encode(), headers)

    def shake_hands(self, headers: list[tuple[str, str]]) -> None:
        key = (self.headers.get("sec-websocket-key") or "").encode()
        accept = b64encode(sha1(key + _GUID, usedforsecurity=False).digest()).decode()
        lines = ["HTTP/1.1 101 Switching Protocols", "upgrade: websocket", "connection: Upgrade"]
        lines += [f"sec-websocket-accept: {accept}", *(f"{n}: {value}" for n, value in headers)]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        self.close_connection = True

    def answer(
        self,
        status: int,
        body: bytes,
        headers: Sequence[tuple[str, str]] = (),
        kind: str = "text/html; charset=utf-8",
    ) -> None:
        fixed = [
            ("content-type", kind),
            ("cache-control", "no-store"),
            ("content-length", str(len(body))),
        ]
        lines = [
            f"HTTP/1.1 {status} .",
            *(f"{name}: {value}" for name, value in [*fixed, *headers]),
        ]
        # By hand: http.server would refuse some of what is to be tried.
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        if self.command != "HEAD":
            self.wfile.write(body)


def _script(scene: Scene, name: str) -> str:
    """Return what the innermost page does."""
    exchange = scene.exchange
    done = "() => fetch(" + json.dumps(f"?{urlencode({'scene': name, 'part': 'done'})}")
    done += ", {credentials: 'omit'})"
    target = json.dumps(_with(scene.way[0], scene=name, part="hop", at="0"))
    match exchange.way:
        case "navigation" | "reload" if scene.begins_with == "POST":
            return (
                "const form = document.createElement('form'); form.method = 'POST';"
                f"form.action = {target}; document.documentElement.append(form); form.submit()"
            )
        case "navigation" | "reload":
            return f"location.href = {target}"
        case "frame":
            return (
                f"const frame = document.createElement('iframe'); frame.src = {target};"
                "document.documentElement.append(frame)"
            )
        case "image" | "crossorigin":
            return (
                f"const i = new Image(); {_crossorigin(exchange)}"
                f"i.onload = i.onerror = {done}; i.src = {target}"
            )
        case "websocket":
            socket_url = target.replace('"http', '"ws', 1)
            return f"const s = new WebSocket({socket_url}); s.onclose = {done}"
        case "script":
            lines = json.dumps(list(scene.set_cookies))
            return f"for (const line of {lines}) document.cookie = line; ({done})()"
        case _:
            options = {"method": scene.begins_with, "credentials": exchange.credentials}
            custom = exchange.cors is not None and exchange.cors.preflight != "none"
            headers = {"headers": {"x-custom": "1"}} if custom else {}
            given = json.dumps({**options, **headers})
            return f"const done = {done}; fetch({target}, {given}).then(done, done)"


def _crossorigin(exchange: Exchange) -> str:
    if exchange.way == "image":
        return ""
    said = "use-credentials" if exchange.credentials == "include" else "anonymous"
    return f"i.crossOrigin = {json.dumps(said)}; "


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world: World
        self._context = context

    def get_request(self) -> tuple[socket.socket, object]:
        request, address = super().get_request()
        request.settimeout(30)
        if self._context is not None:
            # The handshake is the handler's, in its own thread.
            request = self._context.wrap_socket(
                request, server_side=True, do_handshake_on_connect=False
            )
        return request, address

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that hangs up is none of our business."""


@contextmanager
def open_world() -> Iterator[World]:
    """Serve every site until the block ends."""
    plain, encrypted = _Server(None), _Server(_certificate())
    world = World(plain.server_port, encrypted.server_port)
    threads = []
    for server in (plain, encrypted):
        server.world = world
        threads.append(threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True))
        threads[-1].start()
    try:
        yield world
    finally:
        for server, thread in zip((plain, encrypted), threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()


def _certificate() -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dojang tests")])
    now = datetime.now(UTC)
    names = [x509.DNSName(host) for host in HOSTS if host != "127.0.0.1"]
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([*names, address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pair.pem"
        pem = serialization.Encoding.PEM
        path.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + certificate.public_bytes(pem)
        )
        context.load_cert_chain(path)
    return context
