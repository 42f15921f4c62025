"""The server of a front asks for the token of its visitor, and no page does."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang.adapters.asgi import SessionMiddleware
from dojang.adapters.upstream import UpstreamRoute
from dojang.errors import SignInAgain
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.tokens import Issued, Upstream, Vault
from dojang.wire.iron.iron_session import IronSeal
from tests.conftest import SECRET


@pytest.fixture
def client(clock: Clock) -> Iterator[TestClient]:
    vault = Vault(MemoryStore(), secret=SECRET, clock=clock)

    async def refresh(token: str) -> Issued:
        if token == "last":
            raise SignInAgain("invalid_grant")
        return Issued(access="new", refresh="last", expires=clock() + 60_000)

    def of(session: Session) -> Upstream:
        return Upstream(session, refresh=refresh, vault=vault)

    async def log_in(request: Request) -> PlainTextResponse:
        request.session.login("ada")  # type: ignore[attr-defined]
        kept = Issued(access="old", refresh="first", expires=clock())
        await of(request.session).keep(kept)  # type: ignore[arg-type]
        return PlainTextResponse("in")

    sessions = Sessions(ClientSide(IronSeal(SECRET)), clock=clock)
    app = Starlette(
        routes=[
            Route("/login", log_in, methods=["POST"]),
            Route("/upstream/token", UpstreamRoute(of), methods=["GET"]),
        ],
        middleware=[Middleware(SessionMiddleware, sessions=sessions)],
    )
    with TestClient(app, base_url="https://testserver") as client:
        yield client


def test_whoever_has_the_cookie_gets_a_token_that_is_good(client: TestClient) -> None:
    client.post("/login")
    answer = client.get("/upstream/token")
    assert answer.json() == {"access_token": "new", "token_type": "Bearer"}
    assert answer.headers["cache-control"] == "no-store"


def test_it_answers_no_other_method_and_no_other_path(client: TestClient) -> None:
    client.post("/login")
    refused = client.post("/upstream/token")
    assert refused.status_code == 405
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert client.get("/upstream/token/more").status_code == 404


def test_a_refused_refresh_is_a_problem_with_a_code(client: TestClient, clock: Clock) -> None:
    client.post("/login")
    client.get("/upstream/token")
    clock.tick(60)
    for _ in range(2):
        answer = client.get("/upstream/token")
        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-again")


def test_nobody_gets_nothing(client: TestClient) -> None:
    answer = client.get("/upstream/token")
    assert (answer.status_code, answer.json()["code"]) == (401, "anonymous")


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"origin": "https://testserver"}]
)
def test_a_page_gets_nothing(client: TestClient, headers: dict[str, str]) -> None:
    client.post("/login")
    answer = client.get("/upstream/token", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-for-browsers")
