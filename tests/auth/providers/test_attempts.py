"""What has to come back as it went: to the same browser, from the same provider, once."""

import asyncio
import re
from contextlib import ExitStack
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from dojang import blocking
from dojang.auth.providers import NoAttempt, github, oidc
from dojang.auth.providers.attempt import LIFE, MOST, challenge
from dojang.errors import Malformed, WrongIssuer
from dojang.testing import Clock
from tests.auth.providers.kit import Site, Traveller, party
from tests.fakes.http import serving
from tests.fakes.openid import FakeIssuer


def asked(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_the_verifier_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_what_goes_through_the_browser(site: Site) -> None:
    first, second = asked(site.browser().go("oidc")), asked(site.browser().go("oidc"))
    for member in ("state", "nonce", "code_challenge"):
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first[member])
        assert first[member] != second[member]
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == "https://app.example/sign-in/with/oidc/callback"
    assert first["scope"] == "openid email profile"


def test_the_cookie_says_nothing_and_fits(site: Site) -> None:
    browser = site.browser()
    address = asked(browser.go("oidc"))
    ((name, value),) = browser.jar.items()
    assert name.startswith("__Host-sign-in-")
    assert len(name) + len(value) < 1000
    assert not any(secret in value for secret in address.values())


def test_parallel_tabs_do_not_disturb_each_other(site: Site, issuer: FakeIssuer) -> None:
    browser = site.browser()
    one, two = browser.go("oidc", target="/one"), browser.go("oidc", target="/two")
    assert len(browser.jar) == 2
    assert browser.come_back("oidc", issuer.agree(two)).target == "/two"
    assert browser.come_back("oidc", issuer.agree(one)).target == "/one"
    assert browser.jar == {}


def test_an_answer_counts_once(site: Site, issuer: FakeIssuer) -> None:
    browser = site.browser()
    query = issuer.agree(browser.go("oidc"))
    jar = dict(browser.jar)
    browser.come_back("oidc", query)
    for kept in ({}, jar):
        browser.jar = dict(kept)
        with pytest.raises(NoAttempt):
            browser.come_back("oidc", query)
    assert issuer.count("/token") == 1


def test_of_answers_at_the_same_time_one_counts(site: Site, issuer: FakeIssuer) -> None:
    browser = site.browser()
    query = issuer.agree(browser.go("oidc"))

    async def all_at_once() -> list[object]:
        answers = [site.door.finish("oidc", query=query, cookies=browser.cookies) for _ in range(9)]
        return list(await asyncio.gather(*answers, return_exceptions=True))

    found = asyncio.run(all_at_once())
    assert sum(isinstance(one, NoAttempt) for one in found) == 8
    assert issuer.count("/token") == 1


def test_a_declined_sign_in_is_used_up_as_well(site: Site, issuer: FakeIssuer) -> None:
    from dojang.auth.providers import Declined

    browser = site.browser()
    address = browser.go("oidc")
    with pytest.raises(Declined):
        browser.come_back("oidc", issuer.decline(address))
    assert browser.jar == {}
    assert issuer.count("/token") == 0


@pytest.mark.parametrize(
    "state", ["", "x", "A" * 43, "한" * 43, "\ud800", "../" * 15, "A" * 100_000]
)
def test_a_state_that_was_never_given(site: Site, state: str) -> None:
    browser = site.browser()
    browser.go("oidc")
    query = "code=c&state=" + urlencode({"s": state}, errors="surrogatepass")[2:]
    with pytest.raises(NoAttempt):
        browser.come_back("oidc", query)
    assert len(browser.jar) == 1


def test_a_tampered_cookie_is_none(site: Site, issuer: FakeIssuer) -> None:
    browser = site.browser()
    query = issuer.agree(browser.go("oidc"))
    ((name, value),) = browser.jar.items()
    for text in (value[:-1] + ("A" if value[-1] != "A" else "B"), "", "1.", "x" * 5000):
        browser.jar = {name: text}
        with pytest.raises(NoAttempt):
            browser.come_back("oidc", query)


def test_the_cookie_of_one_attempt_is_none_of_another(site: Site, issuer: FakeIssuer) -> None:
    browser = site.browser()
    query = issuer.agree(browser.go("oidc"))
    (name,) = browser.jar
    other = site.browser()
    other.go("oidc")
    browser.jar = {name: next(iter(other.jar.values()))}
    with pytest.raises(NoAttempt):
        browser.come_back("oidc", query)


def test_an_attempt_lives_for_ten_minutes(site: Site, issuer: FakeIssuer, clock: Clock) -> None:
    early, late = site.browser(), site.browser()
    queries = issuer.agree(early.go("oidc")), issuer.agree(late.go("oidc"))
    clock.tick(LIFE - 1)
    early.come_back("oidc", queries[0])
    clock.tick(1)
    with pytest.raises(NoAttempt):
        late.come_back("oidc", queries[1])


def test_an_answer_of_another_provider_is_none(issuer: FakeIssuer, clock: Clock) -> None:
    """next-auth GHSA-x445-f3h2-j279: the check was not bound to the provider."""
    parties = [party(oidc(issuer.url, name=name), clock) for name in ("one", "two")]
    site = Site(clock, *parties)
    browser = site.browser()
    query = issuer.agree(browser.go("one"))
    jar = dict(browser.jar)
    with pytest.raises(NoAttempt):
        browser.come_back("two", query)
    browser.jar = jar
    assert browser.come_back("one", query).identity.subject == "ada"


def test_a_link_is_for_whoever_began_it(site: Site, issuer: FakeIssuer) -> None:
    for user in (None, "eve"):
        browser = site.browser()
        query = issuer.agree(browser.go("oidc", user="ada"))
        with pytest.raises(NoAttempt):
            browser.come_back("oidc", query, user=user)
    assert site.users.by_identity == {}


def test_a_parameter_twice_is_an_answer_of_nobody(site: Site, issuer: FakeIssuer) -> None:
    browser = site.browser()
    query = issuer.agree(browser.go("oidc"))
    for more in ("&code=x", "&state=x", "&iss=a&iss=b", "&a=b" * 40):
        with pytest.raises(Malformed):
            browser.come_back("oidc", query + more)
    browser.come_back("oidc", query)


def test_attempts_that_were_given_up_do_not_fill_the_jar(site: Site, clock: Clock) -> None:
    browser = site.browser()
    for _ in range(MOST + 5):
        browser.go("oidc")
        clock.tick(1)
    assert len(browser.jar) == MOST
    clock.tick(LIFE)
    browser.go("oidc")
    assert len(browser.jar) == 1


def test_a_code_that_was_used_is_refused_by_the_provider(site: Site, issuer: FakeIssuer) -> None:
    from dojang.auth.providers import ProviderRefused

    browser = site.browser()
    query = issuer.agree(browser.go("oidc"))
    code = parse_qs(query)["code"][0]
    browser.come_back("oidc", query)
    state = asked(browser.go("oidc"))["state"]
    with pytest.raises(ProviderRefused) as caught:
        browser.come_back("oidc", urlencode({"code": code, "state": state}))
    assert caught.value.error == "invalid_grant"


def test_a_code_of_another_attempt_lacks_its_verifier(site: Site, issuer: FakeIssuer) -> None:
    from dojang.auth.providers import ProviderRefused

    victim, thief = site.browser(), site.browser()
    code = parse_qs(issuer.agree(victim.go("oidc")))["code"][0]
    state = asked(thief.go("oidc"))["state"]
    with pytest.raises(ProviderRefused):
        thief.come_back("oidc", urlencode({"code": code, "state": state}))


def test_an_issuer_that_mixes_itself_up_with_another_gets_no_code(clock: Clock) -> None:
    """RFC 9700 section 4.4: an honest issuer's code must not go to whoever the browser began at."""
    with ExitStack() as servers:
        honest, evil = FakeIssuer(now=clock), FakeIssuer(now=clock)
        for fake in (honest, evil):
            servers.enter_context(serving(fake))
        parties = [
            party(oidc(fake.url, name=name), clock)
            for name, fake in (("honest", honest), ("evil", evil))
        ]
        site = Site(clock, *parties)
        browser = site.browser()
        begun = asked(browser.go("evil"))
        # It sends the browser on to the honest one, with the state that it was given.
        other = asked(site.browser().go("honest"))
        forged = urlencode({**other, "state": begun["state"]})
        query = honest.agree(f"{honest.url}/authorize?{forged}")
        jar = dict(browser.jar)
        with pytest.raises(NoAttempt):  # where the honest one sends everybody
            browser.come_back("honest", query)
        browser.jar = jar
        with pytest.raises(WrongIssuer):
            browser.come_back("evil", f"{query}&{urlencode({'iss': honest.url})}")
        assert honest.count("/token") == evil.count("/token") == 0


def test_synchronous_code_has_the_same(site: Site, issuer: FakeIssuer) -> None:
    begun = blocking.run(site.door.begin("oidc", redirect_uri="https://app.example", target="/"))
    assert begun
    cookies = begun.cookies[0].partition(";")[0]
    query = issuer.agree(begun.address)
    finished = blocking.run(site.door.finish("oidc", query=query, cookies=cookies))
    assert finished
    assert finished.identity.subject == "ada"


def test_there_is_no_such_provider(site: Site) -> None:
    from tests.auth.providers.kit import run

    assert run(site.door.begin("nobody", redirect_uri="x", target="/")) is None
    assert run(site.door.finish("nobody", query="", cookies="")) is None


def test_a_browser_without_cookies_of_ours_is_fine(clock: Clock) -> None:
    site = Site(clock, party(github(), clock))
    browser = Traveller(site, {"theirs": "1", "__Host-sign-in-": "x", "__Host-sign-in-y": "1.AA"})
    browser.go("github")
    assert "theirs" in browser.jar
    assert len(browser.jar) == 2
