"""People close their own accounts: freshly signed in, everywhere, and with what belongs to them."""

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.testing import Clock
from tests.fakes.http import serving
from tests.fakes.oauth import CLIENT, CLIENT_SECRET
from tests.fakes.openid import FakeIssuer
from tests.server.kit import ADA, LOGIN, browser, parts, run

from .pages.kit import Page, Person, leads

Start = Callable[..., TestClient]
WAYS = [("POST", "/api/auth/account/disable"), ("DELETE", "/api/auth/account")]


def app_of(client: TestClient) -> Starlette:
    assert isinstance(client.app, Starlette)
    return client.app


@pytest.mark.parametrize(("method", "path"), WAYS)
def test_s8_nobody_is_signed_in_to_an_account_that_was_closed(
    ada: TestClient, clock: Clock, method: str, path: str
) -> None:
    elsewhere = browser(app_of(ada))
    assert elsewhere.post("/api/auth/login", json=LOGIN).status_code == 200
    pair = ada.post("/api/auth/token", json={}).json()
    clock.tick(1)
    assert ada.request(method, path).status_code == 204
    for client in (ada, elsewhere):
        assert client.get("/api/auth/check").status_code == 401
    refresh = {"refresh_token": pair["refresh_token"]}
    assert browser(app_of(ada)).post("/api/auth/token/refresh", json=refresh).status_code == 401
    assert elsewhere.post("/api/auth/login", json=LOGIN).status_code == 401


@pytest.mark.parametrize(("method", "path"), WAYS)
def test_s10_a_login_of_long_ago_closes_nothing(
    ada: TestClient, clock: Clock, method: str, path: str
) -> None:
    clock.tick(3600)
    answer = ada.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (401, "stale-login")
    assert ada.get("/api/auth/check").status_code == 200


def test_an_account_that_was_deleted_leaves_its_address_to_whoever_comes(ada: TestClient) -> None:
    user = ada.get("/api/auth/check").json()["id"]
    assert ada.delete("/api/auth/account").status_code == 204
    again = browser(app_of(ada)).post("/api/auth/signup", json=ADA)
    assert again.status_code == 201
    assert again.json()["id"] != user


def test_one_that_was_disabled_is_opened_by_whoever_looks_after_the_server(
    ada: TestClient,
) -> None:
    user = ada.get("/api/auth/check").json()["id"]
    ada.post("/api/auth/account/disable", json={})
    assert browser(app_of(ada)).post("/api/auth/signup", json=ADA).status_code == 409
    run(parts(app_of(ada)).changes.set_disabled(user, disabled=False))
    assert browser(app_of(ada)).post("/api/auth/login", json=LOGIN).status_code == 200


def test_both_are_events_of_the_account(ada: TestClient) -> None:
    user = ada.get("/api/auth/check").json()["id"]
    ada.delete("/api/auth/account")
    kept = [event for _, event in run(parts(app_of(ada)).events.page(kind="account-deleted"))]
    assert [event.user for event in kept] == [user]


def test_what_was_allowed_at_a_provider_is_ended_there(start: Start, clock: Clock) -> None:
    fake = FakeIssuer(now=clock)
    with serving(fake):
        client = start(
            oidc_issuer=fake.url, oidc_client_id=CLIENT, oidc_client_secret=CLIENT_SECRET
        )
        person = Person(app_of(client))
        answer = person.send("/sign-in/with/oidc")
        (meta,) = Page.of(answer).all("meta", **{"http-equiv": "refresh"})
        query = fake.agree(meta["content"].removeprefix("0; url="))
        leads(person.get(f"/sign-in/with/oidc/callback?{query}"))
        assert leads(person.send("/account/close", {"how": "delete"})).startswith("/sign-in")
        assert fake.revoked


@pytest.mark.parametrize(("how", "says"), [("disable", "disabled"), ("delete", "deleted")])
def test_the_page_closes_the_account(client: TestClient, how: str, says: str) -> None:
    person = Person(app_of(client)).sign_up("grace")
    assert "/account/close" in {a["href"] for a in person.look("/account").all("a")}
    person.look("/account/close")
    target = leads(person.send("/account/close", {"how": how}))
    assert target == f"/sign-in?notice=account-{says}"
    assert says in person.look(target).text
    assert leads(person.get("/account")).startswith("/sign-in")


def test_the_page_asks_first_who_it_is_where_that_was_long_ago(
    client: TestClient, clock: Clock
) -> None:
    person = Person(app_of(client)).sign_up("grace")
    clock.tick(3600)
    assert leads(person.get("/account/close")).startswith("/confirm?")
    assert leads(person.send("/account/close", {"how": "delete"})).startswith("/confirm?")
    assert person.get("/account").status_code == 200


def test_nothing_happens_where_nothing_was_chosen(client: TestClient) -> None:
    person = Person(app_of(client)).sign_up("grace")
    assert leads(person.send("/account/close")) == "/account/close"
    assert person.get("/account").status_code == 200


def test_a_page_of_another_site_closes_nothing(client: TestClient) -> None:
    person = Person(app_of(client)).sign_up("grace")
    foreign = {"sec-fetch-site": "cross-site"}
    assert person.send("/account/close", {"how": "delete"}, **foreign).status_code == 403
    assert person.get("/account").status_code == 200
