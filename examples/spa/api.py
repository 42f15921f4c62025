"""The API behind a single-page front on another port: cookies, CORS and CSRF from one list.

export SESSION_SECRET=$(dojang keys new) FRONT=http://localhost:3000
granian --interface asgi examples.spa.api:app
python -m http.server 3000 --directory examples/spa    # with axios.min.js beside the page
"""

import os

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

from dojang import Cookie, SessionMiddleware, Sessions, session_of
from dojang.adapters.cross_site import CrossSiteMiddleware

USERS = {"ada", "eve"}  # yours come from a table, and have passwords

# Plain http, for localhost; without cookie= it is a __Host- cookie that needs https.
sessions = Sessions.from_url(
    os.environ.get("SESSIONS", "sealed:"),
    secret=os.environ["SESSION_SECRET"],
    cookie=Cookie.for_local_development(),
)
app = FastAPI()
app.add_middleware(SessionMiddleware, sessions=sessions)
# Added last, so that the front can read errors too.
app.add_middleware(CrossSiteMiddleware, sessions=sessions, fronts=[os.environ["FRONT"]])


class Login(BaseModel):
    """Who signs in."""

    name: str


@app.post("/login")
async def login(form: Login, request: Request) -> dict[str, str]:
    if form.name not in USERS:
        raise HTTPException(401, "unknown")
    session_of(request).login(form.name)
    return {"user": form.name}


@app.get("/me")
async def me(request: Request) -> dict[str, object]:
    session = session_of(request)
    return {"user": session.user, "cart": session.get("cart", [])}


@app.put("/cart/{item}")
async def put(item: str, request: Request) -> dict[str, object]:
    session_of(request).setdefault("cart", []).append(item)
    return await me(request)


@app.post("/logout")
async def logout(request: Request) -> None:
    session_of(request).clear()
