"""WSGI without a framework: sign in, see your devices, sign out everywhere.

SESSION_SECRET=$(dojang keys new) gunicorn examples.wsgi_app:app
Where sessions live is SESSIONS: sqlite:///sessions.db, sealed:, redis://localhost, postgresql://...
"""

import os
from collections.abc import Iterable
from http import HTTPStatus

from dojang import Cookie, Session, Sessions, blocking
from dojang.adapters.wsgi import Environ, SessionMiddleware, StartResponse, session_of
from dojang.errors import Anonymous

USERS = {"ada": "Ada Lovelace", "eve": "Eve"}  # yours come from a table, and have passwords
SESSIONS, SECRET = os.environ.get("SESSIONS", "sqlite:///sessions.db"), os.environ["SESSION_SECRET"]
# Plain http, for localhost; without cookie= it is a __Host- cookie that needs https.
sessions = Sessions.from_url(SESSIONS, secret=SECRET, cookie=Cookie.for_local_development())


def answer(method: str, path: str, session: Session) -> tuple[int, str]:
    match method, path.strip("/").split("/"):
        case "GET", [""]:
            session["visits"] = session.get("visits", 0) + 1
            return 200, f"{USERS.get(str(session.user), 'nobody')}, visit {session['visits']}"
        case "POST", ["login", name] if name in USERS:
            session.login(name)  # a new id; the old one dies
            return 200, "welcome"
        case "POST", ["login", _]:
            return 401, "unknown"
        case "GET", ["devices"]:
            entries = blocking.run(sessions.list(signed_in(session)))
            return 200, "\n".join(f"since {entry.created:%c}" for entry in entries)
        case "POST", ["logout-everywhere"]:
            ended = blocking.run(sessions.end_all(signed_in(session)))
            return 200, f"signed out at {ended} places"
    return 404, "there is nothing here"


def signed_in(session: Session) -> str:
    if session.user is None:
        raise Anonymous  # a problem document with the status 401
    return str(session.user)


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    asked = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    status, text = answer(*asked, session_of(environ))
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [text.encode()]


app = SessionMiddleware(application, sessions)
