"""Requests without a network: a driver for WSGI, one for ASGI, a client that keeps cookies."""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from wsgiref.validate import validator

Pairs = Sequence[tuple[str, str]]


class Ask(Protocol):
    def __call__(
        self, path: str, headers: Pairs, *, method: str = "GET", body: bytes = b""
    ) -> "Reply": ...


@dataclass
class Reply:
    status: int
    headers: list[tuple[str, str]]
    text: str = ""
    broken: BaseException | None = None

    def all(self, name: str) -> list[str]:
        return [value for found, value in self.headers if found.lower() == name]

    @property
    def cookies(self) -> list[str]:
        return [line.strip() for line in self.all("set-cookie")]

    @property
    def vary(self) -> set[str]:
        """The lower-case names of all Vary headers."""
        return {name.strip().lower() for value in self.all("vary") for name in value.split(",")}


@dataclass
class Client:
    """A browser: it keeps what it is told to, and sends it again."""

    ask: Ask
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str, *headers: tuple[str, str]) -> Reply:
        return self.send("GET", path, *headers)

    def post(self, path: str, body: str, *headers: tuple[str, str]) -> Reply:
        return self.send("POST", path, *headers, body=body.encode())

    def send(self, method: str, path: str, *headers: tuple[str, str], body: bytes = b"") -> Reply:
        if self.cookies and not any(name == "cookie" for name, _ in headers):
            headers = (("cookie", self.header), *headers)
        reply = self.ask(path, headers, method=method, body=body)
        for line in reply.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "max-age=0" in line.lower():
                del self.cookies[name]
        return reply

    def twin(self) -> "Client":
        """Another tab: the same cookies, now."""
        return Client(self.ask, dict(self.cookies))


def over_wsgi(app: Any) -> Ask:
    """Ask `app` as a server would that is strict about PEP 3333."""
    strict = validator(app)

    def ask(path: str, headers: Pairs, *, method: str = "GET", body: bytes = b"") -> Reply:
        reply = Reply(0, [])
        pieces: list[bytes] = []

        def start_response(status: str, given: Any, exc_info: Any = None) -> Any:
            if exc_info and pieces:
                raise exc_info[1]
            reply.status, reply.headers = int(status[:3]), list(given)
            return pieces.append

        answer: Iterable[bytes] = ()
        try:
            answer = strict(_environ(path, headers, method, body), start_response)
            pieces.extend(answer)
        except Exception as error:  # noqa: BLE001 - a server survives its applications
            reply.broken = error
            reply.status = reply.status if pieces else 500
            reply.headers = reply.headers if pieces else []
        finally:
            getattr(answer, "close", lambda: None)()
        reply.text = b"".join(pieces).decode()
        return reply

    return ask


def over_asgi(app: Callable[..., Awaitable[None]]) -> Ask:
    def ask(path: str, headers: Pairs, *, method: str = "GET", body: bytes = b"") -> Reply:
        reply = Reply(0, [])
        pieces: list[bytes] = []
        come = iter([{"type": "http.request", "body": body, "more_body": False}])
        answered = asyncio.Event()

        async def receive() -> Any:
            for message in come:
                return message
            await answered.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                reply.headers = [(k.decode(), v.decode("latin-1")) for k, v in message["headers"]]
            else:
                pieces.append(message.get("body", b""))
                if not message.get("more_body", False):
                    answered.set()

        async def main() -> None:
            try:
                sized = [*headers, ("content-length", str(len(body)))] if body else headers
                await app(_scope(path, sized, method), receive, send)
            except Exception as error:  # noqa: BLE001 - a server survives its applications
                reply.broken = error
                reply.status = reply.status or 500

        asyncio.run(main())
        reply.text = b"".join(pieces).decode()
        return reply

    return ask


def _environ(path: str, headers: Pairs, method: str, body: bytes) -> dict[str, Any]:
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "",
        "SERVER_NAME": "testserver", "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.7", "wsgi.version": (1, 0), "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False, "HTTP_HOST": "testserver",
    }  # fmt: skip
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    named = {name.upper().replace("-", "_"): value for name, value in headers}
    own = {"CONTENT_TYPE", "CONTENT_LENGTH"}  # which PEP 3333 gives no prefix
    return environ | {k if k in own else f"HTTP_{k}": value for k, value in named.items()}


def _scope(path: str, headers: Pairs, method: str) -> dict[str, Any]:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "https", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "server": ("testserver", 443), "client": ("192.0.2.7", 1234),
        "headers": [(b"host", b"testserver"), *raw], "extensions": {},
    }  # fmt: skip
