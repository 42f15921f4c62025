"""Quart: sign in, see your devices, sign out everywhere.

SESSION_SECRET=$(dojang keys new) granian --interface asgi examples.quart_app:app
Where sessions live is SESSIONS: sqlite:///sessions.db, sealed:, redis://localhost, postgresql://...
"""

import os

from quart import Quart

from dojang import Cookie, Sessions
from dojang.adapters.quart import Dojang, current_user, login_required, session

USERS = {"ada": "Ada Lovelace", "eve": "Eve"}  # yours come from a table, and have passwords
SESSIONS, SECRET = os.environ.get("SESSIONS", "sqlite:///sessions.db"), os.environ["SESSION_SECRET"]
# Plain http, for localhost; without cookie= it is a __Host- cookie that needs https.
sessions = Sessions.from_url(SESSIONS, secret=SECRET, cookie=Cookie.for_local_development())

app = Quart(__name__)
Dojang(app, sessions, load_user=USERS.get)


@app.get("/")
async def home() -> str:
    session["visits"] = session.get("visits", 0) + 1
    return f"{await current_user() or 'nobody'}, visit {session['visits']}"


@app.post("/login/<name>")
async def login(name: str) -> tuple[str, int]:
    if name not in USERS:
        return "unknown", 401
    session.login(name)  # a new id; the old one dies
    session.permanent = True
    return "welcome", 200


@app.get("/devices")
@login_required
async def devices() -> list[dict[str, str]]:
    entries = await sessions.list(session.user or "")
    return [{"since": f"{entry.created:%c}", "agent": entry.device.agent} for entry in entries]


@app.post("/logout-everywhere")
@login_required
async def logout_everywhere() -> str:
    return f"signed out at {await sessions.end_all(session.user or '')} places"
