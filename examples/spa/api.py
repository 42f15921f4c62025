"""The API behind index.html, a single-page front on another port.

export SESSION_SECRET=$(dojang keys new) FRONT=http://localhost:3000
granian --interface asgi examples.spa.api:app
python -m http.server 3000 --directory examples/spa    # with axios.min.js beside the page
"""

import os

from fastapi import FastAPI, Request

from dojang import Cookie, SessionMiddleware, Sessions, session_of
from dojang.adapters.cross_site import CrossSiteMiddleware

home, local = os.environ.get("SESSIONS", "sealed:"), Cookie.for_local_development()
sessions = Sessions.from_url(home, secret=os.environ["SESSION_SECRET"], cookie=local)
app = FastAPI()
app.add_middleware(SessionMiddleware, sessions=sessions)
# Added last: it stands outside, so that the front can read errors too.
app.add_middleware(CrossSiteMiddleware, sessions=sessions, fronts=[os.environ["FRONT"]])


@app.post("/login/{name}")  # yours asks for a password
async def login(name: str, request: Request) -> None:
    session_of(request).login(name)


@app.get("/me")
async def me(request: Request) -> dict[str, object]:
    return {"user": session_of(request).user, "cart": request.session.get("cart", [])}


@app.put("/cart/{item}")
async def put(item: str, request: Request) -> None:
    request.session.setdefault("cart", []).append(item)


@app.post("/logout")
async def logout(request: Request) -> None:
    request.session.clear()
