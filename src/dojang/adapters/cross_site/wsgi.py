"""The gate before a WSGI application."""

import io
from collections.abc import Callable, Collection, Iterable, Sequence
from http import HTTPStatus
from typing import Any

from dojang import blocking
from dojang.adapters.cross_site.gate import GATE, Asked, Gate
from dojang.adapters.given import check_sessions
from dojang.adapters.problems import log
from dojang.errors import DojangError
from dojang.sessions import Sessions
from dojang.wire import csrf, problem
from dojang.wire.cors import Cors
from dojang.wire.keyring import Keyring

__all__ = ["WSGICrossSiteMiddleware"]

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


class WSGICrossSiteMiddleware:
    """Refuses what another site sends, and lets the fronts call with credentials.

    It belongs outside of everything that answers, so that a front can read errors too.
    """

    def __init__(
        self,
        app: App,
        sessions: Sessions,
        *,
        fronts: Collection[str] = (),
        secret: Keyring | str | bytes | Sequence[str | bytes] | None = None,
        skip: Collection[str] = (),
        cors: Cors | None = None,
    ) -> None:
        """Wrap `app`; see `Gate` for what is allowed.

        Args:
            app: Any WSGI application (PEP 3333).
            sessions: Whose cookie it is.
            fronts: Origins of other addresses whose pages act for us.
            secret: Makes the tokens of forms.
            skip: Paths that anybody may send to.
            cors: The same as `fronts`, with more to say.

        Raises:
            Misuse: `sessions` is something else, a front is `*` or no origin, or `skip` is not
                paths.
            WeakSecret: A secret is too short.
        """
        check_sessions(sessions)
        self._app = app
        self._given = sessions
        self.gate = Gate(fronts=fronts, secret=secret, skip=skip, cors=cors)

    @property
    def sessions(self) -> Sessions:
        """Whose cookie it is."""
        return self._given

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        asked, cors = _asked(environ), self.gate.cors
        environ[GATE] = self.gate
        try:
            if cors.is_preflight(asked.method, asked.headers):
                return self._allow(asked, start_response)
            if self.gate.needs_token(asked):
                self._prove(asked, environ)
        except DojangError as error:
            log(error)
            told = cors.answered(problem.headers(error), asked.origin)
            return _answer(start_response, error.status, told, problem.body(error))

        def tell(status: str, given: Sequence[tuple[str, str]], *rest: object) -> object:
            return start_response(status, list(cors.answered(given, asked.origin)), *rest)

        return self._app(environ, tell if cors.origins else start_response)

    def _allow(self, asked: Asked, start_response: StartResponse) -> Iterable[bytes]:
        if not self.gate.cors.allows(asked.origin):
            self.gate.turn_away(asked)
        return _answer(start_response, 204, self.gate.cors.preflight(asked.origin or ""))

    def _prove(self, asked: Asked, environ: Environ) -> None:
        visit = blocking.run(self.sessions.open(asked.headers.get("cookie", "")))
        token = asked.headers.get(csrf.HEADER)
        if token is None:
            token = csrf.found_in(_beginning(environ))
        self.gate.prove(token, visit.session.handle)


def _asked(environ: Environ) -> Asked:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    return Asked(
        method=environ["REQUEST_METHOD"],
        scheme=environ["wsgi.url_scheme"],
        path=environ.get("PATH_INFO", ""),
        headers=headers,
    )


def _beginning(environ: Environ) -> bytes:
    """Return the first bytes of the body, which the application reads again."""
    length = environ.get("CONTENT_LENGTH") or ""
    # Beyond the length it says, or without one, reading may wait for ever.
    total = int(length) if length.isascii() and length.isdigit() else 0
    rest = environ["wsgi.input"]
    first: bytes = rest.read(min(total, csrf.LOOKED_AT)) if total else b""
    environ["wsgi.input"] = io.BufferedReader(_Both(first, rest, total - len(first)))
    return first


class _Both(io.RawIOBase):
    """Bytes that were read, and what is left of a body."""

    def __init__(self, first: bytes, rest: Any, left: int) -> None:  # noqa: ANN401 - as PEP 3333 has it
        super().__init__()
        self._first = io.BytesIO(first)
        self._rest = rest
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer
        piece = self._first.read(len(buffer))
        if not piece and self._left > 0:
            piece = self._rest.read(min(len(buffer), self._left))
            self._left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


def _answer(
    start_response: StartResponse,
    status: int,
    headers: Sequence[tuple[str, str]],
    body: bytes = b"",
) -> Iterable[bytes]:
    length = [("content-length", str(len(body)))] if body else []
    start_response(f"{status} {HTTPStatus(status).phrase}", [*headers, *length])
    return [body] if body else []
