"""Flask: sign in, see your devices, sign out everywhere.

SESSION_SECRET=$(dojang keys new) flask --app examples/flask_app.py run
Where sessions live is SESSIONS: sqlite:///sessions.db, sealed:, redis://localhost, postgresql://...
"""

import os

from flask import Flask, redirect, request, url_for
from markupsafe import escape
from werkzeug import Response

from dojang import Cookie, Sessions, blocking
from dojang.adapters.flask import Dojang, current_user, login_required, session

USERS = {"ada": "Ada Lovelace", "eve": "Eve"}  # yours come from a table, and have passwords

# Plain http, for localhost; without cookie= it is a __Host- cookie that needs https.
sessions = Sessions.from_url(
    os.environ.get("SESSIONS", "sqlite:///sessions.db"),
    secret=os.environ["SESSION_SECRET"],
    cookie=Cookie.for_local_development(),
)
app = Flask(__name__)
Dojang(app, sessions, load_user=USERS.get)


@app.get("/")
def home() -> str:
    session["visits"] = session.get("visits", 0) + 1
    name = escape(str(current_user) if current_user else "nobody")
    return f"{name}, visit {session['visits']}, served by {os.getpid()}"


@app.post("/login/<name>")
def login(name: str) -> Response | tuple[str, int]:
    if name not in USERS:
        return "unknown", 401
    session.login(name)  # a new id; the old one dies
    session.permanent = "remember" in request.form
    return redirect(url_for("home"))


@app.get("/devices")
@login_required
def devices() -> list[dict[str, str]]:
    entries = blocking.run(sessions.list(session.user or ""))
    return [{"since": f"{entry.created:%c}", "agent": entry.device.agent} for entry in entries]


@app.post("/logout")
def logout() -> Response:
    session.clear()
    return redirect(url_for("home"))


@app.post("/logout-everywhere")
@login_required
def logout_everywhere() -> str:
    return f"signed out at {blocking.run(sessions.end_all(session.user or ''))} places"
