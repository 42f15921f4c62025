"""The service behind the front: it serves the very sessions that express-session keeps in Redis."""

import os
from typing import Annotated

from fastapi import Depends, FastAPI, Form
from fastapi.responses import RedirectResponse

from dojang import Session, Sessions, peers
from dojang.adapters.cross_site import CrossSiteMiddleware
from dojang.adapters.fastapi import CurrentUser, SessionMiddleware, current_session
from dojang.stores.redis import RedisStore
from dojang.wire.express.express_session import StoredCookie

secrets = os.environ["SESSION_SECRETS"].split()  # newest first
# The option `cookie` of express-session; add secure=True where there is https.
cookie = StoredCookie(original_max_age=7 * 86_400_000, same_site="lax")
store = RedisStore(os.environ["REDIS_URL"], layout="connect-redis", cookie=cookie)
sessions = Sessions(peers.Express(secrets, store, rolling=True, principal="user"))

app = FastAPI(dependencies=[Depends(CurrentUser(sessions))])  # lets nobody else in
app.add_middleware(SessionMiddleware, sessions=sessions)
app.add_middleware(CrossSiteMiddleware, sessions=sessions)  # last, so that it stands outside
go_home = {"response_class": RedirectResponse, "status_code": 303}
ThisSession = Annotated[Session, Depends(current_session)]


@app.get("/me")
async def me(session: ThisSession) -> dict[str, object]:
    return {"user": session.user, "note": session.get("note", "")}


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
