"""Flask's session interface over `Sessions`."""

from collections.abc import Iterable
from functools import partial
from typing import cast

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin

from dojang import blocking
from dojang.adapters.bodies import followed
from dojang.adapters.flask.config import Settled
from dojang.adapters.flask.cookie_facts import CookieFacts
from dojang.adapters.flask.problems import refuse
from dojang.adapters.flask.session import FlaskSession
from dojang.adapters.hopeless import Watch
from dojang.adapters.wsgi import opened, watch
from dojang.errors import DojangError, Misuse
from dojang.sessions import Sessions
from dojang.visits.visit import Visit

__all__ = ["DojangSessionInterface"]


class DojangSessionInterface(CookieFacts, SessionInterface):
    """Opens the session of a request, and writes what became of it into the response."""

    session_class = FlaskSession

    def __init__(self, sessions: Sessions | Settled) -> None:
        """Keep sessions where `sessions` says, or what it gives at each request."""
        self._settled: Settled = sessions if callable(sessions) else lambda: sessions
        self._watch = Watch(self.sessions.cookie)
        #: An application may register tags of its own, as with Flask's.
        self.serializer = TaggedJSONSerializer()

    @property
    def sessions(self) -> Sessions:
        """Where sessions live."""
        return self._settled()

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        """Return the session of a request; it is looked up when the application looks at it."""
        permanent = bool(app.config.get("SESSION_PERMANENT", False))
        kind = partial(self.session_class, tags=self.serializer, permanent=permanent)
        sessions = self.sessions
        if self._watch.cookie != sessions.cookie:
            self._watch = Watch(sessions.cookie)
        watch(self._watch, request.environ)
        visit = opened(sessions, request.environ, kind=kind)
        return cast("FlaskSession", visit.session)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session and put its cookie into `response`, or a problem document.

        Raises:
            Misuse: The application put something into the session that cannot be kept.
        """
        del app
        visit = cast("FlaskSession", session).visit
        try:
            lines = list(blocking.run(visit.close(response.status_code)))
        except Misuse:
            # Flask's own way with faults of the application: a log entry, or the debugger.
            raise
        except DojangError as error:
            lines = list(visit.leave())
            refuse(response, error)
        visit.start()
        _tell(response, lines, visit)
        if response.is_streamed and not response.direct_passthrough:
            pieces = cast("Iterable[bytes]", response.response)
            response.response = followed(pieces, lambda: blocking.run(visit.finish()))


def _tell(response: Response, lines: list[str], visit: Visit) -> None:
    if visit.session.accessed:
        response.vary.update(visit.depends_on)
    challenge = visit.challenge(response.status_code)
    if challenge:
        response.headers.setdefault("WWW-Authenticate", challenge)
    if lines:
        # A shared cache must not keep an answer that hands out a session.
        response.headers["Cache-Control"] = "no-store"
    for line in lines:
        response.headers.add("Set-Cookie", line)
