"""Signing in with a provider on the pages, by fakes of providers."""

import io
import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx2 import Response
from starlette.applications import Starlette

from dojang import blocking
from dojang.auth import Limits, User
from dojang.server.pages.redirects import local_path
from dojang.testing import Clock
from tests.counts import scaled
from tests.fakes.http import serving
from tests.fakes.kakao import FakeKakao
from tests.fakes.naver import FakeNaver
from tests.fakes.oauth import CLIENT, CLIENT_SECRET, FakeProvider
from tests.fakes.openid import FakeIssuer
from tests.server.kit import LOGIN, SECRET, break_accounts, parts
from tests.server.pages.kit import Page, Person, leads
from tests.server.pages.test_redirects import LINES, away

Serve = Callable[..., Starlette]

#: A mail server that is not there: nothing is mailed before the answer has left.
MAILING = {"mail_host": "127.0.0.1", "mail_port": 9, "mail_sender": "no-reply@example.org"}


@pytest.fixture
def issuer(clock: Clock) -> Iterator[FakeIssuer]:
    fake = FakeIssuer(now=clock)
    with serving(fake):
        yield fake


@pytest.fixture
def kakao() -> Iterator[FakeKakao]:
    fake = FakeKakao()
    with serving(fake):
        yield fake


@pytest.fixture
def naver() -> Iterator[FakeNaver]:
    fake = FakeNaver()
    with serving(fake):
        yield fake


@pytest.fixture
def app(serve: Serve, issuer: FakeIssuer, kakao: FakeKakao, naver: FakeNaver) -> Starlette:
    return serve(
        oidc_issuer=issuer.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=CLIENT_SECRET,
        oidc_label="Example",
        kakao_client_id=CLIENT,
        kakao_client_secret=CLIENT_SECRET,
        kakao_url=kakao.url,
        naver_client_id=CLIENT,
        naver_client_secret=CLIENT_SECRET,
        naver_url=naver.url,
    )


def goes(person: Person, name: str, path: str = "/sign-in/with/{}", **fields: str) -> str:
    """Return the address at the provider that a button leads to."""
    answer = person.send(path.format(name), fields)
    assert answer.status_code == 200, answer.text
    (meta,) = Page.of(answer).all("meta", **{"http-equiv": "refresh"})
    assert answer.headers["referrer-policy"] == "no-referrer"
    return meta["content"].removeprefix("0; url=")


def comes_back(person: Person, name: str, query: str, **headers: str) -> Response:
    answer = person.get(f"/sign-in/with/{name}/callback?{query}", **headers)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    return answer


def signs_in(person: Person, name: str, fake: FakeProvider, **fields: str) -> str:
    return leads(comes_back(person, name, fake.agree(goes(person, name, **fields))))


def user_of(person: Person) -> User:
    answer = person.client.get("/api/auth/check", headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text
    user = blocking.run(parts(person.app).accounts.find(answer.json()["id"]))
    assert user is not None
    return user


def test_the_pages_offer_what_is_configured_and_nothing_else(app: Starlette) -> None:
    for path in ("/sign-in", "/sign-up"):
        page = Person(app).look(path)
        for label, name in (("Example", "oidc"), ("Kakao", "kakao"), ("Naver", "naver")):
            assert f"Continue with {label}" in page.text
            assert page.all("form", action=f"/sign-in/with/{name}", method="post")
        assert "Google" not in page.text


def test_somebody_new_gets_an_account_and_comes_back_to_it(
    app: Starlette, issuer: FakeIssuer
) -> None:
    person, again = Person(app), Person(app)
    assert signs_in(person, "oidc", issuer) == "/account"
    user = user_of(person)
    assert (user.email, user.name) == ("ada@example.org", "Ada")
    assert signs_in(again, "oidc", issuer, next="/notes") == "/notes"
    assert user_of(again).id == user.id


def test_an_address_that_nobody_vouches_for_is_not_kept(app: Starlette, naver: FakeNaver) -> None:
    person = Person(app)
    signs_in(person, "naver", naver)
    assert user_of(person).email is None
    Person(app).sign_up("openapi@naver.com")


def test_somebody_without_a_name_and_an_address_has_a_page(
    app: Starlette, kakao: FakeKakao
) -> None:
    kakao.person = {"id": 7}
    person = Person(app)
    signs_in(person, "kakao", kakao)
    page = person.look("/account")
    assert "somebody without a name" in page.text
    assert "Change password" not in page.text


def test_the_account_of_somebody_elses_address_is_not_opened(
    app: Starlette, issuer: FakeIssuer
) -> None:
    Person(app).sign_up("ada@example.org")
    thief = Person(app)
    answer = comes_back(thief, "oidc", issuer.agree(goes(thief, "oidc")))
    assert answer.status_code == 409
    assert "Sign in to it as until now" in Page.of(answer).text
    assert leads(thief.get("/account")) == "/sign-in"


def test_whoever_finds_their_address_taken_by_a_stranger_comes_in_apart_from_it(
    app: Starlette, issuer: FakeIssuer
) -> None:
    """Pre-hijacking, classic-federated merge: nothing is merged, nobody is kept out."""
    eve = Person(app).sign_up("ada@example.org")
    ada, again = Person(app), Person(app)
    page = Page.of(comes_back(ada, "oidc", issuer.agree(goes(ada, "oidc"))))
    apart = {field["name"]: field["value"] for field in page.all("input", type="hidden")}
    assert apart["apart"] == "yes"
    assert signs_in(ada, "oidc", issuer, **apart) == "/account"
    user = user_of(ada)
    assert (user.email, user.name) == (None, "Ada")
    assert user.id != user_of(eve).id
    assert signs_in(again, "oidc", issuer) == "/account"  # known by then
    assert user_of(again).id == user.id
    assert user_of(eve).email == "ada@example.org"


def test_whoever_has_no_account_to_come_in_apart_from_gets_one_without_an_address(
    app: Starlette, issuer: FakeIssuer
) -> None:
    person = Person(app)
    assert signs_in(person, "oidc", issuer, apart="yes") == "/account"
    assert user_of(person).email is None


def test_linking_and_unlinking(app: Starlette, kakao: FakeKakao) -> None:
    ada = Person(app).sign_up()
    link = "/account/providers/{}"
    query = kakao.agree(goes(ada, "kakao", link))
    assert leads(comes_back(ada, "kakao", query)) == "/account?notice=linked"
    other = Person(app)
    signs_in(other, "kakao", kakao)
    assert user_of(other).id == user_of(ada).id

    page = ada.look("/account")
    assert "sample@sample.com" in page.text
    handle = page.input("way")["value"]
    answer = ada.send("/account/providers/unlink", {"way": handle})
    assert leads(answer) == "/account?notice=unlinked"
    assert len(kakao.revoked) == 1
    assert not ada.look("/account").all("input", name="way")


def test_what_opens_another_account_is_not_linked(app: Starlette, kakao: FakeKakao) -> None:
    signs_in(Person(app), "kakao", kakao)
    ada = Person(app).sign_up()
    query = kakao.agree(goes(ada, "kakao", "/account/providers/{}"))
    answer = comes_back(ada, "kakao", query)
    assert answer.status_code == 409
    assert "another account here already" in Page.of(answer).text


def test_the_last_way_in_stays(app: Starlette, kakao: FakeKakao, issuer: FakeIssuer) -> None:
    person = Person(app)
    signs_in(person, "kakao", kakao)
    way = person.look("/account").input("way")["value"]
    answer = person.send("/account/providers/unlink", {"way": way})
    assert answer.status_code == 409
    assert "Nothing else opens your account" in Page.of(answer).text
    comes_back(person, "oidc", issuer.agree(goes(person, "oidc", "/account/providers/{}")))
    ways = [found["value"] for found in person.look("/account").all("input", name="way")]
    assert len(ways) == 2
    answers = [person.send("/account/providers/unlink", {"way": way}) for way in ways]
    assert sorted(answer.status_code for answer in answers) == [303, 409]


def test_somebody_elses_link_is_left_alone(app: Starlette, kakao: FakeKakao) -> None:
    ada, eve = Person(app), Person(app).sign_up("eve")
    signs_in(ada, "kakao", kakao)
    way = ada.look("/account").input("way")["value"]
    eve.send("/account/providers/unlink", {"way": way})
    assert ada.look("/account").input("way")
    assert kakao.revoked == []


def test_a_deleted_account_is_forgotten_at_the_providers_too(
    app: Starlette, kakao: FakeKakao
) -> None:
    person = Person(app)
    signs_in(person, "kakao", kakao)
    user = user_of(person)
    assert blocking.run(parts(app).changes.delete(user.id))
    assert len(kakao.revoked) == 1
    assert blocking.run(parts(app).links.list(user.id)) == []


def test_a_provider_that_is_away_stops_no_deletion(app: Starlette, kakao: FakeKakao) -> None:
    person = Person(app)
    signs_in(person, "kakao", kakao)
    kakao.routes["/v1/user/unlink"] = lambda _: (500, b"")
    assert blocking.run(parts(app).changes.delete(user_of(person).id))


def test_a_disabled_account_stays_closed(app: Starlette, kakao: FakeKakao) -> None:
    person = Person(app)
    signs_in(person, "kakao", kakao)
    blocking.run(parts(app).changes.set_disabled(user_of(person).id, disabled=True))
    again = Person(app)
    answer = comes_back(again, "kakao", kakao.agree(goes(again, "kakao")))
    assert answer.status_code == 403
    assert leads(again.get("/account")) == "/sign-in"


def test_signing_in_is_for_the_browser_that_began(app: Starlette, issuer: FakeIssuer) -> None:
    """Login CSRF: an answer that somebody else began signs nobody in as them."""
    query = issuer.agree(goes(Person(app), "oidc"))
    victim = Person(app)
    assert comes_back(victim, "oidc", query).status_code == 401
    assert leads(victim.get("/account")) == "/sign-in"
    assert issuer.count("/token") == 0


def test_an_answer_counts_once(app: Starlette, issuer: FakeIssuer) -> None:
    person = Person(app)
    query = issuer.agree(goes(person, "oidc"))
    jar = dict(person.client.cookies)
    leads(comes_back(person, "oidc", query))
    for name, value in jar.items():
        person.client.cookies.set(name, value, domain="localhost.local", path="/")
    assert comes_back(person, "oidc", query).status_code == 401
    assert issuer.count("/token") == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "did not let Kakao"), ("ko-KR,ko;q=0.9,en;q=0.8", "동의하지 않아")],
)
def test_whoever_says_no_is_told_so_in_their_language(
    app: Starlette, kakao: FakeKakao, language: str, words: str
) -> None:
    person = Person(app)
    query = kakao.decline(goes(person, "kakao"))
    answer = comes_back(person, "kakao", query, **{"accept-language": language})
    assert answer.status_code == 403
    assert words in Page.of(answer).text


def test_what_a_provider_says_is_logged_without_what_is_secret(
    serve: Serve, kakao: FakeKakao, capsys: pytest.CaptureFixture[str]
) -> None:
    app = serve(kakao_client_id=CLIENT, kakao_client_secret=CLIENT_SECRET, kakao_url=kakao.url)
    person = Person(app)
    query = kakao.agree(goes(person, "kakao"))
    kakao.codes.clear()
    answer = comes_back(person, "kakao", query, **{"accept-language": "ko"})
    logged = capsys.readouterr().err
    assert "KOE320" in logged
    assert "sign-in-with-failed" in logged
    for secret in (*parse_qs(query)["code"], *parse_qs(query)["state"], CLIENT_SECRET):
        assert secret not in logged
        assert secret not in answer.text
    assert "처음부터 다시 로그인해" in answer.text


def test_a_store_that_is_down_is_no_failed_sign_in(app: Starlette, issuer: FakeIssuer) -> None:
    person = Person(app)
    query = issuer.agree(goes(person, "oidc"))
    break_accounts(app)
    assert comes_back(person, "oidc", query).status_code == 503


def test_a_provider_that_is_down_is_said_to_be(app: Starlette, issuer: FakeIssuer) -> None:
    person = Person(app)
    query = issuer.agree(goes(person, "oidc"))
    issuer.routes["/token"] = lambda _: (502, b"")
    answer = comes_back(person, "oidc", query)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "Example does not answer" in Page.of(answer).text


def test_only_forms_of_our_own_begin(app: Starlette) -> None:
    person = Person(app)
    foreign = {"sec-fetch-site": "cross-site"}
    for path in ("/sign-in/with/oidc", "/account/providers/oidc", "/account/providers/unlink"):
        assert person.send(path, {}, **foreign).status_code == 403
        assert person.get(path).status_code == 405
        assert person.send_blindly(path).status_code == 403


def test_nobody_links_or_unlinks_without_being_signed_in(app: Starlette) -> None:
    for path in ("/account/providers/oidc", "/account/providers/unlink"):
        assert leads(Person(app).send(path)) == "/sign-in"


@pytest.mark.parametrize("name", ["google", "nobody", "oidc%00", "OIDC"])
def test_a_provider_that_is_not_offered_is_not_there(app: Starlette, name: str) -> None:
    person = Person(app)
    assert person.send(f"/sign-in/with/{name}").status_code in {404, 405}
    assert person.get(f"/sign-in/with/{name}/callback?code=a&state=b").status_code == 404


def test_the_way_back_is_the_configured_address_whatever_a_request_says(
    app: Starlette,
) -> None:
    person = Person(app)
    evil = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    answer = person.send("/sign-in/with/oidc", {}, **evil)
    (meta,) = Page.of(answer).all("meta", **{"http-equiv": "refresh"})
    query = parse_qs(urlsplit(meta["content"].removeprefix("0; url=")).query)
    assert query["redirect_uri"] == ["http://localhost:8000/sign-in/with/oidc/callback"]


def test_nothing_that_is_typed_as_next_leaves_the_origin(
    app: Starlette, issuer: FakeIssuer
) -> None:
    person = Person(app)
    found = set()
    # Each through the whole of it, in a proof; `local_path` meets them all in any case.
    for line in LINES[:: max(1, len(LINES) // scaled(len(LINES)))]:
        form = {"next": line}
        answer = comes_back(person, "oidc", issuer.agree(goes(person, "oidc", **form)))
        target = leads(answer)
        assert target == local_path(line)
        found.add(target)
    assert away(sorted(found)) == []


def test_nothing_in_an_answer_says_where_to_go(app: Starlette, issuer: FakeIssuer) -> None:
    person = Person(app)
    query = issuer.agree(goes(person, "oidc"))
    more = "&next=//evil.example&redirect_uri=//evil.example&target=//evil.example&return_to=//e"
    assert leads(comes_back(person, "oidc", query + more)) == "/account"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=a",
        "state=",
        "code=a&state=b",
        "state=" + "x" * 20_000,
        "%00=%ff&state=%80",
        "&" * 99,
    ],
)
def test_no_answer_of_nobody_is_a_fault(app: Starlette, query: str) -> None:
    assert comes_back(Person(app), "oidc", query).status_code == 401


def test_every_token_of_a_provider_is_sealed_on_disk(app: Starlette, kakao: FakeKakao) -> None:
    signs_in(Person(app), "kakao", kakao)
    parts(app).accounts.close()
    home = parts(app).settings.home
    raw = b"".join(path.read_bytes() for path in home.glob("accounts.db*"))
    assert kakao.tokens
    assert not [token for token in kakao.tokens if token.encode() in raw]


def test_a_password_opens_no_account_that_has_none(app: Starlette, issuer: FakeIssuer) -> None:
    person = Person(app)
    signs_in(person, "oidc", issuer)
    answer = Person(app).send("/sign-in", LOGIN)
    unknown = Person(app).send("/sign-in", {**LOGIN, "login": "nobody@example.org"})
    assert answer.status_code == unknown.status_code == 401


@pytest.mark.usefixtures("bare")
def test_settings_say_what_is_missing_and_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    from dojang.server.errors import BadSettings
    from dojang.server.settings import Settings

    def problems(**given: object) -> str:
        with pytest.raises(BadSettings) as caught:
            Settings.load(**given)
        return str(caught.value)

    assert "DOJANG_GOOGLE_CLIENT_SECRET is not" in problems(google_client_id="a")
    assert "DOJANG_KAKAO_CLIENT_ID is not" in problems(kakao_client_secret="hidden-one")
    assert "hidden-one" not in problems(kakao_client_secret="hidden-one")
    assert "write both, or neither" in problems(oidc_issuer="https://issuer.example")
    assert "whoever listens" in problems(google_url="http://example.org")
    assert "whoever listens" in problems(oidc_issuer="http://example.org", oidc_client_id="a")
    monkeypatch.setenv("DOJANG_GOOGLE_CLIENT_SECRET", "hidden-two")
    assert "hidden-two" not in problems()
    settings = Settings.load(google_client_id="a")
    assert "hidden-two" not in json.dumps(settings.model_dump(mode="json"))
    assert "hidden-two" not in repr(settings)


def test_a_flood_of_answers_costs_the_provider_nothing_and_fills_no_table(
    app: Starlette, issuer: FakeIssuer, clock: Clock
) -> None:
    person, most = Person(app), Limits().callbacks.attempts
    for _ in range(most):
        assert comes_back(person, "oidc", "code=forged&state=forged").status_code == 401
    query = issuer.agree(goes(person, "oidc"))
    answer = comes_back(person, "oidc", query)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "600")
    assert issuer.count("/token") == 0
    events = blocking.run(parts(app).events.page(limit=2 * most))
    assert [event.kind for _, event in events] == ["sign-in-with-failed"] * most
    clock.tick(600)
    assert comes_back(person, "oidc", issuer.agree(goes(person, "oidc"))).status_code == 303


def test_a_provider_is_no_way_around_the_rule_that_addresses_are_verified(
    serve: Serve, kakao: FakeKakao
) -> None:
    app = serve(
        kakao_client_id=CLIENT,
        kakao_client_secret=CLIENT_SECRET,
        kakao_url=kakao.url,
        mail_host="127.0.0.1",
        mail_port=9,
        mail_security="none",
        mail_sender="no-reply@example.org",
        verified_only=True,
    )
    assert signs_in(Person(app), "kakao", kakao) == "/account"
    with parts(app).accounts.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE dojang_users SET email = 'typed@example.org', email_verified = 0"
        )
    person = Person(app)
    answer = comes_back(person, "kakao", kakao.agree(goes(person, "kakao")))
    assert answer.status_code == 403
    assert "Verify your e-mail address first." in Page.of(answer).text
    assert person.get("/account").status_code == 303


def test_what_a_stranger_sends_a_browser_back_with_is_kept_nowhere(
    serve: Serve, kakao: FakeKakao
) -> None:
    """Anybody begins a sign-in, and writes what they like into the address of the answer."""
    log = io.StringIO()
    app = serve(
        kakao_client_id=CLIENT, kakao_client_secret=CLIENT_SECRET, kakao_url=kakao.url, log=log
    )
    typed = {
        "error": "hunter2",
        "error_code": "hunter3",
        "code": "hunter4",
        "error_description": "ada@example.org is my boss, password hunter two (KOE205)",
    }
    person = Person(app)
    state = parse_qs(urlsplit(goes(person, "kakao")).query)["state"][0]
    answer = comes_back(person, "kakao", urlencode({"state": state, **typed}))
    assert answer.status_code == 403
    ((_, event),) = blocking.run(parts(app).events.page())
    assert event.kind == "sign-in-with-failed"
    assert event.facts == {
        "provider": "kakao",
        "code": "provider-refused",
        "error": "unnamed",
        "reason": "KOE205",
    }
    assert not any(word in log.getvalue() for word in ("hunter", "ada@example.org", "boss"))


def test_what_carries_a_sign_in_is_taken_from_this_host_alone(
    serve: Serve, kakao: FakeKakao
) -> None:
    """A page of another host of the domain could plant its own attempt, and with it its account.

    Source: RFC 6265bis section 4.1.3.2; RFC 9700 section 4.7.
    """
    app = serve(
        url="https://login.example.org",
        cookie_domain="example.org",
        secret=SECRET,
        kakao_client_id=CLIENT,
        kakao_client_secret=CLIENT_SECRET,
        kakao_url=kakao.url,
        **MAILING,
    )
    person = Person(app)
    assert parts(app).sessions.cookie.domain == "example.org"
    goes(person, "kakao")
    person.send("/sign-in/mail", {"login": "ada@example.org"})
    names = [cookie.name for cookie in person.client.cookies.jar]
    assert len(names) == 2
    assert all(name.startswith("__Host-sign-in-") for name in names)
