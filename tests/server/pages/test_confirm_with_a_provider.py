"""Proving it once more at a provider, and a second factor after one, by fakes of providers."""

from collections.abc import Callable

import pytest
from httpx2 import Response
from starlette.applications import Starlette

from dojang.testing import Clock
from tests.fakes.kakao import FakeKakao
from tests.fakes.openid import FakeIssuer

from .kit import Person, leads
from .test_providers import app, comes_back, goes, issuer, kakao, naver, signs_in, user_of
from .test_second_factor import CODE, PATH, add

__all__ = ["app", "issuer", "kakao", "naver"]  # fixtures

CONFIRM = "/confirm/with/{}"


@pytest.fixture
def ada(app: Starlette, issuer: FakeIssuer, clock: Clock) -> Person:
    """Somebody whose account only a provider opens, and who signed in some time ago."""
    person = Person(app)
    signs_in(person, "oidc", issuer)
    clock.tick(601)
    return person


def says(issuer: FakeIssuer, at: Callable[[], object]) -> None:
    """Let the issuer say when the person signed in there."""
    issuer.claims = lambda claims: claims.update(auth_time=at())


def confirmed(person: Person, issuer: FakeIssuer) -> Response:
    return comes_back(person, "oidc", issuer.agree(goes(person, "oidc", CONFIRM, next=PATH)))


def test_whoever_has_no_password_proves_it_where_they_signed_in(
    ada: Person, issuer: FakeIssuer, clock: Clock
) -> None:
    says(issuer, lambda: clock() // 1000)
    page = ada.look(leads(ada.get(PATH)))
    assert not page.all("input", name="password")
    assert page.all("form", action="/confirm/with/oidc")
    assert not page.all("form", action="/confirm/with/kakao")  # not linked
    before, user = ada.cookie, user_of(ada)
    address = goes(ada, "oidc", CONFIRM, next=PATH)
    assert "prompt=login" in address
    assert "max_age=0" in address
    assert leads(comes_back(ada, "oidc", issuer.agree(address))) == PATH
    assert ada.cookie not in (None, before)
    assert user_of(ada) == user
    assert ada.get(PATH).status_code == 200


@pytest.mark.parametrize("at", [None, "now", True, 0.5, -120], ids=str)
def test_one_who_takes_an_earlier_sign_in_for_granted_is_not_believed(
    ada: Person, issuer: FakeIssuer, clock: Clock, at: object
) -> None:
    """Source: OpenID Connect Core 3.1.2.1: with `max_age` the ID token has to say when."""
    if at is not None:
        says(issuer, lambda: clock() // 1000 + at if at == -120 else at)
    answer = confirmed(ada, issuer)
    assert answer.status_code == 401
    assert leads(ada.get(PATH)).startswith("/confirm")


@pytest.mark.usefixtures("ada")
def test_somebody_else_there_proves_nothing_here(
    app: Starlette, kakao: FakeKakao, issuer: FakeIssuer, clock: Clock
) -> None:
    says(issuer, lambda: clock() // 1000)
    other = Person(app).sign_up("grace@example.org")
    link = kakao.agree(goes(other, "kakao", "/account/providers/{}"))
    assert leads(comes_back(other, "kakao", link)) == "/account?notice=linked"
    clock.tick(601)
    answer = confirmed(other, issuer)  # which opens the account of Ada
    assert answer.status_code == 403
    assert user_of(other).email == "grace@example.org"
    assert leads(other.get(PATH)).startswith("/confirm")


def test_confirming_links_nothing_and_makes_nobody(
    app: Starlette, issuer: FakeIssuer, clock: Clock
) -> None:
    says(issuer, lambda: clock() // 1000)
    member = Person(app).sign_up("grace@example.org")
    assert confirmed(member, issuer).status_code == 403
    assert "Unlink" not in member.look("/account").text


def test_an_answer_for_somebody_who_signed_out_confirms_nobody(
    ada: Person, issuer: FakeIssuer, clock: Clock
) -> None:
    says(issuer, lambda: clock() // 1000)
    query = issuer.agree(goes(ada, "oidc", CONFIRM))
    ada.send("/sign-out")
    assert comes_back(ada, "oidc", query).status_code == 401
    assert ada.cookie is None


def test_linking_needs_a_fresh_login(ada: Person) -> None:
    """A session that was stolen gets no way in of its own."""
    where = leads(ada.send("/account/providers/kakao"))
    assert where == "/confirm?next=%2Faccount&notice=not-done"


def test_a_provider_does_not_get_by_a_second_factor(
    app: Starlette, ada: Person, issuer: FakeIssuer, clock: Clock
) -> None:
    says(issuer, lambda: clock() // 1000)
    assert leads(confirmed(ada, issuer)) == PATH
    phone = add(ada, clock)
    person = Person(app)
    where = signs_in(person, "oidc", issuer, next="/account?notice=linked")
    assert where.startswith(CODE)
    assert person.cookie is None
    assert leads(person.get("/account")) == "/sign-in"
    answer = person.send(CODE, {"code": phone.code(), "next": "/account?notice=linked"})
    assert leads(answer) == "/account?notice=linked"
    shown = person.client.get("/api/auth/session").json()
    assert shown["methods"] == ["fed", "otp", "mfa"]
    assert user_of(person) == user_of(ada)


def test_a_provider_confirms_nobody_who_has_a_second_factor(
    ada: Person, issuer: FakeIssuer, clock: Clock
) -> None:
    says(issuer, lambda: clock() // 1000)
    assert leads(confirmed(ada, issuer)) == PATH
    begun = issuer.agree(goes(ada, "oidc", CONFIRM, next=PATH))
    add(ada, clock)
    clock.tick(500)
    shown = ada.client.get("/api/auth/session").json()
    assert comes_back(ada, "oidc", begun).status_code == 401
    assert ada.client.get("/api/auth/session").json() == shown
    assert not ada.look("/confirm").all("form", action="/confirm/with/oidc")
    assert leads(ada.send("/confirm/with/oidc", {"next": PATH})).startswith("/confirm?next=")


def test_only_providers_that_there_are_can_confirm(app: Starlette) -> None:
    assert leads(Person(app).send("/confirm/with/nothing")) == "/sign-in"
    assert Person(app).sign_up().send("/confirm/with/nothing").status_code == 404
