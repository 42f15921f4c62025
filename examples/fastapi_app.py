"""FastAPI: sign in, see your devices, sign out everywhere; /docs knows the cookie.

SESSION_SECRET=$(dojang keys new) granian --interface asgi examples.fastapi_app:app
Where sessions live is SESSIONS: sqlite:///sessions.db, sealed:, redis://localhost, postgresql://...
"""

import os
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException

from dojang import Cookie, Session, Sessions
from dojang.adapters.fastapi import CurrentUser, SessionMiddleware, current_session

USERS = {"ada": "Ada Lovelace", "eve": "Eve"}  # yours come from a table, and have passwords
SESSIONS, SECRET = os.environ.get("SESSIONS", "sqlite:///sessions.db"), os.environ["SESSION_SECRET"]
# Plain http, for localhost; without cookie= it is a __Host- cookie that needs https.
sessions = Sessions.from_url(SESSIONS, secret=SECRET, cookie=Cookie.for_local_development())

app = FastAPI()
app.add_middleware(SessionMiddleware, sessions=sessions)

current_user = CurrentUser(sessions, load_user=USERS.get)
CurrentSession = Annotated[Session, Depends(current_session)]
User = Annotated[str, Depends(current_user)]
MaybeUser = Annotated[str | None, Depends(current_user.optional)]
FreshUser = Annotated[str, Depends(current_user.fresh(within=600))]


@app.get("/")
def home(session: CurrentSession, user: MaybeUser) -> str:
    session["visits"] = session.get("visits", 0) + 1
    return f"{user or 'nobody'}, visit {session['visits']}"


@app.post("/login/{name}")
async def login(name: str, session: CurrentSession) -> str:
    if name not in USERS:
        raise HTTPException(401)
    session.login(name)  # a new id; the old one dies
    return "welcome"


@app.get("/devices")
async def devices(session: CurrentSession, _: User) -> list[dict[str, str]]:
    entries = await sessions.list(session.user or "")
    return [{"since": f"{entry.created:%c}", "agent": entry.device.agent} for entry in entries]


@app.post("/logout-everywhere")
async def logout_everywhere(session: CurrentSession, _: FreshUser) -> str:
    return f"signed out at {await sessions.end_all(session.user or '')} places"
