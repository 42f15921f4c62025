"""Google, GitHub, Kakao and Naver as they answer, by fakes of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest

from dojang.auth.providers import (
    Credentials,
    Identity,
    Provider,
    ProviderRefused,
    ProviderUnavailable,
    RelyingParty,
    UntrustedAnswer,
    Web,
    github,
    google,
    kakao,
    naver,
    naver_openid,
)
from dojang.errors import Malformed, Misuse, WrongIssuer
from dojang.testing import Clock
from dojang.tokens import Issued
from tests.auth.providers.kit import Site, party, run
from tests.fakes.github import FakeGitHub
from tests.fakes.http import FakeServer, serving
from tests.fakes.kakao import FakeKakao
from tests.fakes.naver import FakeNaver
from tests.fakes.oauth import CLIENT, CLIENT_SECRET, FakeProvider
from tests.fakes.openid import FakeIssuer

F = TypeVar("F", bound=FakeServer)
Start = Callable[[F], F]


@pytest.fixture
def start() -> Iterator[Callable[[F], F]]:
    with ExitStack() as servers:

        def started(fake: F) -> F:
            servers.enter_context(serving(fake))
            return fake

        yield started


def signed_in(fake: FakeProvider, provider: Provider, clock: Clock, **credentials: Any) -> Site:
    known = Credentials(**{"id": CLIENT, "secret": CLIENT_SECRET, **credentials})
    site = Site(clock, RelyingParty(provider, known, web=Web(seconds=5, verify=False), clock=clock))
    browser = site.browser()
    name = provider.name
    site.identity = browser.come_back(name, fake.agree(browser.go(name))).identity
    return site


def who(fake: FakeProvider, provider: Provider, clock: Clock, **credentials: Any) -> Identity:
    return signed_in(fake, provider.at(fake.url), clock, **credentials).identity


def kept(site: Site) -> Issued:
    (issued,) = site.users.kept.values()
    return issued


# -- Google ----------------------------------------------------------------------------------------


@pytest.fixture
def google_issuer(start: Start[FakeIssuer], clock: Clock) -> FakeIssuer:
    """A fake of Google, which takes the secret in the form and has all paths elsewhere."""
    fake = start(FakeIssuer(now=clock))
    fake.posted = True
    fake.routes["/oauth2/v3/certs"] = fake.routes["/jwks"]
    return fake


GMAIL = {"email": "ada@gmail.com", "email_verified": True, "name": "Ada"}


@pytest.mark.parametrize(
    ("claims", "verified"),
    [
        (GMAIL, True),
        ({**GMAIL, "email": "ADA@GMAIL.COM"}, True),
        ({**GMAIL, "email": "ada@example.org", "hd": "example.org"}, True),
        ({**GMAIL, "email": "ada@example.org"}, False),
        ({**GMAIL, "email": "ada@evil-gmail.com"}, False),
        ({**GMAIL, "email_verified": False}, False),
        ({**GMAIL, "email_verified": "true"}, False),
        ({"email_verified": True, "hd": "example.org"}, False),
    ],
)
def test_google_vouches_for_addresses_that_are_its_own(
    google_issuer: FakeIssuer, clock: Clock, claims: dict[str, Any], verified: bool
) -> None:
    google_issuer.claims = lambda found: found.update(claims)
    found = who(google_issuer, google(), clock)
    assert (found.issuer, found.subject) == (google_issuer.url, "ada")
    assert found.email_verified is verified


def test_google_has_two_names_for_itself() -> None:
    assert google().issuers == ("https://accounts.google.com", "accounts.google.com")


def test_google_may_be_for_one_organisation(google_issuer: FakeIssuer, clock: Clock) -> None:
    provider = google(domain="example.org")
    assert provider.parameters["hd"] == "example.org"
    for hd in (None, "evil.example"):
        google_issuer.claims = partial(dict.update, hd=hd)
        with pytest.raises(WrongIssuer):
            who(google_issuer, provider, clock)
    google_issuer.claims = lambda found: found.update(hd="example.org")
    assert who(google_issuer, provider, clock).subject == "ada"


# -- GitHub ----------------------------------------------------------------------------------------


@pytest.fixture
def fake_github(start: Start[FakeGitHub]) -> FakeGitHub:
    return start(FakeGitHub())


def test_github_gives_a_number_and_an_address_that_is_primary_and_verified(
    fake_github: FakeGitHub, clock: Clock
) -> None:
    assert who(fake_github, github(), clock) == Identity(
        provider="github",
        issuer=fake_github.url,
        subject="583231",
        email="octo@example.org",
        email_verified=True,
        name="octocat",
        picture="https://avatars.githubusercontent.com/u/583231?v=4",
    )


@pytest.mark.parametrize(
    "emails",
    [
        [],
        [{"email": "a@example.org", "primary": True, "verified": False}],
        [{"email": "a@example.org", "primary": False, "verified": True}],
        {"message": "Not Found"},
        ["a@example.org"],
    ],
)
def test_github_without_a_good_address(
    fake_github: FakeGitHub, clock: Clock, emails: object
) -> None:
    fake_github.emails = emails
    fake_github.person["email"] = "typed@example.org"
    found = who(fake_github, github(), clock)
    assert (found.email, found.email_verified) == (None, False)


def test_github_refuses_with_200(fake_github: FakeGitHub, clock: Clock) -> None:
    with pytest.raises(ProviderRefused) as caught:
        who(fake_github, github(), clock, secret="wrong")
    assert caught.value.error == "incorrect_client_credentials"


def test_github_forgets_us(fake_github: FakeGitHub, clock: Clock) -> None:
    provider = github().at(fake_github.url)
    site = signed_in(fake_github, provider, clock)
    assert run(site.door.revoke("github", kept(site)))
    assert fake_github.revoked == [kept(site).access]


# -- Kakao -----------------------------------------------------------------------------------------


@pytest.fixture
def fake_kakao(start: Start[FakeKakao]) -> FakeKakao:
    return start(FakeKakao())


def test_kakao_gives_a_number_and_pictures_over_http(fake_kakao: FakeKakao, clock: Clock) -> None:
    assert who(fake_kakao, kakao(), clock) == Identity(
        provider="kakao",
        issuer=fake_kakao.url,
        subject="123456789",
        email="sample@sample.com",
        email_verified=True,
        name="홍길동",
        picture=None,
    )


def test_kakao_is_asked_for_no_scope(clock: Clock) -> None:
    """KOE205: one that is not enabled in the console makes an error of everything."""
    address = Site(clock, party(kakao(), clock)).browser().go("kakao")
    assert "scope" not in parse_qs(urlsplit(address).query)
    assert "code_challenge" in parse_qs(urlsplit(address).query)


@pytest.mark.parametrize(
    "account",
    [
        {"is_email_valid": False},
        {"is_email_verified": False},
        {"is_email_valid": None},
        {"is_email_verified": "true"},
        {"email": None},
    ],
)
def test_kakao_vouches_only_for_what_is_valid_and_verified(
    fake_kakao: FakeKakao, clock: Clock, account: dict[str, Any]
) -> None:
    fake_kakao.person["kakao_account"] = {**fake_kakao.person["kakao_account"], **account}
    assert not who(fake_kakao, kakao(), clock).email_verified


def test_kakao_may_say_nothing_but_who_it_is(fake_kakao: FakeKakao, clock: Clock) -> None:
    accounts: list[Any] = [{}, {"profile": None}, None, []]
    for account in accounts:
        fake_kakao.person = {"id": 7, "kakao_account": account}
        found = who(fake_kakao, kakao(), clock)
        assert (found.subject, found.name, found.email) == ("7", None, None)


@pytest.mark.parametrize("id", [None, "", True, 1.5, [], "x" * 256, "a\nb"])
def test_whoever_has_no_good_id_is_nobody(fake_kakao: FakeKakao, clock: Clock, id: object) -> None:
    fake_kakao.person = {"id": id}
    with pytest.raises(Malformed):
        who(fake_kakao, kakao(), clock)


@pytest.mark.parametrize(
    ("credentials", "reason"),
    [({"id": CLIENT, "secret": "wrong"}, "KOE010"), ({"secret": None}, "KOE010")],
)
def test_kakao_says_why_in_codes_of_its_own(
    fake_kakao: FakeKakao, clock: Clock, credentials: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ProviderRefused) as caught:
        who(fake_kakao, kakao(), clock, **credentials)
    assert (caught.value.error, caught.value.reason) == ("invalid_client", reason)


def test_kakao_repeats_the_code_and_we_do_not(fake_kakao: FakeKakao, clock: Clock) -> None:
    site = Site(clock, party(kakao().at(fake_kakao.url), clock))
    browser = site.browser()
    query = fake_kakao.agree(browser.go("kakao"))
    code = parse_qs(query)["code"][0]
    fake_kakao.codes.clear()
    with pytest.raises(ProviderRefused) as caught:
        browser.come_back("kakao", query)
    error = caught.value
    assert error.reason == "KOE320"
    assert error.detail == "authorization code not found for code=***"
    assert code not in f"{error!r} {error.detail} {error.__cause__!r} {error.__context__!r}"


@pytest.mark.parametrize("code", [-401, -101, -103, -402, -406])
def test_kakaos_api_has_numbers(fake_kakao: FakeKakao, clock: Clock, code: int) -> None:
    fake_kakao.trouble = 400, {"msg": "something", "code": code, "required_scopes": ["x"]}
    with pytest.raises(ProviderRefused) as caught:
        who(fake_kakao, kakao(), clock)
    assert caught.value.reason == str(code)


def test_kakao_is_unlinked_with_a_token_that_is_still_good(
    fake_kakao: FakeKakao, clock: Clock
) -> None:
    site = signed_in(fake_kakao, kakao().at(fake_kakao.url), clock)
    assert run(site.door.revoke("kakao", kept(site)))
    assert fake_kakao.refreshed == 0
    clock.tick(21599)
    assert run(site.door.revoke("kakao", kept(site)))
    assert fake_kakao.refreshed == 1
    assert len(set(fake_kakao.revoked)) == 2


# -- Naver -----------------------------------------------------------------------------------------


@pytest.fixture
def fake_naver(start: Start[FakeNaver]) -> FakeNaver:
    return start(FakeNaver())


def test_naver_wraps_the_person_and_vouches_for_no_address(
    fake_naver: FakeNaver, clock: Clock
) -> None:
    found = who(fake_naver, naver(), clock)
    assert found == Identity(
        provider="naver",
        issuer=fake_naver.url,
        subject="32742776",
        email="openapi@naver.com",
        email_verified=False,
        name="오픈 API",
        picture="https://ssl.pstatic.net/static/pwe/address/nodata_33x33.gif",
    )


def test_naver_says_in_text_how_long_a_token_lives(fake_naver: FakeNaver, clock: Clock) -> None:
    site = signed_in(fake_naver, naver().at(fake_naver.url), clock)
    assert kept(site).expires == clock() + 3_600_000


def test_naver_refuses_with_200(fake_naver: FakeNaver, clock: Clock) -> None:
    with pytest.raises(ProviderRefused) as caught:
        who(fake_naver, naver(), clock, secret="wrong")
    assert caught.value.error == "invalid_client"
    fake_naver.trouble = 200, {"resultcode": "024", "message": "Authentication failed"}
    with pytest.raises(ProviderRefused) as caught:
        who(fake_naver, naver(), clock)
    assert caught.value.reason == "024"


def test_naver_without_a_person(fake_naver: FakeNaver, clock: Clock) -> None:
    fake_naver.trouble = 200, {"resultcode": "00", "message": "success", "response": None}
    with pytest.raises(Malformed):
        who(fake_naver, naver(), clock)


def test_naver_forgets_us(fake_naver: FakeNaver, clock: Clock) -> None:
    site = signed_in(fake_naver, naver().at(fake_naver.url), clock)
    assert run(site.door.revoke("naver", kept(site)))
    assert fake_naver.revoked == [kept(site).refresh]


def test_both_generations_of_naver_have_the_same_people(start: Start[Any], clock: Clock) -> None:
    fake = start(FakeIssuer(now=clock))
    fake.posted = True
    fake.routes |= {
        "/oauth2/jwks": fake.routes["/jwks"],
        "/oauth2/token": fake.routes["/token"],
        "/v1/nid/me": lambda _: (200, {"resultcode": "00", "response": {"id": fake.id}}),
    }
    provider = naver_openid().at(fake.url)
    assert provider.name == naver().name
    assert provider.issuer == naver().at(fake.url).issuer
    fake.claims = lambda claims: claims.pop("nonce")  # it is not echoed, some say
    fake.id = "ada"
    assert signed_in(fake, provider, clock).identity.subject == "ada"
    fake.id = "eve"
    with pytest.raises(UntrustedAnswer):
        signed_in(fake, provider, clock)


# -- all -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error": "server_error"}),
        (502, b"<html>Bad gateway</html>"),
        (200, b"<html>Maintenance</html>"),
        (200, b""),
        (200, b"[1, 2]"),
        (200, b'{"access_token": "a", "access_token": "b"}'),
        (200, b"{" + b" " * 200_000 + b"}"),
        (200, b"\xff\xfe"),
    ],
)
def test_trouble_of_a_provider_is_nobodys_failed_sign_in(
    fake_kakao: FakeKakao, clock: Clock, status: int, body: object
) -> None:
    fake_kakao.routes["/oauth/token"] = lambda _: (status, body)
    with pytest.raises(ProviderUnavailable):
        who(fake_kakao, kakao(), clock)


@pytest.mark.parametrize("body", [{}, {"access_token": 7}, {"access_token": "a b"}])
def test_an_answer_without_a_token(fake_kakao: FakeKakao, clock: Clock, body: object) -> None:
    fake_kakao.routes["/oauth/token"] = lambda _: (200, body)
    with pytest.raises(UntrustedAnswer):
        who(fake_kakao, kakao(), clock)


def test_a_token_of_another_kind(fake_kakao: FakeKakao, clock: Clock) -> None:
    token = {"access_token": "a", "token_type": "DPoP"}
    fake_kakao.routes["/oauth/token"] = lambda _: (200, token)
    with pytest.raises(UntrustedAnswer):
        who(fake_kakao, kakao(), clock)


def test_no_redirect_is_followed(fake_kakao: FakeKakao, clock: Clock) -> None:
    fake_kakao.routes["/oauth/token"] = lambda _: (307, b"")
    with pytest.raises(ProviderUnavailable):
        who(fake_kakao, kakao(), clock)
    assert fake_kakao.count("/elsewhere") == 0


def test_nobody_waits_for_a_provider_for_ever(fake_kakao: FakeKakao, clock: Clock) -> None:
    import threading

    done = threading.Event()

    def never(_: object) -> tuple[int, object]:
        done.wait(20)
        return 200, {}

    fake_kakao.routes["/oauth/token"] = never
    web = Web(seconds=0.3, verify=False)
    site = Site(clock, party(kakao().at(fake_kakao.url), clock, web=web))
    browser = site.browser()
    query = fake_kakao.agree(browser.go("kakao"))
    try:
        with pytest.raises(ProviderUnavailable):
            browser.come_back("kakao", query)
    finally:
        done.set()


def test_a_provider_that_is_not_there(clock: Clock) -> None:
    site = Site(clock, party(kakao().at("http://127.0.0.1:9"), clock))
    issued = Issued(access="a", refresh="r", expires=0)
    assert not run(site.door.revoke("kakao", issued))


def test_who_wants_a_secret_has_to_have_one(clock: Clock) -> None:
    with pytest.raises(Misuse):
        RelyingParty(google(), Credentials(id=CLIENT), clock=clock)


def test_secrets_are_in_no_representation() -> None:
    from dojang.auth.providers.web import Ask

    texts = [
        repr(Credentials(id="x", secret="hidden")),
        repr(Ask(url="x", form={"code": "hidden"}, basic=("x", "hidden"))),
    ]
    assert not any("hidden" in text for text in texts)
