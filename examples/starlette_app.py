"""Starlette: sign in, see your devices, sign out everywhere; `request.user` from the session.

SESSION_SECRET=$(dojang keys new) granian --interface asgi examples.starlette_app:app
Where sessions live is SESSIONS: sqlite:///sessions.db, sealed:, redis://localhost, postgresql://...
"""

import os

from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dojang import Cookie, Sessions
from dojang.adapters.starlette import SessionAuthentication, SessionMiddleware, session_of

USERS = {"ada": "Ada Lovelace", "eve": "Eve"}  # yours come from a table, and have passwords
SESSIONS, SECRET = os.environ.get("SESSIONS", "sqlite:///sessions.db"), os.environ["SESSION_SECRET"]
# Plain http, for localhost; without cookie= it is a __Host- cookie that needs https.
sessions = Sessions.from_url(SESSIONS, secret=SECRET, cookie=Cookie.for_local_development())


async def home(request: Request) -> Response:
    visits = request.session["visits"] = request.session.get("visits", 0) + 1
    name = request.user if request.auth.scopes else "nobody"
    return PlainTextResponse(f"{name}, visit {visits}")


async def login(request: Request) -> Response:
    if request.path_params["name"] not in USERS:
        return PlainTextResponse("unknown", 401)
    session_of(request).login(request.path_params["name"])  # a new id; the old one dies
    return PlainTextResponse("welcome")


@requires("authenticated", status_code=401)
async def devices(request: Request) -> Response:
    entries = await sessions.list(session_of(request).user or "")
    return JSONResponse([{"since": f"{entry.created:%c}"} for entry in entries])


@requires("authenticated", status_code=401)
async def logout_everywhere(request: Request) -> Response:
    ended = await sessions.end_all(session_of(request).user or "")
    return PlainTextResponse(f"signed out at {ended} places")


app = Starlette(
    routes=[Route("/", home), Route("/login/{name}", login, methods=["POST"]),
            Route("/devices", devices),
            Route("/logout-everywhere", logout_everywhere, methods=["POST"])],
    middleware=[Middleware(SessionMiddleware, sessions=sessions, skip=["/static"]),
                Middleware(AuthenticationMiddleware,
                           backend=SessionAuthentication(load_user=USERS.get))],
)  # fmt: skip
