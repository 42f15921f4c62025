"""Which cookie is whose, and which are dropped, while sessions of another kind still come."""

from collections.abc import Callable, Sequence

import pytest

from dojang import blocking, peers
from dojang.peers.peer import Peer
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.circulation import Sighting
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.cookies import Cookie
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, put
from tests.conftest import SECRET

OLD = "the secret of the system that was there before"
DAY = 86_400

#: As Flask has it, and whoever takes its place under the same name.
SESSION = Cookie(name="session", secure=False)

FLASK = peers.Flask(OLD, principal="user")


def at_the_old_one(peer: Peer, clock: Clock, user: str | None = "ada") -> Browser:
    """Return a browser that is signed in there, or that has a cart and nobody's name."""
    browser = Browser(Sessions(peer, clock=clock))
    browser.visit(put(cart=1) if user is None else lambda session: session.login(user))
    return browser


def at(sessions: Sessions, *browsers: Browser) -> Browser:
    """Return a browser at the new one, with the cookies of others."""
    there = Browser(sessions)
    for browser in browsers:
        there.cookies |= browser.cookies
    return there


def who(session: Session) -> tuple[object, str | None]:
    return session.user, session.rejected


def names_dropped(lines: Sequence[str]) -> list[str]:
    return [line.partition("=")[0] for line in lines if "Max-Age=0" in line]


def new(
    home: str,
    clock: Clock,
    addition: str = "",
    *,
    cookie: Cookie | None = None,
    **kinds: Peer,
) -> Sessions:
    secret = SECRET + addition
    if home == "server":
        return Sessions(
            ServerSide(MemoryStore()),
            secret=secret, principal="user", cookie=cookie, accepts=kinds, clock=clock,
        )  # fmt: skip
    revocations = MemoryStore() if home == "revocable" else None
    return Sessions(
        ClientSide(IronSeal(secret), revocations=revocations),
        principal="user", cookie=cookie, accepts=kinds, clock=clock,
    )  # fmt: skip


HOMES = pytest.mark.parametrize("home", ["server", "revocable", "sealed"])
ENDING = pytest.mark.parametrize("home", ["server", "revocable"])


@ENDING
@pytest.mark.parametrize("before", ["ada", None], ids=["signed in", "with a cart"])
@pytest.mark.parametrize("work", [who, lambda _: None], ids=["looks", "does not look"])
def test_a_slow_request_with_the_old_text_leaves_the_cookie_of_a_login_alone(
    home: str, before: str | None, work: Callable[[Session], object], clock: Clock
) -> None:
    """Where both cookies have one name, dropping the old one would drop the one of the login."""
    here = new(home, clock, cookie=SESSION, flask=FLASK)
    slow = at(here, at_the_old_one(FLASK, clock, before))
    quick = slow.twin()
    quick.visit(lambda session: session.login("bob"))
    clock.tick(2)
    slow.visit(work)
    assert names_dropped(slow.sent) == []


def test_what_nobody_knows_is_dropped_under_one_name_as_well(clock: Clock) -> None:
    browser = Browser(new("server", clock, cookie=SESSION, flask=FLASK))
    browser.cookies = {"session": "what is this"}
    assert browser.visit(who) == (None, "malformed")
    assert browser.cookies == {}


@HOMES
def test_a_session_that_is_reloaded_when_it_comes_has_its_cookie(home: str, clock: Clock) -> None:
    here = new(home, clock, flask=FLASK)
    browser = at(here, at_the_old_one(FLASK, clock))
    visit = browser.open()
    blocking.run(visit.session.reload())
    assert visit.session.user == "ada"
    browser.close(visit)
    assert set(browser.cookies) == {here.cookie.name}
    assert browser.visit(who) == ("ada", None)
    assert here.circulation.seen == {"flask": Sighting(1, clock())}


@pytest.mark.parametrize("token", ["good", "junk", "not even a token"])
def test_a_bearer_token_leaves_alone_what_nobody_looked_at(token: str, clock: Clock) -> None:
    here = Sessions(
        ServerSide(MemoryStore()),
        secret=SECRET, bearer=True, principal="user", accepts={"flask": FLASK}, clock=clock,
    )  # fmt: skip
    if token == "good":
        robot = Browser(here)
        robot.visit(lambda session: session.login("robot"))
        token = robot.visit(lambda session: session.token)
    browser = at(here, at_the_old_one(FLASK, clock))
    visit = blocking.run(here.open(browser.header, bearer=token))
    assert visit.session.user != "ada"
    assert blocking.run(visit.close(200)) == []
    assert browser.visit(who) == ("ada", None)


def expired(_: Sessions, clock: Clock) -> None:
    clock.tick(8 * DAY)


def ended(here: Sessions, clock: Clock) -> None:
    for device in blocking.run(here.list("ada")):
        blocking.run(here.end(device.handle))
    clock.tick(2)


@ENDING
@pytest.mark.parametrize("over", [expired, ended])
def test_who_signs_in_again_at_the_old_one_is_let_in_beside_a_cookie_that_is_over(
    home: str, over: Callable[[Sessions, Clock], None], clock: Clock
) -> None:
    here = new(home, clock, flask=FLASK)
    browser = at(here, at_the_old_one(FLASK, clock))
    browser.visit(who)
    over(here, clock)
    browser.cookies |= at_the_old_one(FLASK, clock).cookies
    assert browser.visit(who) == ("ada", None)
    assert set(browser.cookies) == {here.cookie.name}
    assert browser.visit(who) == ("ada", None)


@ENDING
def test_a_cookie_that_is_over_is_not_brought_back_by_the_one_it_came_from(
    home: str, clock: Clock
) -> None:
    here = new(home, clock, flask=FLASK)
    before = at_the_old_one(FLASK, clock)
    browser = at(here, before)
    browser.visit(who)
    ended(here, clock)
    browser.cookies |= before.cookies
    for _ in range(3):
        assert browser.visit(lambda session: session.user) is None
    assert "session" not in browser.cookies


@HOMES
def test_who_signs_out_by_emptying_the_session_leaves_no_old_cookie_to_come_back_by(
    home: str, clock: Clock
) -> None:
    here = new(home, clock, flask=FLASK)
    browser = at(here, at_the_old_one(FLASK, clock))
    browser.visit(lambda session: session.pop("user"))
    assert browser.cookies == {}


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        (peers.KoaSession(OLD), "koa.sess.sig"),
        (peers.CookieSession(OLD), "session.sig"),
        (peers.IronSession(OLD, "old", chunk=True), "old.1"),
        (peers.AuthJs(OLD), "__Secure-authjs.session-token.1"),
    ],
)
def test_a_piece_whose_rest_is_gone_is_dropped(kind: Peer, left: str, clock: Clock) -> None:
    browser = Browser(new("server", clock, old=kind))
    browser.cookies = {left: "what is left of it"}
    browser.visit(lambda _: None)
    assert browser.cookies == {}


MISFITS = [
    (peers.AuthJs(SECRET), {"sub": "x"}),
    (peers.Jose(SECRET, "t"), {"sub": "x"}),
    (peers.Jose(SECRET, "t"), {"exp": 1}),
    (peers.IronSession(SECRET, "t"), {"save": True}),
    (peers.IronSession(SECRET, "t"), {"__proto__": {}}),
    (peers.IronSession(SECRET, "t"), {"nested": [{"__proto__": 1}]}),
]


@pytest.mark.parametrize(("home", "misfit"), MISFITS)
def test_what_the_new_home_cannot_hold_stays_where_it_is_and_no_page_falls(
    home: Peer, misfit: dict[str, object], clock: Clock
) -> None:
    before = at_the_old_one(FLASK, clock)
    before.visit(put(**misfit))
    here = Sessions(home, principal="user", accepts={"flask": FLASK}, clock=clock)
    browser = at(here, before)
    for work in (lambda _: None, who, lambda _: None):
        assert browser.visit(work) in (None, ("ada", None))
        assert (browser.sent, set(browser.cookies)) == ([], {"session"})
    browser.visit(lambda session: session.pop(next(iter(misfit))))
    assert set(browser.cookies) == {here.cookie.name}
    assert browser.visit(who) == ("ada", None)


@HOMES
def test_a_login_over_an_old_cookie_that_is_over_counts_nothing(home: str, clock: Clock) -> None:
    here = new(home, clock, flask=FLASK)
    browser = at(here, at_the_old_one(FLASK, clock))
    clock.tick(32 * DAY)
    browser.visit(lambda session: session.login("eve"))
    assert here.circulation.seen == {}
    assert browser.visit(who) == ("eve", None)
    assert set(browser.cookies) == {here.cookie.name}


@HOMES
def test_another_name_of_our_own_cookie_keeps_the_very_session(home: str, clock: Clock) -> None:
    before = new(home, clock, cookie=Cookie(name="sid"))
    browser = Browser(before)
    browser.visit(lambda session: session.login("ada"))
    handle = browser.visit(lambda session: session.handle)
    older = Peer(strategy=before.strategy, cookie=before.cookie, lifetime=before.lifetime)
    secret = SECRET if home == "server" else None
    strategy = before.strategy
    here = Sessions(strategy, secret=secret, principal="user", accepts={"sid": older}, clock=clock)
    browser = at(here, browser)
    copy = browser.twin()
    assert browser.visit(lambda session: (session.user, session.handle)) == ("ada", handle)
    assert set(browser.cookies) == {here.cookie.name}
    assert here.circulation.seen == {"sid": Sighting(1, clock())}
    if home != "sealed":
        assert [device.handle for device in blocking.run(here.list("ada"))] == [handle]
        browser.visit(lambda session: session.logout())
        clock.tick(2)
        assert copy.visit(lambda session: session.user) is None


def test_a_token_that_is_not_meant_for_us_is_asked_for_by_the_kind_it_is_meant_for(
    clock: Clock,
) -> None:
    """One secret, one name, another audience."""
    before = peers.Jose(OLD, "token", audience="old")
    here = Sessions(peers.Jose(OLD, "token", audience="new"), accepts={"old": before}, clock=clock)
    browser = at(here, at_the_old_one(before, clock))
    assert browser.visit(who) == ("ada", None)
    assert browser.visit(who) == ("ada", None)
    assert browser.sent == []


PLACED = {
    "JsonWebToken": lambda **place: peers.JsonWebToken(OLD, "token", **place),
    "Jose": lambda **place: peers.Jose(OLD, "token", **place),
    "AuthJs": lambda **place: peers.AuthJs(OLD, **place),
    "NextAuth": lambda **place: peers.NextAuth(OLD, **place),
    "IronSession": lambda **place: peers.IronSession(OLD, "old", **place),
    "CookieSession": lambda **place: peers.CookieSession(OLD, **place),
    "KoaSession": lambda **place: peers.KoaSession(OLD, **place),
    "Flask": lambda **place: peers.Flask(OLD, **place),
    "Starlette": lambda **place: peers.Starlette(OLD, **place),
    "Django": lambda **place: peers.Django(OLD, **place),
}


@pytest.mark.parametrize("kind", PLACED)
def test_an_old_cookie_is_dropped_where_it_is(kind: str, clock: Clock) -> None:
    """A browser tells cookies apart by domain and path, too."""
    former = PLACED[kind](domain="example.com", path="/shop")
    browser = at(new("server", clock, old=former), at_the_old_one(former, clock))
    assert browser.visit(lambda session: session.user) == "ada"
    dropped = [line for line in browser.sent if "Max-Age=0" in line]
    assert dropped
    assert all("; Domain=example.com; Path=/shop;" in line for line in dropped)


@HOMES
def test_who_signed_in_while_the_old_one_was_back_counts_once_we_have_another_secret(
    home: str, clock: Clock
) -> None:
    """On a browser where our own cookie was left by somebody else."""
    browser = at(new(home, clock, flask=FLASK), at_the_old_one(FLASK, clock))
    browser.visit(who)
    clock.tick(60)
    again = at(new(home, clock, "another secret", flask=FLASK), browser)
    again.cookies |= at_the_old_one(FLASK, clock, "eve").cookies
    assert again.visit(who) == ("eve", None)
    assert again.visit(who) == ("eve", None)
