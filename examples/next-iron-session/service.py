"""The service behind the front: it reads and extends the very cookie that iron-session seals."""

import json
import os
from typing import Annotated

from fastapi import Depends, FastAPI, Form
from fastapi.responses import RedirectResponse

from dojang import Lifetime, Session, Sessions, SqliteStore, peers
from dojang.adapters.cross_site import CrossSiteMiddleware
from dojang.adapters.fastapi import CurrentUser, SessionMiddleware, current_session

passwords = json.loads(os.environ["SESSION_PASSWORDS"])
ended = SqliteStore(os.environ.get("REVOCATIONS", "revocations.db"))
peer = peers.IronSession(  # https=False is for http://localhost
    passwords, "session", https=False, principal="user", mirror_expiry="expires", revocations=ended
)
sessions = Sessions(peer, lifetime=Lifetime(idle=7 * 86_400, absolute=90 * 86_400))

app = FastAPI(dependencies=[Depends(CurrentUser(sessions))])  # lets nobody else in
app.add_middleware(SessionMiddleware, sessions=sessions)
# Last, so that it stands outside. Next puts another Host in the place of the one of the front.
app.add_middleware(CrossSiteMiddleware, sessions=sessions, fronts=[os.environ["FRONT"]])
go_home = {"response_class": RedirectResponse, "status_code": 303}
ThisSession = Annotated[Session, Depends(current_session)]


@app.get("/me")
async def me(session: ThisSession) -> dict[str, object]:
    return {"user": session.user, "note": session.get("note", "")}


@app.get("/welcome", **go_home)
async def welcome(session: ThisSession) -> str:
    session.rotate()  # now it has a name that the front carries along, and by which it is ended
    return "/"


@app.post("/note", **go_home)
async def note(text: Annotated[str, Form(max_length=200)], session: ThisSession) -> str:
    session["note"] = text
    return "/"


@app.post("/sign-out", **go_home)
async def sign_out(session: ThisSession) -> str:
    session.logout()
    return "/"


@app.post("/sign-out-everywhere", **go_home)
async def sign_out_everywhere(session: ThisSession) -> str:
    await sessions.end_all(session.user or "")
    return "/"
