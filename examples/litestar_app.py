"""Litestar: sign in, see your devices, sign out everywhere.

SESSION_SECRET=$(dojang keys new) granian --interface asgi examples.litestar_app:app
Where sessions live is SESSIONS: sqlite:///sessions.db, sealed:, redis://localhost, postgresql://...
"""

import os
from typing import Any

from litestar import Litestar, Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.params import FromPath

from dojang import Cookie, Session, Sessions
from dojang.adapters.litestar import Dojang, fresh, signed_in

USERS = {"ada": "Ada Lovelace", "eve": "Eve"}  # yours come from a table, and have passwords
SESSIONS, SECRET = os.environ.get("SESSIONS", "sqlite:///sessions.db"), os.environ["SESSION_SECRET"]
# Plain http, for localhost; without cookie= it is a __Host- cookie that needs https.
sessions = Sessions.from_url(SESSIONS, secret=SECRET, cookie=Cookie.for_local_development())


@get("/")
async def home(request: Request[Any, Any, Any], optional_user: NamedDependency[str | None]) -> str:
    visits = request.session["visits"] = request.session.get("visits", 0) + 1
    return f"{optional_user or 'nobody'}, visit {visits}"


@post("/login/{name:str}")
async def login(name: FromPath[str], current_session: NamedDependency[Session]) -> str:
    if name not in USERS:
        raise NotAuthorizedException
    current_session.login(name)  # a new id; the old one dies
    return "welcome"


@get("/devices", guards=[signed_in])
async def devices(current_session: NamedDependency[Session]) -> list[dict[str, str]]:
    entries = await sessions.list(current_session.user or "")
    return [{"since": f"{entry.created:%c}", "agent": entry.device.agent} for entry in entries]


@post("/logout-everywhere", guards=[fresh(within=600)])
async def logout_everywhere(current_session: NamedDependency[Session]) -> str:
    return f"signed out at {await sessions.end_all(current_session.user or '')} places"


app = Litestar(
    [home, login, devices, logout_everywhere], plugins=[Dojang(sessions, load_user=USERS.get)]
)
