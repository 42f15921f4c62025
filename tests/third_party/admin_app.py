"""starlette-admin as its manual has it, with our middleware where it has Starlette's."""

import os
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import StaticPool
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette_admin.auth import AdminUser, AuthProvider
from starlette_admin.contrib.sqla import Admin, ModelView
from starlette_admin.exceptions import LoginFailed

from dojang import Cookie, SessionMiddleware, Sessions

sessions = Sessions.from_url(
    os.environ["SESSIONS"],
    secret=os.environ["SESSION_SECRET"],
    cookie=Cookie.for_local_development(),
    principal="username",  # where this application keeps its user
)


class Base(DeclarativeBase):
    pass


class Seal(Base):
    __tablename__ = "seals"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Users(AuthProvider):
    async def login(
        self, username: str, password: str, remember_me: bool, request: Request
    ) -> None:
        del remember_me
        if (username, password) != ("ada", "seal upon paper"):
            raise LoginFailed("Invalid username or password")
        request.session.update({"username": username})

    async def authenticate(self, request: Request) -> AdminUser | None:
        name = request.session.get("username")
        return AdminUser(username=name) if name else None

    async def logout(self, request: Request) -> None:
        request.session.clear()


engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
Base.metadata.create_all(engine)
app = Starlette()
own: Any = Middleware(SessionMiddleware, sessions=sessions)
admin = Admin(
    engine,
    auth_provider=Users(),
    middlewares=[own],
    secret_key=os.environ["SESSION_SECRET"],
)
admin.add_view(ModelView(Seal))
admin.mount_to(app)
