"""WSGI: `environ["dojang.session"]` for any application, by a middleware or around one handler."""

from collections.abc import Callable, Iterable
from typing import Any

from dojang import blocking
from dojang.adapters import headers
from dojang.adapters.given import check_sessions
from dojang.adapters.hopeless import HOPELESS, Watch, in_environ
from dojang.adapters.wsgi_answer import Answer, StartResponse
from dojang.errors import Misuse
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.visits.visit import Kind, Visit

__all__ = [
    "KEY",
    "App",
    "Environ",
    "SessionMiddleware",
    "StartResponse",
    "opened",
    "save",
    "session_of",
    "watch",
    "with_session",
]

Environ = dict[str, Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

#: Where the session is in the environ.
KEY = "dojang.session"


def session_of(environ: Environ) -> Session:
    """Return the session of a request.

    Raises:
        Misuse: Neither the middleware nor the decorator is around the application.
    """
    session = environ.get(KEY)
    if not isinstance(session, Session):
        raise Misuse("no session: application = SessionMiddleware(application, sessions)")
    return session


def save(session: Session) -> None:
    """Write what has changed so far, from synchronous code; see `Session.save`.

    Raises:
        Misuse: The store has no blocking driver.
        NotJson: The data hold something that JSON does not have.
        ResponseStarted: A cookie is due and the headers have left.
        Conflict: Somebody else changed the session, and the policy is `error`.
        Unavailable: The store did not answer.
    """
    blocking.run(session.save())


class SessionMiddleware:
    """Opens a session for every request that looks at one, and writes what became of it.

    It is written when the application has returned, or has yielded or written the first piece of
    its body, whichever comes first; the headers are held back until then.
    """

    def __init__(self, app: App, sessions: Sessions) -> None:
        """Wrap `app`.

        Args:
            app: Any WSGI application (PEP 3333).
            sessions: Where they live.

        Raises:
            Misuse: `sessions` is something else.
        """
        check_sessions(sessions)
        self._app = app
        self._sessions = sessions
        self._watch = Watch(sessions.cookie)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        watch(self._watch, environ)
        visit = opened(self._sessions, environ)
        answer = Answer(visit, start_response)
        return answer.of(lambda: self._app(environ, answer.start))


def with_session(sessions: Sessions) -> Callable[[App], App]:
    """Return a decorator that opens a session for one handler, where no middleware is wanted.

    Only what `save(session)` was called for is written, and its cookie goes with the answer.

    Args:
        sessions: Where they live.

    Raises:
        Misuse: `sessions` is something else.
    """
    check_sessions(sessions)
    watcher = Watch(sessions.cookie)

    def around(handler: App) -> App:
        def handle(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            watch(watcher, environ)
            visit = opened(sessions, environ)
            answer = Answer(visit, start_response, saving=False)
            return answer.of(lambda: handler(environ, answer.start))

        return handle

    return around


def opened(sessions: Sessions, environ: Environ, *, kind: Kind = Session) -> Visit:
    """Return the visit of a request, and put its session into the environ.

    Args:
        sessions: Where they live.
        environ: Of the request.
        kind: Makes the session.

    Raises:
        Misuse: The store has no blocking driver, or is of one process and the server has several.
    """
    if environ.get("wsgi.multiprocess") and sessions.of_one_process:
        raise Misuse(
            "memory: keeps sessions in one process, and this server has several, each of which "
            "would know others: write sqlite:///sessions.db, or serve with one process"
        )
    opening = sessions.open(
        environ.get("HTTP_COOKIE", ""),
        bearer=headers.bearer(environ.get("HTTP_AUTHORIZATION", "")),
        device=headers.device(environ.get("REMOTE_ADDR"), environ.get("HTTP_USER_AGENT", "")),
        kind=kind,
    )
    visit = blocking.run(opening)
    environ[KEY] = visit.session
    return visit


def watch(watcher: Watch, environ: Environ) -> None:
    """Put into the environ why the browser will not keep the cookie, if that is so."""
    environ[HOPELESS] = watcher.look(
        in_environ(environ),
        scheme=environ.get("wsgi.url_scheme", "http"),
        peer=environ.get("REMOTE_ADDR") or "",
    )
