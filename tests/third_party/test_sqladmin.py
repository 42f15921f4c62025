"""sqladmin in a FastAPI application: its login and its forms on our sessions."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqladmin import Admin, ModelView
from sqladmin.authentication import AuthenticationBackend
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import StaticPool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.testclient import TestClient

from dojang import blocking
from dojang.adapters.fastapi import SessionMiddleware
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.conftest import SECRET


class Base(DeclarativeBase):
    pass


class Seal(Base):
    __tablename__ = "seals"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class SealAdmin(ModelView, model=Seal):
    column_list = ["id", "name"]  # noqa: RUF012 - as its manual has it


class Users(AuthenticationBackend):
    """As its manual has it, with our middleware where it has Starlette's."""

    def __init__(self, sessions: Sessions) -> None:
        own: Any = Middleware(SessionMiddleware, sessions=sessions)
        self.middlewares = [own]

    async def login(self, request: Request) -> bool:
        form = await request.form()
        if form["password"] != "seal upon paper":
            return False
        request.session.update({"username": form["username"]})
        return True

    async def logout(self, request: Request) -> bool:
        request.session.clear()
        return True

    async def authenticate(self, request: Request) -> bool:
        return "username" in request.session


@pytest.fixture(params=["sealed", "in memory"])
def sessions(request: pytest.FixtureRequest, clock: Clock) -> Sessions:
    place: Any = {"principal": "username", "clock": clock}
    if request.param == "sealed":
        return Sessions(ClientSide(IronSeal(SECRET), revocations=MemoryStore()), **place)
    return Sessions(ServerSide(MemoryStore()), secret=SECRET, **place)


@pytest.fixture
def client(sessions: Sessions) -> Iterator[TestClient]:
    engine = create_engine(
        "sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool
    )
    Base.metadata.create_all(engine)
    app = FastAPI()
    Admin(app, engine, authentication_backend=Users(sessions)).add_view(SealAdmin)
    with TestClient(app, base_url="https://testserver") as client:
        yield client
    engine.dispose()


def test_a_visit(client: TestClient, sessions: Sessions, clock: Clock) -> None:
    assert client.get("/admin/seal/list").url.path == "/admin/login"
    form = {"username": "ada", "password": "wrong"}
    assert client.post("/admin/login", data=form).status_code == 400
    assert dict(client.cookies) == {}

    signed_in = client.post("/admin/login", data=form | {"password": "seal upon paper"})
    assert signed_in.url.path == "/admin/"
    client.post("/admin/seal/create", data={"name": "the seal of ada", "save": "Save"})
    assert "the seal of ada" in client.get("/admin/seal/list").text

    # Its users are in the device list, and ended from elsewhere the next click leads to the login.
    assert len(blocking.run(sessions.list("ada"))) == 1
    clock.tick(2)
    assert blocking.run(sessions.end_all("ada")) == 1
    clock.tick(2)
    assert client.get("/admin/seal/list").url.path == "/admin/login"


def test_signing_out_ends_it(client: TestClient, sessions: Sessions) -> None:
    client.post("/admin/login", data={"username": "ada", "password": "seal upon paper"})
    assert client.get("/admin/").url.path == "/admin/"
    client.get("/admin/logout")
    assert client.get("/admin/").url.path == "/admin/login"
    assert blocking.run(sessions.list("ada")) == []
