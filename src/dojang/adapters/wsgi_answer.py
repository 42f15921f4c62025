"""One WSGI answer on its way out: held back until its session is written."""

from collections.abc import Callable, Generator, Iterable
from http import HTTPStatus

from dojang import blocking
from dojang.adapters import headers
from dojang.adapters.bodies import Body, close
from dojang.adapters.headers import Headers
from dojang.adapters.problems import log
from dojang.errors import DojangError, Refused, Rejected
from dojang.visits.visit import Visit
from dojang.wire import problem

__all__ = ["Answer", "StartResponse"]

Write = Callable[[bytes], object]
StartResponse = Callable[..., Write]


class Answer:
    """What the application says, sent on once the first piece of the body is due (PEP 3333)."""

    def __init__(self, visit: Visit, start_response: StartResponse, *, saving: bool = True) -> None:
        """Stand between an application and its server.

        Args:
            visit: Of the request.
            start_response: The server's.
            saving: Whether what became of the session is written; or only what was saved is told.
        """
        self._visit = visit
        self._start_response = start_response
        self._saving = saving
        self._said: tuple[str, Headers] | None = None
        self._lines: list[str] = []
        self._write: Write | None = None
        self.sent = False
        self.refused = False

    def start(self, status: str, given: Headers, exc_info: object = None) -> Write:
        """Take what the application says; this is the `start_response` it is called with."""
        if self._said is not None and exc_info is None:
            raise AssertionError("start_response was called twice without exc_info")
        self._said = status, list(given)
        if self.sent and not self.refused:
            # An error handler answers otherwise, or the server says that it is too late for that.
            self._write = self._start_response(status, self._told(status, given), exc_info)
        return self._say

    def of(self, work: Callable[[], Iterable[bytes]]) -> Iterable[bytes]:
        """Return the body that `work` gives, or that of a problem document."""
        try:
            body = self._caught(work)
        except DojangError as error:
            if self.sent:
                raise
            return [self.refuse(error)]
        try:
            self.send()
        except DojangError as error:
            close(body)
            return [self.refuse(error)]
        if self.refused:
            close(body)
            return []
        # Of a list no code runs any more, and a server that knows its length may use it.
        return (
            body if isinstance(body, list | tuple) and self.sent else Body(self._pieces(body), body)
        )

    def send(self) -> None:
        """Write the session and give the server the headers, unless it has them."""
        if self._said is None or self.sent:
            return
        status, given = self._said
        closing = self._visit.close(int(status[:3])) if self._saving else None
        self._lines = list(self._visit.leave() if closing is None else blocking.run(closing))
        self._visit.start()
        self.sent = True
        self._write = self._start_response(status, self._told(status, given))

    def refuse(self, error: DojangError) -> bytes:
        """Answer with a problem document instead of what the application said; return its body."""
        log(error)
        self._lines = list(self._visit.leave())
        self._visit.start()
        self.sent = self.refused = True
        status, given, body = _problem(error)
        self._write = self._start_response(status, self._told(status, given))
        return body

    def _caught(self, work: Callable[[], Iterable[bytes]]) -> Iterable[bytes]:
        try:
            return work()
        except (Rejected, Refused) as error:
            if self.sent:
                raise
            # A refusal is an answer like any other.
            status, given, body = _problem(error)
            self._said = status, given
            return [body]

    def _told(self, status: str, given: Headers) -> Headers:
        return headers.answered(given, self._lines, self._visit, status=int(status[:3]))

    def _pieces(self, body: Iterable[bytes]) -> Generator[bytes]:
        try:
            for piece in body:
                self.send()
                if not self.refused:
                    yield piece
            self.send()
        except DojangError as error:
            if self.sent:
                raise
            yield self.refuse(error)
        if not self.refused:
            blocking.run(self._visit.finish())

    def _say(self, data: bytes) -> None:
        if self.refused:
            return
        try:
            self.send()
        except DojangError as error:
            data = self.refuse(error)
        assert self._write is not None
        self._write(data)


def _problem(error: DojangError) -> tuple[str, Headers, bytes]:
    body = problem.body(error)
    told = [*problem.headers(error), ("content-length", str(len(body)))]
    return f"{error.status} {HTTPStatus(error.status).phrase}", told, body
