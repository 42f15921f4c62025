"""The service behind the front: it reads and extends the very cookie that iron-session seals."""

import json
import os
from typing import Annotated

from fastapi import Depends, FastAPI, Form, HTTPException
from fastapi.responses import RedirectResponse

from dojang import Lifetime, Session, Sessions, SqliteStore, peers
from dojang.adapters.cross_site import CrossSiteMiddleware
from dojang.adapters.fastapi import SessionMiddleware, current_session

passwords = json.loads(os.environ["SESSION_PASSWORDS"])
ended = SqliteStore(os.environ.get("REVOCATIONS", "revocations.db"))
peer = peers.IronSession(  # https=False is for http://localhost
    passwords, "session", https=False, principal="user", mirror_expiry="expires", revocations=ended
)
sessions = Sessions(peer, lifetime=Lifetime(idle=7 * 86_400, absolute=90 * 86_400))

app = FastAPI()
app.add_middleware(SessionMiddleware, sessions=sessions)
# Last, so that it stands outside. Next puts another Host in the place of the one of the front.
app.add_middleware(CrossSiteMiddleware, sessions=sessions, fronts=[os.environ["FRONT"]])
go_home = {"response_class": RedirectResponse, "status_code": 303}


def signed_in(session: Annotated[Session, Depends(current_session)]) -> Session:
    if session.user is None:
        raise HTTPException(401, session.rejected)
    return session


SignedIn = Annotated[Session, Depends(signed_in)]


@app.get("/me")
async def me(session: SignedIn) -> dict[str, object]:
    return {"user": session.user, "note": session.get("note", "")}


@app.get("/welcome", **go_home)
async def welcome(session: SignedIn) -> str:
    session.rotate()  # now it has a name that the front carries along, and by which it is ended
    return "/"


@app.post("/note", **go_home)
async def note(text: Annotated[str, Form(max_length=200)], session: SignedIn) -> str:
    session["note"] = text
    return "/"


@app.post("/sign-out", **go_home)
async def sign_out(session: SignedIn) -> str:
    session.logout()
    return "/"


@app.post("/sign-out-everywhere", **go_home)
async def sign_out_everywhere(session: SignedIn) -> str:
    await sessions.end_all(session.user or "")
    return "/"
