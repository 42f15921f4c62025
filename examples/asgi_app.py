"""ASGI without a framework: sign in, see your devices, sign out everywhere.

SESSION_SECRET=$(dojang keys new) granian --interface asgi examples.asgi_app:app
Where sessions live is SESSIONS: sqlite:///sessions.db, sealed:, redis://localhost, postgresql://...
"""

import os

from dojang import Cookie, Session, Sessions
from dojang.adapters.asgi import Receive, Scope, Send, SessionMiddleware
from dojang.errors import Anonymous

USERS = {"ada": "Ada Lovelace", "eve": "Eve"}  # yours come from a table, and have passwords
SESSIONS, SECRET = os.environ.get("SESSIONS", "sqlite:///sessions.db"), os.environ["SESSION_SECRET"]
# Plain http, for localhost; without cookie= it is a __Host- cookie that needs https.
sessions = Sessions.from_url(SESSIONS, secret=SECRET, cookie=Cookie.for_local_development())


async def answer(method: str, path: str, session: Session) -> tuple[int, str]:
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
            entries = await sessions.list(signed_in(session))
            return 200, "\n".join(f"since {entry.created:%c}" for entry in entries)
        case "POST", ["logout-everywhere"]:
            return 200, f"signed out at {await sessions.end_all(signed_in(session))} places"
    return 404, "there is nothing here"


def signed_in(session: Session) -> str:
    if session.user is None:
        raise Anonymous  # a problem document with the status 401
    return str(session.user)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    await receive()
    status, text = await answer(scope["method"], scope["path"], scope["session"])
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


app = SessionMiddleware(application, sessions)
