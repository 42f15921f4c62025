"""Providers in an application of Starlette or FastAPI, with users of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang import blocking
from dojang.adapters.asgi import SessionMiddleware
from dojang.adapters.auth_api.entrance import Factors
from dojang.adapters.provider_routes import ProviderRoutes
from dojang.auth import SecondFactor
from dojang.auth.providers import SignInWith, oidc
from dojang.auth.schema import upgrade
from dojang.auth.sqlite import sqlite_engine
from dojang.auth.throttle import Limits, Rate, Throttle
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from dojang.wire.keyring import Keyring
from tests.auth.providers.kit import Site, party
from tests.conftest import SECRET
from tests.fakes.http import serving
from tests.fakes.openid import FakeIssuer

URL = "https://app.example"
OURS = {"sec-fetch-site": "same-origin"}

Make = Callable[[list[Route]], Any]


async def who(request: Request) -> Response:
    return JSONResponse(request.session.user)  # type: ignore[attr-defined] # of our session


def starlette_app(routes: list[Route]) -> Starlette:
    return Starlette(routes=[Route("/who", who), *routes])


def fastapi_app(routes: list[Route]) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.router.routes.extend([Route("/who", who), *routes])
    return app


@pytest.fixture
def issuer(clock: Clock) -> Iterator[FakeIssuer]:
    fake = FakeIssuer(now=clock)
    with serving(fake):
        yield fake


@pytest.fixture
def site(issuer: FakeIssuer, clock: Clock) -> Site:
    return Site(clock, party(oidc(issuer.url), clock))


@pytest.fixture(params=[starlette_app, fastapi_app], ids=["starlette", "fastapi"])
def client(request: pytest.FixtureRequest, site: Site, in_memory: Sessions) -> TestClient:
    make: Make = request.param
    return browser(make, site.door, in_memory)


def browser(make: Make, door: SignInWith, sessions: Sessions, **options: Any) -> TestClient:
    app = make(ProviderRoutes(door, url=URL, **options).routes)
    app.add_middleware(SessionMiddleware, sessions=sessions)
    return TestClient(app, base_url=URL, follow_redirects=False, client=("192.0.2.7", 50000))


def leaves(client: TestClient, path: str = "/sign-in/with/oidc") -> str:
    answer = client.post(path, headers=OURS)
    assert (answer.status_code, answer.headers["referrer-policy"]) == (303, "no-referrer")
    return str(answer.headers["location"])


def comes_back(client: TestClient, query: str, **headers: str) -> Any:
    answer = client.get(f"/sign-in/with/oidc/callback?{query}", headers=headers)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    return answer


def test_somebody_signs_in(client: TestClient, issuer: FakeIssuer) -> None:
    query = issuer.agree(leaves(client, "/sign-in/with/oidc?next=/notes"))
    answer = comes_back(client, query)
    assert (answer.status_code, answer.headers["location"]) == (303, "/notes")
    assert client.get("/who").json() == "user-1"
    assert not [name for name in client.cookies if "sign-in" in name]


def test_somebody_links(client: TestClient, issuer: FakeIssuer, site: Site) -> None:
    comes_back(client, issuer.agree(leaves(client)))
    issuer.claims = lambda claims: claims.update(sub="another")
    issuer.userinfo = lambda person: person.update(sub="another")
    answer = comes_back(client, issuer.agree(leaves(client, "/link/oidc")))
    assert answer.status_code == 303
    assert set(site.users.by_identity.values()) == {"user-1"}
    assert len(site.users.by_identity) == 2


def test_nobody_links_without_being_signed_in(client: TestClient) -> None:
    assert client.post("/link/oidc", headers=OURS).status_code == 401


def test_only_forms_of_our_own_begin(client: TestClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, form):
        assert client.post("/sign-in/with/oidc", headers=headers).status_code == 403


def test_where_it_goes_is_of_our_own(client: TestClient, issuer: FakeIssuer) -> None:
    query = issuer.agree(leaves(client, "/sign-in/with/oidc?next=//evil.example"))
    assert comes_back(client, query).headers["location"] == "/"


def test_what_went_wrong_is_said(client: TestClient, issuer: FakeIssuer) -> None:
    query = issuer.decline(leaves(client))
    answer = comes_back(client, query, **{"accept-language": "ko"})
    assert (answer.status_code, "동의하지 않아" in answer.text) == (403, True)
    assert client.get("/who").json() is None
    assert comes_back(client, "code=x&state=y").status_code == 401


def test_a_provider_that_is_not_there(client: TestClient) -> None:
    assert client.post("/sign-in/with/nobody", headers=OURS).status_code == 404
    assert client.get("/sign-in/with/nobody/callback").status_code == 404


def test_users_may_be_numbers_and_failures_pages(
    site: Site, issuer: FakeIssuer, in_memory: Sessions
) -> None:
    client = browser(
        starlette_app,
        site.door,
        in_memory,
        principal=lambda user: int(user.removeprefix("user-")),
        failed=lambda _, error: PlainTextResponse(error.code, 418),
    )
    comes_back(client, issuer.agree(leaves(client)))
    assert client.get("/who").json() == 1
    answer = comes_back(client, issuer.decline(leaves(client)))
    assert (answer.status_code, answer.text) == (418, "declined")


def test_a_flood_of_answers_costs_the_provider_nothing_and_good_ones_do_not_count(
    issuer: FakeIssuer, in_memory: Sessions, clock: Clock
) -> None:
    throttle = Throttle(MemoryStore(), clock=clock, limits=Limits(callbacks=Rate(3, 600)))
    site = Site(clock, party(oidc(issuer.url), clock), throttle=throttle)
    client = browser(starlette_app, site.door, in_memory)
    for _ in range(5):
        assert comes_back(client, issuer.agree(leaves(client))).status_code == 303
    for _ in range(3):
        state = dict(parse_qsl(urlsplit(leaves(client)).query))["state"]
        assert comes_back(client, f"code=forged&state={state}").status_code == 403
    asked = issuer.count("/token")
    query = issuer.agree(leaves(client))
    flooded = comes_back(client, query)
    assert (flooded.status_code, int(flooded.headers["retry-after"])) == (429, 600)
    assert issuer.count("/token") == asked
    clock.tick(600)
    assert comes_back(client, issuer.agree(leaves(client))).status_code == 303


def test_no_provider_gets_by_a_second_factor(
    site: Site, in_memory: Sessions, issuer: FakeIssuer, clock: Clock, tmp_path: Path
) -> None:
    engine = sqlite_engine(tmp_path / "factors.db")
    upgrade(engine)
    throttle = Throttle(MemoryStore(), clock=clock)
    second = SecondFactor(engine=engine, secret=Keyring(SECRET), throttle=throttle, clock=clock)
    factors = Factors.of(second, in_memory, issuer="app.example")
    client = browser(starlette_app, site.door, in_memory, factors=factors)
    comes_back(client, issuer.agree(leaves(client)))
    user = str(client.get("/who").json())
    begun = second.enrolments.begin(user)
    code = begun.authenticator.code(now=clock())
    blocking.run(second.add(user, begun.ticket, code))
    other = browser(starlette_app, site.door, in_memory, factors=factors)
    answer = comes_back(other, issuer.agree(leaves(other, "/sign-in/with/oidc?next=/notes")))
    assert answer.headers["location"] == "/sign-in/second-factor?next=%2Fnotes"
    assert other.get("/who").json() is None
    cookies = "; ".join(f"{name}={value}" for name, value in other.cookies.items())
    found = factors.half_ways.find(cookies)
    assert found is not None
    assert (found.user, found.methods) == (user, ("fed",))
    engine.dispose()
