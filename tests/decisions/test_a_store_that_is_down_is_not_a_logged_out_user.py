"""Store trouble is 503 at the first look, and pages that do not look stay up."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang.adapters.asgi import SessionMiddleware, session_of
from dojang.errors import Unavailable
from dojang.sessions import Sessions
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from tests.browser import Browser
from tests.conftest import SECRET


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


@pytest.fixture
def sessions(home: Path, clock: Clock) -> Sessions:
    return Sessions(ServerSide(SqliteStore(home / "s.db")), secret=SECRET, clock=clock)


def lose(sessions: Sessions, home: Path) -> None:
    """Take the disk away: the folder becomes a file."""
    assert isinstance(sessions.strategy, ServerSide)
    assert isinstance(sessions.strategy.store, SqliteStore)
    sessions.strategy.store.close()
    home.rename(home.with_name("unplugged"))
    home.write_text("not a folder")


def bring_back(home: Path) -> None:
    home.unlink()
    home.with_name("unplugged").rename(home)


async def who(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(session_of(request).user))


async def plain(request: Request) -> PlainTextResponse:
    del request
    return PlainTextResponse("still here")


async def login(request: Request) -> PlainTextResponse:
    session_of(request).login("ada")
    return PlainTextResponse("hello")


@pytest.fixture
def client(sessions: Sessions) -> TestClient:
    routes = [Route("/who", who), Route("/plain", plain), Route("/login", login, methods=["POST"])]
    app = Starlette(routes=routes)
    app.add_middleware(SessionMiddleware, sessions=sessions)
    return TestClient(app, base_url="https://testserver")


def test_a_session_that_cannot_be_loaded_raises_at_the_first_look(
    sessions: Sessions, home: Path
) -> None:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    lose(sessions, home)
    visit = browser.open()
    with pytest.raises(Unavailable):
        _ = visit.session.user
    with pytest.raises(Unavailable):
        visit.session.get("n")


def test_a_look_is_answered_503_with_retry_after_and_a_page_that_does_not_look_with_200(
    client: TestClient, sessions: Sessions, home: Path
) -> None:
    client.post("/login")
    lose(sessions, home)
    answer = client.get("/who")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert "set-cookie" not in answer.headers
    assert client.get("/plain").text == "still here"


def test_when_the_store_is_back_so_is_the_user(
    client: TestClient, sessions: Sessions, home: Path
) -> None:
    client.post("/login")
    lose(sessions, home)
    assert client.get("/who").status_code == 503
    bring_back(home)
    assert client.get("/who").text == "ada"


def test_a_login_that_could_not_be_stored_is_503_and_hands_out_no_cookie(
    client: TestClient, sessions: Sessions, home: Path
) -> None:
    lose(sessions, home)
    answer = client.post("/login")
    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers


def test_without_a_cookie_nobody_is_asked_and_nobody_is_down(
    client: TestClient, sessions: Sessions, home: Path
) -> None:
    lose(sessions, home)
    assert client.get("/who").text == "None"
