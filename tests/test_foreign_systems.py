"""A foreign system is one argument: format, cookie, lifetime and cutting as it has them."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dojang import blocking, peers
from dojang.errors import InvalidCookie, Misuse, WeakSecret
from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.redis import RedisStore
from dojang.stores.sqlite import SqliteStore
from dojang.testing import Clock
from dojang.wire import base64url, json, signed_id
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.express.express_session import StoredCookie
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose import jsonwebtoken
from dojang.wire.jose.header import read
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from tests.browser import Browser, look, put
from tests.conftest import SECRET
from tests.redis import RedisServer
from tests.wire.jose_kit import jwk

DAY = 24 * 3600

JWT_TYPE: dict[Any, dict[str, str]] = {peers.Jose: {"type": "JWT"}, peers.JsonWebToken: {}}


def of_iron(store: MemoryStore, clock: Clock) -> tuple[peers.Peer, str]:
    claims = {"user": {"id": "7"}}
    text = IronSeal(SECRET).encode(claims, expires=clock() + DAY * 1000, now=clock())
    return peers.IronSession(SECRET, "app", principal="user.id", revocations=store), text


def of_auth_js(store: MemoryStore, clock: Clock) -> tuple[peers.Peer, str]:
    peer = peers.AuthJs(SECRET, revocations=store)
    return peer, AuthJsToken(SECRET, salt=peer.cookie.name).write({"sub": "7"}, now=clock())


def of_jose(store: MemoryStore, clock: Clock) -> tuple[peers.Peer, str]:
    text = jsonwebtoken.sign({"sub": "7"}, jsonwebtoken.key(SECRET), now=clock(), expires_in="1d")
    return peers.JsonWebToken(SECRET, "token", revocations=store), text


FRONTS = {"iron": of_iron, "auth.js": of_auth_js, "jose": of_jose}


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        (peers.KoaSession(SECRET), "koa.sess"),
        (peers.CookieSession(SECRET, max_age=DAY), "session"),
        (peers.CookieSession(SECRET, "mine"), "mine"),
    ],
)
def test_a_session_in_two_cookies_is_read_changed_and_ended_in_both(
    peer: peers.Peer, name: str, clock: Clock
) -> None:
    browser = Browser(Sessions(peer, clock=clock))
    browser.visit(put(theme="dark"))
    assert [line.partition("=")[0] for line in browser.sent] == [name, f"{name}.sig"]
    assert all("HttpOnly" in line for line in browser.sent)
    assert browser.visit(look) == {"theme": "dark"}
    browser.visit(put(theme="light"))
    assert browser.visit(look) == {"theme": "light"}
    browser.visit(lambda session: session.clear())
    assert [line.partition(";")[0] for line in browser.sent] == [f"{name}=", f"{name}.sig="]
    with pytest.raises(Misuse, match="part of the key"):
        Sessions(peer, cookie=peer.cookie.renamed("other"), clock=clock)


def test_iron_session_is_named_and_lives_as_its_application_says(clock: Clock) -> None:
    browser = Browser(Sessions(peers.IronSession(SECRET, "app"), clock=clock))
    browser.visit(put(theme="dark"))
    (line,) = browser.sent
    assert line.startswith("app=Fe26.2*1*")
    assert line.endswith(f"~2; Max-Age={14 * DAY - 60}; Path=/; HttpOnly; Secure; SameSite=Lax")
    opened = IronSeal(SECRET).decode(browser.cookie, now=clock())
    assert opened.expires == clock() + 14 * DAY * 1000


@pytest.mark.parametrize(("ttl", "max_age"), [(3600, 3540), (61, 1), (60, 60), (10, 10)])
def test_iron_session_9_lets_the_cookie_end_a_minute_before_the_seal_if_it_lives_that_long(
    ttl: int, max_age: int, clock: Clock
) -> None:
    browser = Browser(Sessions(peers.IronSession(SECRET, "app", ttl=ttl), clock=clock))
    browser.visit(put(theme="dark"))
    assert f"; Max-Age={max_age};" in browser.sent[0]


SPELLED: dict[str, Any] = {
    "iron": lambda seconds: peers.IronSession(SECRET, "app", ttl=seconds),
    "iron, its cookie": lambda seconds: peers.IronSession(SECRET, "app", max_age=seconds),
    "next-auth": lambda seconds: peers.NextAuth(SECRET, max_age=seconds),
    "auth.js": lambda seconds: peers.AuthJs(SECRET, max_age=seconds),
    "jose": lambda seconds: peers.Jose(SECRET, "token", max_age=seconds),
    "jsonwebtoken": lambda seconds: peers.JsonWebToken(SECRET, "token", max_age=seconds),
}


@pytest.mark.parametrize("name", SPELLED)
def test_a_life_of_whole_seconds_may_be_spelled_with_a_point(name: str, clock: Clock) -> None:
    written = []
    for seconds in (14 * DAY, timedelta(days=14).total_seconds()):
        browser = Browser(Sessions(SPELLED[name](seconds), clock=clock))
        browser.visit(put(theme="dark"))
        written.append(browser.sent[0].partition(";")[2])
        assert browser.visit(look) == {"theme": "dark"}
    assert written[0] == written[1]


@pytest.mark.parametrize("name", SPELLED)
@pytest.mark.parametrize("odd", [1.5, 3600.5, float("nan"), float("inf"), True, "3600"])
def test_a_life_that_is_no_whole_number_of_seconds_is_refused(name: str, odd: Any) -> None:
    with pytest.raises(Misuse, match="write a whole number of seconds"):
        SPELLED[name](odd)


@pytest.mark.parametrize(
    ("days", "max_age"), [(400, 400 * DAY - 60), (800, 400 * DAY), (401, 400 * DAY)]
)
def test_the_minute_of_iron_session_comes_off_before_the_400_days_of_browsers(
    days: int, max_age: int, clock: Clock
) -> None:
    browser = Browser(Sessions(peers.IronSession(SECRET, "app", ttl=days * DAY), clock=clock))
    browser.visit(put(theme="dark"))
    assert f"; Max-Age={max_age};" in browser.sent[0]


def test_a_ttl_of_0_is_a_seal_without_an_end(clock: Clock) -> None:
    browser = Browser(Sessions(peers.IronSession(SECRET, "app", ttl=0), clock=clock))
    browser.visit(put(theme="dark"))
    assert IronSeal(SECRET).decode(browser.cookie, now=clock()).expires is None
    # The browser keeps as long what iron-session's own figure, of 68 years, says.
    assert f"; Max-Age={400 * DAY};" in browser.sent[0]
    clock.tick(5 * 365 * DAY)
    assert browser.visit(look) == {"theme": "dark"}


@pytest.mark.parametrize("max_age", [777, 30 * DAY])
def test_a_max_age_of_its_own_is_written_whatever_the_ttl(max_age: int, clock: Clock) -> None:
    peer = peers.IronSession(SECRET, "app", ttl=3600, max_age=max_age)
    browser = Browser(Sessions(peer, clock=clock))
    browser.visit(put(theme="dark"))
    assert f"; Max-Age={max_age};" in browser.sent[0]
    assert IronSeal(SECRET).decode(browser.cookie, now=clock()).expires == clock() + 3_600_000


def test_a_max_age_that_is_undefined_ends_with_the_browser_and_its_seal_never(clock: Clock) -> None:
    peer = peers.IronSession(SECRET, "app", max_age="session")
    browser = Browser(Sessions(peer, clock=clock))
    browser.visit(put(theme="dark"))
    assert "Max-Age" not in browser.sent[0]
    assert IronSeal(SECRET).decode(browser.cookie, now=clock()).expires is None


def test_a_max_age_that_would_delete_the_cookie_is_refused() -> None:
    with pytest.raises(InvalidCookie, match="write 1 or more"):
        peers.IronSession(SECRET, "app", max_age=0)


def test_the_cookie_of_auth_js_is_renamed_where_its_key_is_made() -> None:
    peer = peers.AuthJs(SECRET)
    with pytest.raises(Misuse, match="give the peer cookie_name='mine'"):
        Sessions(peer, cookie=peer.cookie.renamed("mine"))
    assert Sessions(peer, cookie=replace(peer.cookie, domain=None)).cookie == peer.cookie


@pytest.mark.parametrize("id", ["a", "1.5", "01", "-1", "", True, "\u0661"])
def test_passwords_of_iron_session_are_numbered(id: Any) -> None:
    with pytest.raises(Misuse, match="numbers its passwords"):
        peers.IronSession({2: SECRET, id: SECRET[::-1]}, "app")
    assert peers.IronSession({"1": SECRET, 2: SECRET[::-1]}, "app")


@pytest.mark.parametrize("legacy", [True, False])
def test_a_seal_of_next_iron_session_is_read_where_that_is_asked_for(
    legacy: bool, clock: Clock
) -> None:
    data = {"persistent": {"user": {"id": 7}}, "flash": {}}
    peer = peers.IronSession(SECRET, "app", legacy=legacy, principal="user.id")
    browser = Browser(Sessions(peer, clock=clock))
    browser.cookies["app"] = IronSeal(SECRET).encode(data, expires=None, now=clock())[:-2]
    assert browser.visit(lambda session: session.user) == (7 if legacy else None)
    browser.visit(put(theme="dark"))
    assert browser.cookie.endswith("~2")
    assert browser.visit(look)["theme"] == "dark"


def test_iron_session_without_https_is_not_secure(clock: Clock) -> None:
    browser = Browser(Sessions(peers.IronSession(SECRET, "app", https=False), clock=clock))
    browser.visit(put(theme="dark"))
    assert "Secure" not in browser.sent[0]


def test_iron_session_reads_pieces_and_writes_them_where_the_application_does(
    clock: Clock,
) -> None:
    cutting = Browser(Sessions(peers.IronSession(SECRET, "app", chunk=True), clock=clock))
    cutting.visit(put(text="x" * 5000))
    assert set(cutting.cookies) == {"app.0", "app.1"}
    reading = Browser(Sessions(peers.IronSession(SECRET, "app"), clock=clock))
    reading.cookies = dict(cutting.cookies)
    assert reading.visit(look) == {"text": "x" * 5000}


@pytest.mark.parametrize("member", ["save", "destroy", "updateConfig"])
def test_a_member_that_would_hide_a_method_over_there_is_not_written(
    member: str, clock: Clock
) -> None:
    browser = Browser(Sessions(peers.IronSession(SECRET, "app"), clock=clock))
    with pytest.raises(Misuse, match=f"the member {member} is a method over there"):
        browser.visit(put(**{member: 1}))


def test_what_an_application_does_otherwise_is_said_over_the_peer(clock: Clock) -> None:
    peer = peers.IronSession(SECRET, "app", principal="user.id")
    sessions = Sessions(
        peer,
        cookie=replace(peer.cookie, domain="example.com", same_site="strict"),
        lifetime=Lifetime(idle=DAY, absolute=2 * DAY),
        clock=clock,
    )
    browser = Browser(sessions)
    browser.visit(lambda session: session.login(7))
    (line,) = browser.sent
    assert "; Domain=example.com;" in line
    assert line.endswith("; SameSite=Strict")
    assert browser.visit(lambda session: (session.user, dict(session))) == (7, {"user": {"id": 7}})


def test_a_peer_without_an_end_is_not_revocable_until_it_is_given_one(clock: Clock) -> None:
    peer = peers.IronSession(SECRET, "app", principal="user.id", revocations=MemoryStore())
    with pytest.raises(Misuse, match=r"write Lifetime\(absolute=\.\.\.\)"):
        Sessions(peer, clock=clock)
    assert Sessions(peer, lifetime=Lifetime(absolute=30 * DAY), clock=clock).revocable


def test_on_an_event_loop_what_a_front_began_is_listed_in_a_file(
    sqlite_store: SqliteStore, clock: Clock
) -> None:
    peer = peers.AuthJs(SECRET, revocations=sqlite_store)
    sessions = Sessions(peer, lifetime=Lifetime(absolute=30 * DAY), clock=clock)
    text = AuthJsToken(SECRET, salt=peer.cookie.name).write({"sub": "7"}, now=clock())

    async def main() -> object:
        visit = await sessions.open(f"{peer.cookie.name}={text}")
        return visit.session.user, len(await sessions.list("7"))

    assert asyncio.run(main()) == ("7", 1)


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        (peers.NextAuth(SECRET), "__Secure-next-auth.session-token"),
        (peers.NextAuth(SECRET, https=False), "next-auth.session-token"),
        (peers.AuthJs(SECRET), "__Secure-authjs.session-token"),
        (peers.AuthJs(SECRET, https=False), "authjs.session-token"),
        (peers.AuthJs(SECRET, cookie_name="mine"), "mine"),
    ],
)
def test_the_cookie_of_auth_js_is_dated_and_named_by_https(
    peer: peers.Peer, name: str, clock: Clock
) -> None:
    browser = Browser(Sessions(peer, clock=clock))
    browser.visit(put(name="Ada"))
    (line,) = browser.sent
    assert line.startswith(f"{name}=ey")
    secure = "; Secure" if name.startswith("__Secure-") or name == "mine" else ""
    end = "; Path=/; Expires=Sat, 31 Jan 2026 00:00:00 GMT; HttpOnly"
    assert line.endswith(f"{end}{secure}; SameSite=Lax")


def test_the_user_of_auth_js_is_its_sub(clock: Clock) -> None:
    front = AuthJsToken(SECRET, salt="__Secure-authjs.session-token")
    browser = Browser(Sessions(peers.AuthJs(SECRET), clock=clock))
    token = front.write({"name": "Ada", "sub": "7"}, now=clock())
    browser.cookies["__Secure-authjs.session-token"] = token
    assert browser.visit(lambda session: (session.user, dict(session))) == (
        "7", {"name": "Ada"},
    )  # fmt: skip
    browser.visit(lambda session: session.login(8))
    claims = front.read(browser.cookie, now=clock())
    assert (claims["sub"], claims["exp"] - claims["iat"]) == ("8", 30 * DAY)


def test_a_session_of_auth_js_that_outgrows_its_cookie_is_cut_as_the_front_cuts_it(
    clock: Clock,
) -> None:
    browser = Browser(Sessions(peers.AuthJs(SECRET), clock=clock))
    browser.visit(put(text="x" * 5000))
    name = "__Secure-authjs.session-token"
    assert [(key, len(value) == 3936) for key, value in browser.cookies.items()] == [
        (f"{name}.0", True), (f"{name}.1", False),
    ]  # fmt: skip
    assert browser.visit(look) == {"text": "x" * 5000}


@pytest.mark.parametrize(
    ("peer", "header"),
    [
        (peers.Jose(SECRET, "token"), {"alg": "HS256"}),
        (peers.Jose("short", "token", type="at+jwt"), {"alg": "HS256", "typ": "at+jwt"}),
        (peers.JsonWebToken("short", "token"), {"alg": "HS256", "typ": "JWT"}),
    ],
)
def test_a_token_is_signed_as_the_library_signs_it(
    peer: peers.Peer, header: dict[str, str], clock: Clock
) -> None:
    browser = Browser(Sessions(peer, clock=clock))
    browser.visit(lambda session: session.login("ada"))
    (line,) = browser.sent
    assert line.endswith(f"; Max-Age={7 * DAY}; Path=/; HttpOnly; Secure; SameSite=Lax")
    assert read(browser.cookie.partition(".")[0]) == header
    assert browser.visit(lambda session: session.user) == "ada"


@pytest.mark.parametrize("make", [peers.Jose, peers.JsonWebToken])
def test_a_shared_secret_signs_with_the_algorithm_of_the_front(make: Any, clock: Clock) -> None:
    browser = Browser(Sessions(make("short", "token", algorithm="HS512"), clock=clock))
    browser.visit(put(theme="dark"))
    assert read(browser.cookie.partition(".")[0])["alg"] == "HS512"
    assert browser.visit(look) == {"theme": "dark"}


@pytest.mark.parametrize("make", [peers.Jose, peers.JsonWebToken])
def test_a_token_that_names_its_key_is_read_with_the_one_shared_secret(
    make: Any, clock: Clock
) -> None:
    token = jsonwebtoken.sign({"sub": "7"}, jsonwebtoken.key("s"), now=clock(), key_id="k1")
    browser = Browser(Sessions(make("s", "token", **JWT_TYPE[make]), clock=clock))
    browser.cookies["token"] = token
    assert browser.visit(lambda session: session.user) == "7"
    assert browser.sent == []


@pytest.mark.parametrize("make", [peers.Jose, peers.JsonWebToken])
def test_several_texts_are_a_rotation(make: Any, clock: Clock) -> None:
    before = Browser(Sessions(make("old", "token"), clock=clock))
    before.visit(put(theme="dark"))
    now = Browser(Sessions(make(["new", "old"], "token"), clock=clock))
    now.cookies = before.cookies
    assert now.visit(look) == {"theme": "dark"}
    after = Browser(Sessions(make("new", "token"), clock=clock))
    after.cookies = now.cookies
    assert after.visit(look) == {"theme": "dark"}


@pytest.mark.parametrize("make", [peers.Jose, peers.JsonWebToken])
def test_a_key_of_ones_own_is_tried_whatever_key_a_token_names(make: Any, clock: Clock) -> None:
    key = Key.from_jwk(jwk("ES256"))
    other = replace(key, kid="their name for it")
    theirs = Browser(Sessions(make(KeySet.of(other), "token"), clock=clock))
    theirs.visit(put(theme="dark"))
    assert read(theirs.cookie.partition(".")[0])["kid"] == "their name for it"
    ours = Browser(Sessions(make(key, "token"), clock=clock))
    ours.cookies = theirs.cookies
    assert ours.visit(look) == {"theme": "dark"}
    strict = Browser(Sessions(make(KeySet.of(key), "token"), clock=clock))
    strict.cookies = theirs.cookies
    assert strict.visit(lambda session: session.rejected) == "unknown-key"


@pytest.mark.parametrize("make", [peers.Jose, peers.JsonWebToken])
def test_of_several_audiences_one_is_enough_and_the_first_is_written(
    make: Any, clock: Clock
) -> None:
    both = Browser(Sessions(make(SECRET, "token", audience=["us", "them"]), clock=clock))
    both.visit(put(theme="dark"))
    assert json.loads(base64url.decode(both.cookie.split(".")[1]))["aud"] == "us"
    for audience, found in (("us", {"theme": "dark"}), ("them", {})):
        one = Browser(Sessions(make(SECRET, "token", audience=audience), clock=clock))
        one.cookies = dict(both.cookies)
        assert one.visit(look) == found


@pytest.mark.parametrize("make", [peers.Jose, peers.JsonWebToken])
def test_a_clock_that_is_off_is_borne_with_for_as_long_as_is_said(make: Any, clock: Clock) -> None:
    claims = {"sub": "7", "nbf": clock() // 1000 + 3}
    token = jsonwebtoken.sign(claims, jsonwebtoken.key("s"), now=clock())
    for tolerance, found in ((5, ("7", None)), (0, (None, "not-yet-valid"))):
        peer = make("s", "token", tolerance=tolerance, **JWT_TYPE[make])
        browser = Browser(Sessions(peer, clock=clock))
        browser.cookies["token"] = token
        assert browser.visit(lambda session: (session.user, session.rejected)) == found


def test_an_algorithm_that_a_key_does_not_have_is_refused() -> None:
    key = Key.from_jwk(jwk("ES256"))
    with pytest.raises(Misuse, match="signs with ES256, not with RS256"):
        peers.JsonWebToken(key, "token", algorithm="RS256")


def test_jsonwebtoken_looks_at_no_type_but_what_serves_another_purpose_is_no_session(
    clock: Clock,
) -> None:
    key, peer = jsonwebtoken.key("s"), peers.JsonWebToken("s", "token")
    for header, user in (({"typ": "jwt"}, "7"), ({"typ": "at+jwt"}, None)):
        browser = Browser(Sessions(peer, clock=clock))
        browser.cookies["token"] = jsonwebtoken.sign({"sub": "7"}, key, now=clock(), header=header)
        assert browser.visit(lambda session: session.user) == user


def test_what_a_peer_names_its_token_stays(clock: Clock) -> None:
    key = jsonwebtoken.key("s")
    browser = Browser(Sessions(peers.JsonWebToken("s", "token"), clock=clock))
    browser.cookies["token"] = jsonwebtoken.sign({"sub": "7", "jti": "n1"}, key, now=clock())
    assert browser.visit(lambda session: session.handle) == "n1"
    browser.visit(put(theme="dark"))
    claims = jsonwebtoken.verify(browser.cookie, key, now=clock())
    assert isinstance(claims, dict)
    assert (claims["jti"], claims["sub"], claims["theme"]) == ("n1", "7", "dark")


@pytest.mark.parametrize("claims", [{"sub": ""}, {"sub": 7.5}, {"sub": {}}, {"jti": 5}])
def test_a_claim_that_names_nobody_is_nobody_and_stays(
    claims: dict[str, Any], clock: Clock
) -> None:
    key = jsonwebtoken.key("s")
    browser = Browser(Sessions(peers.JsonWebToken("s", "token"), clock=clock))
    browser.cookies["token"] = jsonwebtoken.sign(claims, key, now=clock())
    assert browser.visit(lambda session: (session.user, session.rejected)) == (None, None)
    browser.visit(put(theme="dark"))
    assert browser.visit(lambda session: session["theme"]) == "dark"


def test_a_front_that_writes_a_longer_life_than_it_means_is_not_copied(clock: Clock) -> None:
    """next-auth 4 writes 30 days into a token whose cookie it lets end with `session.maxAge`."""
    front = NextAuthToken(SECRET)
    browser = Browser(Sessions(peers.NextAuth(SECRET, max_age=3600), clock=clock))
    name = "__Secure-next-auth.session-token"
    browser.cookies[name] = front.write({"sub": "7"}, now=clock())
    browser.visit(put(theme="dark"))
    claims = front.read(browser.cookie, now=clock())
    assert claims["exp"] - claims["iat"] == 3600
    assert "Expires=Thu, 01 Jan 2026 01:00:00 GMT" in browser.sent[0]
    clock.tick(3600)
    assert browser.visit(lambda session: session.rejected) == "expired"


def test_a_token_without_an_end_gets_the_one_that_its_peer_has(clock: Clock) -> None:
    key = jsonwebtoken.key("s")
    browser = Browser(Sessions(peers.JsonWebToken("s", "token", max_age=3600), clock=clock))
    browser.cookies["token"] = jsonwebtoken.sign({"sub": "7"}, key, now=clock())
    browser.visit(put(theme="dark"))
    assert "; Max-Age=3600;" in browser.sent[0]


def test_of_two_sessions_of_auth_js_the_one_issued_last_is_the_one(clock: Clock) -> None:
    peer = peers.AuthJs(SECRET)
    front = AuthJsToken(SECRET, salt=peer.cookie.name)
    ada = front.write({"sub": "ada"}, now=clock())
    clock.tick(9 * DAY)
    bob = Browser(Sessions(peer, clock=clock))
    bob.visit(lambda session: session.login("bob"))
    clock.tick(DAY)
    for first, second in ((ada, bob.cookie), (bob.cookie, ada)):
        header = f"{peer.cookie.name}={first}; {peer.cookie.name}={second}"
        visit = blocking.run(bob.sessions.open(header))
        assert visit.session.user == "bob"


def test_an_older_seal_planted_by_somebody_else_does_not_win(clock: Clock) -> None:
    peer = peers.IronSession(SECRET, "app", principal="user.id")
    ttl = 14 * DAY * 1000
    planted = IronSeal(SECRET).encode({"user": {"id": 666}}, expires=clock() + ttl, now=clock())
    clock.tick(DAY)
    browser = Browser(Sessions(peer, clock=clock))
    browser.visit(lambda session: session.login(7))
    for first, second in ((planted, browser.cookie), (browser.cookie, planted)):
        visit = blocking.run(browser.sessions.open(f"app={first}; app={second}"))
        assert visit.session.user == 7


def test_a_user_that_the_front_changed_brings_no_proof_of_somebody_else(clock: Clock) -> None:
    seals = IronSeal(SECRET)
    browser = Browser(Sessions(peers.IronSession(SECRET, "app", principal="user.id"), clock=clock))
    browser.visit(lambda session: session.login(7))
    opened = seals.decode(browser.cookie, now=clock())
    for user, named in ({"id": 8}, 8), ({}, None):
        opened.claims["user"] = user
        clock.tick(60)
        browser.cookies["app"] = seals.encode(opened.claims, expires=opened.expires, now=clock())
        for _ in range(2):
            assert browser.visit(
                lambda session: (session.user, session.authenticated, session.handle)
            ) == (named, None, None)


@pytest.mark.parametrize("exp", [1_767_225_600_000, 8_640_000_000_000])
def test_an_end_in_milliseconds_is_the_end_of_the_calendar(exp: int, clock: Clock) -> None:
    key = jsonwebtoken.key("s")
    peer = peers.JsonWebToken("s", "token")
    browser = Browser(Sessions(peer, lifetime=Lifetime(idle=None, absolute=None), clock=clock))
    browser.cookies["token"] = jsonwebtoken.sign({"exp": exp}, key, now=clock())
    expires = browser.visit(lambda session: session.expires)
    assert expires.year == 9999


@pytest.mark.parametrize("kind", ["iron", "auth.js", "jose"])
def test_a_cookie_of_the_front_that_keeps_coming_is_one_device_and_can_be_ended(
    kind: str, clock: Clock
) -> None:
    store = MemoryStore()
    peer, text = FRONTS[kind](store, clock)
    sessions = Sessions(peer, lifetime=Lifetime(absolute=90 * DAY), clock=clock)
    browser = Browser(sessions)
    browser.cookies[peer.cookie.name] = text
    for _ in range(20):
        assert browser.twin().visit(lambda session: session.user) == "7"
    (entry,) = blocking.run(sessions.list("7"))
    blocking.run(sessions.end(entry.handle))
    clock.tick(1)
    assert browser.visit(lambda session: (session.user, session.rejected)) == (None, "revoked")


def test_a_token_for_somebody_else_is_refused(clock: Clock) -> None:
    for_us = Browser(Sessions(peers.Jose(SECRET, "token", audience="us"), clock=clock))
    for_them = Browser(Sessions(peers.Jose(SECRET, "token", audience="them"), clock=clock))
    for_them.visit(lambda session: session.login("ada"))
    for_us.cookies = for_them.cookies
    assert for_us.visit(lambda session: (session.user, session.rejected)) == (
        None, "wrong-audience",
    )  # fmt: skip
    assert for_us.sent == []


def express(store: RedisStore, clock: Clock, **options: Any) -> Browser:
    return Browser(Sessions(peers.Express("cat", store, **options), clock=clock))


def test_express_signs_with_a_secret_of_any_length_and_says_when_its_cookie_ends(
    redis: RedisServer, clock: Clock
) -> None:
    cookie = StoredCookie(original_max_age=3_600_000, secure=True, same_site="lax")
    store = RedisStore(redis.url, layout="connect-redis", cookie=cookie)
    browser = express(store, clock)
    browser.visit(put(theme="dark"))
    (line,) = browser.sent
    id, _ = signed_id.from_cookie(browser.cookie, keys=[b"cat"])
    assert len(id) == 32
    assert line.startswith("connect.sid=s%3A")
    assert line.partition("; ")[2] == (
        "Path=/; Expires=Thu, 01 Jan 2026 01:00:00 GMT; HttpOnly; Secure; SameSite=Lax"
    )
    store.close()


def test_express_without_max_age_has_a_cookie_that_ends_with_the_browser(
    redis: RedisServer, clock: Clock
) -> None:
    store = RedisStore(redis.url, layout="connect-redis")
    browser = express(store, clock, name="sid")
    browser.visit(put(theme="dark"))
    assert browser.sent[0].endswith("; Path=/; HttpOnly")
    clock.tick(23 * 3600)
    assert browser.visit(look) == {"theme": "dark"}
    clock.tick(23 * 3600)
    assert browser.visit(look) == {"theme": "dark"}
    store.close()


def test_express_that_rolls_sends_its_cookie_with_every_answer(
    redis: RedisServer, clock: Clock
) -> None:
    cookie = StoredCookie(original_max_age=3_600_000)
    store = RedisStore(redis.url, layout="connect-redis", cookie=cookie)
    browser = express(store, clock, rolling=True)
    browser.visit(put(theme="dark"))
    clock.tick(60)
    browser.visit(look)
    assert "Expires=Thu, 01 Jan 2026 01:01:00 GMT" in browser.sent[0]
    store.close()


def test_express_needs_its_own_layout_and_a_cookie_that_can_be_known(redis: RedisServer) -> None:
    with pytest.raises(Misuse, match="connect-redis"):
        peers.Express("cat", RedisStore(redis.url))
    for cookie in (StoredCookie(secure="auto"), StoredCookie(same_site="auto")):
        auto = RedisStore(redis.url, layout="connect-redis", cookie=cookie)
        with pytest.raises(Misuse, match="auto depends on each connection"):
            peers.Express("cat", auto)
    for cookie in (StoredCookie(same_site="sometimes"), StoredCookie(priority="first")):
        odd = RedisStore(redis.url, layout="connect-redis", cookie=cookie)
        with pytest.raises(InvalidCookie, match="Express throws on"):
            peers.Express("cat", odd)
    with pytest.raises(WeakSecret):
        peers.Express("", RedisStore(redis.url, layout="connect-redis"))
