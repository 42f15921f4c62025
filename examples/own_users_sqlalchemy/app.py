"""FastAPI with users in a table of its own, who come in with a password or with GitHub.

export SESSION_SECRET=$(dojang keys new) GITHUB_ID=... GITHUB_SECRET=... URL=http://localhost:8000
granian --interface asgi examples.own_users_sqlalchemy.app:app
"""

import os
from typing import Annotated

from examples.own_users_sqlalchemy.door import current_user, journal, passwords, providers, sessions
from examples.own_users_sqlalchemy.tables import User
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel

from dojang import SessionMiddleware, session_of
from dojang.adapters.auth_api.callers import address
from dojang.adapters.cross_site import CrossSiteMiddleware
from dojang.adapters.provider_routes import ProviderRoutes
from dojang.auth import InvalidCredentials, TooManyAttempts

app = FastAPI()
# A button posts to /sign-in/with/github, or to /link/github for whoever is signed in.
app.router.routes.extend(ProviderRoutes(providers, url=os.environ["URL"], principal=int).routes)
app.add_middleware(SessionMiddleware, sessions=sessions)
app.add_middleware(CrossSiteMiddleware, sessions=sessions)


class Typed(BaseModel):
    login: str
    password: str


@app.post("/sign-up")
async def sign_up(typed: Typed, request: Request) -> None:
    user = await passwords.sign_up(typed.login, typed.password, address=address(request))
    await enter(request, user, "signed-up")


@app.post("/sign-in")
async def sign_in(typed: Typed, request: Request) -> None:
    try:
        proven = await passwords.by_password(typed.login, typed.password, address=address(request))
    except (InvalidCredentials, TooManyAttempts) as error:
        await journal.refused(request, "login-refused", error)
        raise
    await enter(request, proven.user, "logged-in", at=proven.at)


@app.get("/me")
async def me(user: Annotated[User, Depends(current_user)]) -> dict[str, object]:
    return {"id": user.id, "login": user.login}


async def enter(request: Request, user: str, kind: str, *, at: int | None = None) -> None:
    session = session_of(request)
    session.login(int(user), at=at)
    await session.save()  # so that only what came to be is noted
    await journal.note(request, kind, user=user)
