"""Who comes in, and how: sessions in SQLite, passwords, and GitHub."""

import os

from examples.own_users_sqlalchemy.tables import Base, User
from examples.own_users_sqlalchemy.users import Users
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from dojang import Cookie, ServerSide, Sessions, SqliteStore, clock
from dojang.adapters.auth_api.journal import Journal
from dojang.adapters.fastapi import CurrentUser
from dojang.auth import Events, OwnUsers, Throttle, schema
from dojang.auth.providers import Attempts, Credentials, Linking, RelyingParty, SignInWith, github

SECRET = os.environ["SESSION_SECRET"]
US = Credentials(id=os.environ["GITHUB_ID"], secret=os.environ["GITHUB_SECRET"])

engine = create_engine(os.environ.get("DATABASE", "sqlite:///app.db"))
Base.metadata.create_all(engine)
schema.upgrade(engine)  # makes dojang_events, for the record of what happened

store = SqliteStore(os.environ.get("SESSIONS", "sessions.db"))
# Plain http, for localhost; without cookie= it is a __Host- cookie that needs https.
sessions = Sessions(ServerSide(store), secret=SECRET, cookie=Cookie.for_local_development())
throttle = Throttle.beside(sessions)
passwords = OwnUsers(Users(engine), throttle)
hub = github().at(os.environ["GITHUB"]) if "GITHUB" in os.environ else github()
providers = SignInWith(
    [RelyingParty(hub, US)],
    attempts=Attempts(store, secret=SECRET, cookie=sessions.cookie),
    linking=Linking(users=Users(engine)),
    throttle=throttle,
)
journal = Journal(events=Events(engine, clock=clock.now))


def load_user(id: int) -> User | None:
    with Session(engine) as db:
        user = db.get(User, id)
    return user if user and user.is_active else None


current_user = CurrentUser(sessions, load_user=load_user)
