"""One line for every request and for what matters in it: JSON in production, else for reading.

Never in a line: cookies, passwords, tokens, query strings, what somebody typed as their login.
"""

import logging
import sys
import time
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any, TextIO, cast

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dojang.adapters.asgi.opening import KEY
from dojang.errors import DojangError, Missing, Unavailable
from dojang.server.errors import Failure
from dojang.session.session import Session
from dojang.wire import entropy

__all__ = ["ANSWERED", "Event", "Log", "Processor", "RequestLog", "log_of", "open_log"]

Log = structlog.typing.FilteringBoundLogger
Event = MutableMapping[str, Any]
Fault = Callable[[Request, DojangError], Response]
Processor = Callable[[object, str, Event], Event]

#: What the line of every request says.
ANSWERED = "answered"

#: Where in the scope the log of the request stands.
_LOG = "dojang.log"

#: Asked every few seconds by whatever watches the server; said only when they go wrong.
_WATCHED = {"/healthz", "/readyz", "/metrics"}

_CLIENT_ERROR, _SERVER_ERROR = 400, 500


def open_log(
    *, as_json: bool, stream: TextIO | None = None, counting: Sequence[Processor] = ()
) -> Log:
    """Return a log.

    Args:
        as_json: Whether machines read it.
        stream: Where whole lines go; standard error unless given.
        counting: See every line first.
    """
    out = stream or sys.stderr
    pretty = structlog.dev.ConsoleRenderer(
        colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    rendering = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [pretty]
    )
    wrapped = structlog.wrap_logger(
        structlog.WriteLogger(out),
        processors=[
            *counting,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _on_one_line,
            *rendering,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return cast("Log", wrapped)


def log_of(scope: Scope) -> Log:
    """Return the log of a request: its lines carry the id of the request."""
    log: Log = scope[_LOG]
    return log


class RequestLog:
    """Names each request, writes its line, and turns a fault in the program into an answer."""

    def __init__(self, app: ASGIApp, log: Log, fault: Fault) -> None:
        """Wrap `app`.

        Args:
            app: Any ASGI application.
            log: Where the lines go.
            fault: Makes the answer where the program failed.
        """
        self._app = app
        self._log = log
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        id = entropy.token(12)
        log = scope[_LOG] = self._log.bind(request=id)
        answer = _Answer(send, id)
        began = time.perf_counter()
        try:
            await self._app(scope, receive, answer.send)
        except Exception:
            log.exception("failed", method=scope["method"], path=scope["path"])
            if answer.status:  # too late for another answer: the server cuts this one off
                raise
            response = self._fault(Request(scope), Failure())
            await response(scope, receive, answer.send)
        _say(log, scope, answer.status, time.perf_counter() - began)


def _say(log: Log, scope: Scope, status: int, seconds: float) -> None:
    path = scope["path"]
    if path in _WATCHED and status < _CLIENT_ERROR:
        return
    level = logging.WARNING if status >= _SERVER_ERROR else logging.INFO
    ms = round(seconds * 1000, 1)
    log.log(
        level,
        ANSWERED,
        method=scope["method"],
        path=path,
        status=status,
        ms=ms,
        **_rejected(scope.get(KEY)),
    )


def _rejected(session: object) -> dict[str, str]:
    if not isinstance(session, Session):
        return {}
    try:
        code = session.rejected
    except Unavailable:  # it could not be looked at, which the status says
        return {}
    # Whoever brings nothing is no news.
    return {"rejected": code} if code and code != Missing.code else {}


class _Answer:
    """What is sent, with the id of the request; and the status, 0 before there is one."""

    def __init__(self, send: Send, id: str) -> None:
        self._send = send
        self._header = (b"x-request-id", id.encode())
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), self._header]}
        await self._send(message)


def _on_one_line(_logger: object, _method: str, event: Event) -> Event:
    # A line break or an escape sequence in a path would forge lines for whoever reads the log.
    return {name: _escaped(value) for name, value in event.items()}


def _escaped(value: object) -> object:
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in value
    )
