"""Sessions of other kinds become ours when they come, and nobody is signed out."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dojang import blocking, peers
from dojang.errors import Misuse, TooLarge, Unavailable
from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.principal import Place
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.documents import Document
from dojang.stores.memory import MemoryStore
from dojang.stores.memory.records import MemoryRecords
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.circulation import RETIRED, Sighting
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.strategies.sightings import Sightings, add, all_kinds
from dojang.testing import Clock
from dojang.wire.cookies import Cookie
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.keyring import Keyring
from tests.browser import Browser, look, put
from tests.conftest import SECRET

OLD = "the secret of the system that was there before"
DAY = 86_400


def iron() -> Peer:
    return peers.IronSession(OLD, "old", principal="user.id")


def auth_js() -> Peer:
    return peers.AuthJs(OLD)


def token() -> Peer:
    return peers.JsonWebToken(OLD, "token")


def koa() -> Peer:
    return peers.KoaSession(OLD)


def cookie_session() -> Peer:
    return peers.CookieSession(OLD, "session")


def on_server() -> Peer:
    strategy = ServerSide(MemoryStore(), keys=Keyring.of(OLD))
    return Peer(strategy=strategy, cookie=Cookie(name="sid"), lifetime=Lifetime())


KINDS = {
    "iron": iron,
    "auth.js": auth_js,
    "jwt": token,
    "koa": koa,
    "cookie-session": cookie_session,
    "server": on_server,
}


@pytest.fixture(params=KINDS)
def former(request: pytest.FixtureRequest) -> Peer:
    return KINDS[request.param]()


def accepting(home: Sessions, clock: Clock, kinds: Mapping[str, Peer]) -> Sessions:
    return Sessions(home.strategy, accepts=kinds, clock=clock)


def signed_in_before(former: Peer, clock: Clock) -> Browser:
    """Return a browser that signed in while there was nothing else."""
    browser = Browser(Sessions(former, clock=clock))
    browser.visit(lambda session: session.login("ada"))
    browser.visit(put(theme="dark"))
    return browser


def moved(browser: Browser, sessions: Sessions) -> Browser:
    """Return the same browser at the system that is there now."""
    there = Browser(sessions)
    there.cookies = dict(browser.cookies)
    return there


def user(session: Session) -> object:
    return session.user


def test_who_was_signed_in_stays_signed_in_and_the_old_cookie_goes(
    sessions: Sessions, former: Peer, clock: Clock
) -> None:
    here = accepting(sessions, clock, {"before": former})
    browser = moved(signed_in_before(former, clock), here)
    shown = browser.visit(lambda session: (session.user, session["theme"], session.rejected))
    assert shown == ("ada", "dark", None)
    assert set(browser.cookies) == {here.cookie.name}
    assert browser.visit(user) == "ada"
    assert browser.sent == []
    assert here.circulation.seen == {"before": Sighting(1, clock())}


def test_on_an_event_loop_a_session_moves_into_a_file_as_well(
    former: Peer, in_sqlite: Sessions, clock: Clock
) -> None:
    here = accepting(in_sqlite, clock, {"before": former})
    before = signed_in_before(former, clock)

    async def visit() -> object:
        visit = await here.open(before.header)
        return visit.session.user

    assert asyncio.run(visit()) == "ada"


def test_a_page_that_does_not_look_moves_the_session_too(sessions: Sessions, clock: Clock) -> None:
    here = accepting(sessions, clock, {"before": iron()})
    browser = moved(signed_in_before(iron(), clock), here)
    browser.visit(lambda _: None)
    assert set(browser.cookies) == {here.cookie.name}


def test_an_answer_that_failed_moves_nothing_and_the_next_one_does(
    sessions: Sessions, clock: Clock
) -> None:
    here = accepting(sessions, clock, {"before": iron()})
    browser = moved(signed_in_before(iron(), clock), here)
    assert browser.visit(user, status=500) == "ada"
    assert set(browser.cookies) == {"old"}
    assert browser.visit(user, status=404) == "ada"
    assert set(browser.cookies) == {here.cookie.name}


def test_each_kind_has_its_own_name_and_count(sessions: Sessions, clock: Clock) -> None:
    kinds = {name: kind() for name, kind in KINDS.items()}
    here = accepting(sessions, clock, kinds)
    for name, kind in kinds.items():
        assert moved(signed_in_before(kind, clock), here).visit(user) == "ada", name
    assert here.circulation.seen == {name: Sighting(1, clock()) for name in KINDS}


def test_ours_comes_first_and_what_is_left_of_another_kind_goes(
    sessions: Sessions, clock: Clock
) -> None:
    here = accepting(sessions, clock, {"before": iron()})
    browser = moved(signed_in_before(iron(), clock), here)
    left = dict(browser.cookies)
    browser.visit(lambda session: session.login("eve"))
    browser.cookies |= left
    assert browser.visit(user) == "eve"
    assert "old" not in browser.cookies


def test_a_logout_drops_both_cookies(sessions: Sessions, former: Peer, clock: Clock) -> None:
    here = accepting(sessions, clock, {"before": former})
    browser = moved(signed_in_before(former, clock), here)
    browser.visit(lambda session: session.logout())
    assert browser.cookies == {}


def test_a_session_of_ours_that_is_over_does_not_come_back_by_an_older_cookie(
    on_server: Sessions, clock: Clock
) -> None:
    here = accepting(on_server, clock, {"before": iron()})
    browser = moved(signed_in_before(iron(), clock), here)
    left = dict(browser.cookies)
    browser.visit(user)
    clock.tick(8 * DAY)
    browser.cookies |= left
    assert browser.visit(user) is None


@pytest.mark.parametrize("end", ["logout", "from afar"])
def test_on_the_server_a_copied_old_cookie_is_good_for_nothing_once_the_session_is_over(
    on_server: Sessions, clock: Clock, end: str
) -> None:
    here = accepting(on_server, clock, {"before": iron()})
    browser = moved(signed_in_before(iron(), clock), here)
    copy = browser.twin()
    browser.visit(user)
    if end == "logout":
        browser.visit(lambda session: session.logout())
    else:
        assert blocking.run(here.end_all("ada")) == 1
    assert copy.visit(lambda session: (session.user, session.rejected)) == (None, "unknown")
    assert blocking.run(here.list("ada")) == []


def test_with_revocations_the_same_holds_for_sessions_in_cookies(clock: Clock) -> None:
    home = ClientSide(IronSeal(SECRET), revocations=MemoryStore())
    here = Sessions(home, accepts={"before": iron()}, clock=clock)
    browser = moved(signed_in_before(iron(), clock), here)
    copy = browser.twin()
    browser.visit(user)
    (device,) = blocking.run(here.list("ada"))
    assert blocking.run(here.end(device.handle)) is True
    clock.tick(2)
    assert copy.visit(lambda session: (session.user, session.rejected)) == (None, "revoked")
    assert browser.visit(user) is None


@pytest.mark.parametrize("in_cookie", [True, False])
def test_a_session_that_has_not_come_yet_is_ended_with_all_others_of_its_user(
    former: Peer, clock: Clock, in_cookie: bool
) -> None:
    """It is known to nobody here until it comes, and was signed out everywhere before."""
    store = MemoryStore()
    home = ClientSide(IronSeal(SECRET), revocations=store) if in_cookie else ServerSide(store)
    secret = None if in_cookie else SECRET
    here = Sessions(home, secret=secret, accepts={"before": former}, clock=clock)
    Browser(here).visit(lambda session: session.login("eve"))
    browser = signed_in_before(former, clock)
    clock.tick(60)
    blocking.run(here.end_all("ada"))
    later = signed_in_before(former, clock)
    clock.tick(60)
    gone = moved(browser, here)
    assert gone.visit(lambda session: (session.user, session.rejected)) == (None, "revoked")
    assert gone.cookies == {}
    assert moved(later, here).visit(user) == "ada"


@pytest.mark.parametrize("days", [0, 1, 10])
@pytest.mark.parametrize("lifetime", [None, Lifetime(idle=3600, absolute=DAY)])
def test_a_copied_old_cookie_stays_good_for_nothing_for_as_long_as_its_text_can_live(
    on_server: Sessions, clock: Clock, lifetime: Lifetime | None, days: int
) -> None:
    """Its text outlives the session that it became, and its row here."""
    before = {"opaque": peers.OpaqueToken(lambda _: "ada", "token"), "flask": peers.Flask(OLD)}
    here = Sessions(on_server.strategy, lifetime=lifetime, accepts=before, clock=clock)
    flask = Browser(Sessions(before["flask"], lifetime=Lifetime(idle=31 * DAY), clock=clock))
    flask.visit(put(_user_id="ada"))
    opaque = Browser(here)
    opaque.cookies = {"token": "abcdefghijklmnopqrstuvwxyz"}
    for browser in (moved(flask, here), opaque):
        copy = browser.twin()
        for _ in range(days if lifetime is None else 1):
            assert browser.visit(user) == "ada"
            clock.tick(DAY if lifetime is None else 60)
        browser.visit(lambda session: session.logout())
        for later in (60, 3600, DAY, 7 * DAY, 25 * DAY):
            clock.tick(later)
            assert copy.twin().visit(user) is None


@pytest.mark.parametrize("in_cookie", [True, False])
@pytest.mark.parametrize("suffix", ["", "~1", "~3", "~2=", "~2~2"])
def test_what_stands_behind_a_seal_makes_no_other_session_of_it(
    clock: Clock, in_cookie: bool, suffix: str
) -> None:
    store = MemoryStore()
    home = ClientSide(IronSeal(SECRET), revocations=store) if in_cookie else ServerSide(store)
    secret = None if in_cookie else SECRET
    here = Sessions(home, secret=secret, accepts={"before": iron()}, clock=clock)
    browser = moved(signed_in_before(iron(), clock), here)
    copy = browser.twin()
    copy.cookies["old"] = copy.cookies["old"].removesuffix("~2") + suffix
    assert browser.visit(user) == copy.twin().visit(user) == "ada"
    assert len(blocking.run(here.list("ada"))) == 1
    browser.visit(lambda session: session.logout())
    clock.tick(2)
    assert copy.visit(user) is None


@pytest.mark.parametrize("later", [False, True])
def test_a_logout_ends_a_copied_old_cookie_whose_user_the_application_alone_knows(
    clock: Clock, later: bool
) -> None:
    before, accepted = in_the_application_s_place()["starlette"]
    home = ClientSide(IronSeal(SECRET), revocations=MemoryStore())
    here = Sessions(home, principal="account", accepts={"before": accepted}, clock=clock)
    browser = moved(signed_in_before(before, clock), here)
    copy = browser.twin()
    if later:
        browser.visit(user)
    browser.visit(lambda session: session.logout())
    clock.tick(2)
    assert copy.visit(lambda session: (session.user, session.rejected)) == (None, "revoked")


def in_the_application_s_place() -> Mapping[str, tuple[Peer, Peer]]:
    """Return peers that are not told where the user is, as they were and as they are accepted."""
    return {
        "starlette": (peers.Starlette(OLD, principal="account"), peers.Starlette(OLD)),
        "flask": (peers.Flask(OLD, principal="account"), peers.Flask(OLD)),
        "jsonwebtoken": (
            replace(peers.JsonWebToken(OLD, "token"), principal=Place("account")),
            peers.JsonWebToken(OLD, "token"),
        ),
    }


@pytest.mark.parametrize("kind", in_the_application_s_place())
@pytest.mark.parametrize("in_cookie", [True, False])
def test_a_user_that_the_application_alone_knows_is_ended_with_all_others_too(
    kind: str, clock: Clock, in_cookie: bool
) -> None:
    before, accepted = in_the_application_s_place()[kind]
    store = MemoryStore()
    home = ClientSide(IronSeal(SECRET), revocations=store) if in_cookie else ServerSide(store)
    here = Sessions(
        home,
        secret=None if in_cookie else SECRET,
        principal="account",
        accepts={"before": accepted},
        clock=clock,
    )
    browser = signed_in_before(before, clock)
    clock.tick(60)
    blocking.run(here.end_all("ada"))
    clock.tick(60)
    gone = moved(browser, here)
    assert gone.visit(lambda session: (session.user, session.rejected)) == (None, "revoked")
    later = moved(signed_in_before(before, clock), here)
    assert later.visit(user) == "ada"
    assert len(blocking.run(here.list("ada"))) == 1


def test_a_user_that_the_application_alone_knows_counts_for_the_limit(clock: Clock) -> None:
    before, accepted = in_the_application_s_place()["starlette"]
    home = ServerSide(MemoryStore(), limit=Limit(1, "refuse"))
    here = Sessions(
        home, secret=SECRET, principal="account", accepts={"before": accepted}, clock=clock
    )
    assert moved(signed_in_before(before, clock), here).visit(user) == "ada"
    clock.tick(1)
    other = moved(signed_in_before(before, clock), here)
    assert other.visit(lambda session: (session.user, session.rejected)) == (None, "no-room")


def test_requests_under_way_together_become_one_session_and_lose_nothing(
    on_server: Sessions, clock: Clock
) -> None:
    here = accepting(on_server, clock, {"before": iron()})
    first = moved(signed_in_before(iron(), clock), here)
    second = first.twin()
    with first.under_way() as one, second.under_way() as two:
        one["left"] = 1
        two["right"] = 2
    assert len(blocking.run(here.list("ada"))) == 1
    for browser in (first, second):
        assert browser.visit(look) == {
            "user": {"id": "ada"}, "theme": "dark", "left": 1, "right": 2,
        }  # fmt: skip


def test_a_slow_request_with_an_old_cookie_does_not_revive_what_was_ended_meanwhile(
    on_server: Sessions, clock: Clock
) -> None:
    here = accepting(on_server, clock, {"before": iron()})
    slow = moved(signed_in_before(iron(), clock), here)
    quick = slow.twin()
    with slow.under_way() as session:
        session["late"] = True
        quick.visit(user)
        quick.visit(lambda session: session.logout())
    assert blocking.run(here.list("ada")) == []
    assert slow.visit(user) is None


def test_a_limit_of_sessions_counts_what_moves_in(clock: Clock) -> None:
    home = ServerSide(MemoryStore(), limit=Limit(1, "refuse"))
    here = Sessions(home, secret=SECRET, accepts={"before": iron()}, clock=clock)
    moved(signed_in_before(iron(), clock), here).visit(user)
    clock.tick(1)
    other = moved(signed_in_before(iron(), clock), here)
    assert other.visit(lambda session: (session.user, session.rejected)) == (None, "no-room")
    assert set(other.cookies) == {"old"}


def test_what_is_too_large_for_the_new_home_stays_where_it_is_until_it_is_changed(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    before = on_server()
    browser = signed_in_before(before, clock)
    browser.visit(put(cart="x" * 6_000))
    here = Sessions(ClientSide(IronSeal(SECRET)), accepts={"before": before}, clock=clock)
    browser = moved(browser, here)
    browser.visit(lambda _: None)
    assert browser.visit(user) == browser.visit(user) == "ada"
    assert (browser.sent, set(browser.cookies)) == ([], {"sid"})
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "a session of before cannot be made anew" in caplog.text
    with pytest.raises(TooLarge):
        browser.visit(put(more=1))
    browser.visit(lambda session: session.pop("cart"))
    assert set(browser.cookies) == {here.cookie.name}
    assert browser.visit(user) == "ada"


def test_a_page_that_does_not_look_stays_up_where_no_more_are_let_in(clock: Clock) -> None:
    home = ServerSide(MemoryStore(), limit=Limit(1, "refuse"))
    here = Sessions(home, secret=SECRET, accepts={"before": iron()}, clock=clock)
    moved(signed_in_before(iron(), clock), here).visit(user)
    clock.tick(1)
    other = moved(signed_in_before(iron(), clock), here)
    other.visit(lambda _: None)
    assert (other.sent, set(other.cookies)) == ([], {"old"})


def test_the_beginning_counts_for_our_limits(clock: Clock) -> None:
    home = ServerSide(MemoryStore())
    short = Lifetime(idle=DAY, absolute=2 * DAY)
    before = auth_js()
    here = Sessions(home, secret=SECRET, lifetime=short, accepts={"before": before}, clock=clock)
    browser = moved(signed_in_before(before, clock), here)
    clock.tick(3 * DAY)
    assert browser.visit(lambda session: (session.user, session.rejected)) == (None, "expired")
    assert browser.cookies == {}


def test_the_user_is_put_where_we_look_for_it(clock: Clock) -> None:
    home = ServerSide(MemoryStore())
    here = Sessions(
        home, secret=SECRET, principal="account", accepts={"before": iron()}, clock=clock
    )
    browser = moved(signed_in_before(iron(), clock), here)
    assert browser.visit(lambda session: (session.user, session["account"])) == ("ada", "ada")
    assert browser.visit(user) == "ada"


def test_the_same_name_may_hold_another_format(sessions: Sessions, clock: Clock) -> None:
    before = replace(iron(), cookie=sessions.cookie)
    here = accepting(sessions, clock, {"before": before})
    browser = moved(signed_in_before(before, clock), here)
    assert browser.visit(user) == "ada"
    assert [line.partition("=")[0] for line in browser.sent] == [sessions.cookie.name]
    assert browser.visit(user) == "ada"
    assert browser.sent == []


def test_an_old_cookie_is_dropped_with_its_own_attributes(clock: Clock) -> None:
    attributes = Cookie(name="app", domain="example.com", path="/shop", same_site="strict")
    before = replace(iron(), cookie=attributes)
    ours = Cookie(name="app")
    home = ClientSide(IronSeal(SECRET))
    here = Sessions(home, cookie=ours, accepts={"before": before}, clock=clock)
    browser = moved(signed_in_before(before, clock), here)
    browser.visit(user)
    drop, keep = browser.sent
    assert drop == attributes.delete()
    assert keep.startswith("app=Fe26.2")


def test_pieces_of_an_old_cookie_go_too(clock: Clock) -> None:
    before = peers.IronSession(OLD, "old", chunk=True, principal="user.id")
    browser = signed_in_before(before, clock)
    browser.visit(put(text="x" * 5000))
    assert set(browser.cookies) == {"old.0", "old.1"}
    here = Sessions(
        ServerSide(MemoryStore()), secret=SECRET, accepts={"before": before}, clock=clock
    )
    there = moved(browser, here)
    assert there.visit(user) == "ada"
    assert set(there.cookies) == {here.cookie.name}


def test_an_old_cookie_of_the_same_name_and_another_domain_is_dropped_once(clock: Clock) -> None:
    before = peers.IronSession(OLD, "app", principal="user.id")
    before = replace(before, cookie=replace(before.cookie, domain="example.com"))
    home = ServerSide(MemoryStore())
    here = Sessions(
        home, secret=SECRET, cookie=Cookie(name="app"), accepts={"before": before}, clock=clock
    )
    browser = moved(signed_in_before(before, clock), here)
    old = browser.cookies["app"]
    assert browser.visit(user) == "ada"
    assert [line.split("; ")[1] for line in browser.sent] == ["Max-Age=0", "Max-Age=2592000"]
    browser.visit(lambda _: None)
    assert browser.sent == []
    for work in (user, put(n=1)):
        browser.visit(work)
        assert browser.sent == []
    both = blocking.run(here.open(f"app={browser.cookie}; app={old}"))
    assert both.session.user == "ada"
    assert [line.split("; ")[:2] for line in blocking.run(both.close(200))] == [
        ["app=", "Max-Age=0"]
    ]


def test_an_old_id_that_nobody_knows_any_more_is_dropped_and_looked_up_once(clock: Clock) -> None:
    asked: list[str] = []
    before = peers.OpaqueToken(asked.append, "token")
    here = Sessions(
        ServerSide(MemoryStore()), secret=SECRET, accepts={"before": before}, clock=clock
    )
    browser = Browser(here)
    browser.cookies = {"token": "abcdefghijklmnopqrstuvwxyz"}
    for _ in range(3):
        browser.visit(user)
    assert browser.cookies == {}
    assert asked == ["abcdefghijklmnopqrstuvwxyz"]


@pytest.mark.parametrize("text", ["", "x", "Fe26.2*1*forged", "a" * 5000])
def test_what_is_no_good_of_another_kind_either_says_why_and_is_dropped(
    clock: Clock, text: str
) -> None:
    here = Sessions(ClientSide(IronSeal(SECRET)), accepts={"before": iron()}, clock=clock)
    browser = Browser(here)
    browser.cookies = {"old": text}
    why = browser.visit(lambda session: (session.user, session.rejected))
    assert why == (None, "malformed")
    assert browser.cookies == {}
    assert here.circulation.seen == {}


def test_a_retired_secret_of_our_own_is_counted_until_none_is_left(clock: Clock) -> None:
    old = Browser(Sessions(ClientSide(IronSeal(OLD)), clock=clock))
    old.visit(put(n=1))
    now = moved(old, Sessions(ClientSide(IronSeal([SECRET, OLD])), clock=clock))
    for _ in range(3):
        assert now.visit(look) == {"n": 1}
    assert now.sessions.circulation.seen == {RETIRED: Sighting(1, clock())}


def test_a_token_in_a_header_is_never_of_another_kind(clock: Clock) -> None:
    before = token()
    here = Sessions(
        ServerSide(MemoryStore()),
        secret=SECRET,
        bearer=True,
        accepts={"before": before},
        clock=clock,
    )
    text = signed_in_before(before, clock).cookies["token"]
    visit = blocking.run(here.open("", bearer=text))
    assert visit.session.user is None


class Plain(MemoryRecords):
    """What a store of somebody else's has at the least."""

    suspends = False
    by_id = False

    def close(self) -> None:
        pass


def test_a_store_without_documents_is_refused_with_what_to_do() -> None:
    home = ServerSide(Plain(100))
    with pytest.raises(Misuse, match="Documents"):
        Sessions(home, secret=SECRET, accepts={"before": iron()})


def test_all_processes_add_up_what_they_saw_and_when(clock: Clock) -> None:
    store = MemoryStore()

    def process() -> Sessions:
        home = ServerSide(store, keys=Keyring.of(SECRET))
        return Sessions(home, accepts={"before": iron()}, clock=clock)

    def everywhere() -> Sightings:
        return blocking.run(process().circulation.everywhere(now=clock()))["before"]

    one, other = process(), process()
    for here in (one, other, one):
        moved(signed_in_before(iron(), clock), here).visit(user)
    assert everywhere().within(1, now=clock()) == 3
    clock.tick(DAY)
    moved(signed_in_before(iron(), clock), one).visit(user)
    seen = everywhere()
    assert [seen.within(days, now=clock()) for days in (1, 2, 7)] == [1, 4, 4]
    assert seen.last == clock()
    clock.tick(10 * DAY)
    assert everywhere().within(7, now=clock()) == 0


def test_what_comes_at_once_is_counted_to_the_last_one(tmp_path: Path, clock: Clock) -> None:
    hosts = [
        Sessions(
            ServerSide(SqliteStore(tmp_path / "s.db")),
            secret=SECRET,
            accepts={"before": iron()},
            clock=clock,
        )
        for _ in range(2)
    ]
    before = [signed_in_before(iron(), clock) for _ in range(50)]

    async def come(n: int) -> None:
        visit = await hosts[n % 2].open(before[n].header)
        await visit.close(200)

    async def all_come() -> None:
        await asyncio.gather(*map(come, range(len(before))))

    asyncio.run(all_come())
    counted = blocking.run(hosts[0].circulation.everywhere(now=clock()))["before"]
    assert counted.within(1, now=clock()) == len(before)
    for here in hosts:
        here.close()


def test_what_the_store_could_not_take_is_counted_with_the_next(clock: Clock) -> None:
    class Busy(MemoryStore):
        down = True

        async def put(self, before: Document | None, after: Document, *, now: int) -> bool:
            if self.down and after.owner == "circulation":
                raise Unavailable("busy")
            return await super().put(before, after, now=now)

    store = Busy()
    here = Sessions(ServerSide(store, keys=Keyring.of(SECRET)), accepts={"a": iron()}, clock=clock)
    for _ in range(3):
        clock.tick(1)
        moved(signed_in_before(iron(), clock), here).visit(user)
    store.down = False
    clock.tick(1)
    moved(signed_in_before(iron(), clock), here).visit(user)
    counted = blocking.run(here.circulation.everywhere(now=clock()))["a"]
    assert counted.within(1, now=clock()) == 4


def test_a_store_that_cannot_count_signs_nobody_out(clock: Clock) -> None:
    class Full(MemoryStore):
        async def put(self, before: Document | None, after: Document, *, now: int) -> bool:
            if after.owner == "circulation":
                raise Unavailable("full")
            return await super().put(before, after, now=now)

    here = Sessions(
        ServerSide(Full(), keys=Keyring.of(SECRET)), accepts={"before": iron()}, clock=clock
    )
    browser = moved(signed_in_before(iron(), clock), here)
    assert browser.visit(user) == browser.visit(user) == "ada"
    assert here.circulation.seen == {"before": Sighting(1, clock())}


def test_days_that_are_over_for_longer_than_a_cookie_lives_are_dropped() -> None:
    store = MemoryStore()
    for day in (0, 399, 400, 401):
        blocking.run(add(store, "before", 1, now=day * DAY * 1000))
    assert blocking.run(all_kinds(store, now=401 * DAY * 1000))["before"].days == {
        399: 1, 400: 1, 401: 1,
    }  # fmt: skip


def test_many_threads_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "s.db")
    now = 400 * DAY * 1000
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: blocking.run(add(store, "x", 1, now=now)), range(40)))
    assert blocking.run(all_kinds(store, now=now))["x"].days == {400: sum(done)}
    store.close()
