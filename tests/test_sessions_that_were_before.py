"""Sessions of our own that live elsewhere now: given as they were made, they are accepted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dojang import blocking, peers
from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.circulation import Sighting
from dojang.testing import Clock
from dojang.wire.cookies import Cookie
from dojang.wire.keygrip.koa_session import KoaSession
from tests.browser import Browser, put
from tests.conftest import SECRET

OLD = "the secret of the system that was there before"
SID = Cookie(name="sid", domain="example.com")

Made = Callable[[Path, Clock], Sessions]

BEFORE: dict[str, Made] = {
    "sqlite": lambda path, clock: Sessions.from_url(
        f"sqlite:///{path}/old.db", secret=OLD, cookie=SID, clock=clock
    ),
    "sealed": lambda _, clock: Sessions.from_url("sealed:", secret=OLD, cookie=SID, clock=clock),
    "a peer": lambda _, clock: Sessions(peers.AuthJs(OLD), clock=clock),
}

NOW: dict[str, Callable[..., Sessions]] = {
    "sqlite": lambda path, **given: Sessions.from_url(
        f"sqlite:///{path}/new.db", secret=SECRET, **given
    ),
    "sealed": lambda _, **given: Sessions.from_url("sealed:", secret=SECRET, **given),
    "revocable": lambda _, **given: Sessions.from_url(
        "sealed:", secret=SECRET, revocations=MemoryStore(), **given
    ),
}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("now", NOW)
def test_who_signed_in_there_stays_signed_in(
    before: str, now: str, tmp_path: Path, clock: Clock
) -> None:
    old = BEFORE[before](tmp_path, clock)
    browser = Browser(old)
    browser.visit(lambda session: session.login("ada"))
    browser.visit(put(theme="dark"))
    clock.tick(3600)
    # As the process that is there now makes it, which has seen nothing.
    old = BEFORE[before](tmp_path, clock)
    here = NOW[now](tmp_path, accepts={"before": old}, clock=clock)
    there = Browser(here)
    there.cookies = dict(browser.cookies)
    assert there.visit(lambda session: (session.user, session["theme"])) == ("ada", "dark")
    assert set(there.cookies) == {here.cookie.name}
    assert here.circulation.seen == {"before": Sighting(1, clock())}
    somebody = Browser(here)
    somebody.visit(lambda session: session.login("eve"))
    clock.tick(3600)
    assert there.visit(lambda session: (session.user, session.rejected)) == ("ada", None)
    for sessions in (old, here):
        sessions.close()


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("now", NOW)
def test_where_others_have_signed_in_here_before_they_stay_signed_in_as_well(
    before: str, now: str, tmp_path: Path, clock: Clock
) -> None:
    """What ended is known here since somebody's first login, which was after theirs."""
    old = BEFORE[before](tmp_path, clock)
    browser = Browser(old)
    browser.visit(lambda session: session.login("ada"))
    clock.tick(3600)
    here = NOW[now](tmp_path, accepts={"before": old}, clock=clock)
    Browser(here).visit(lambda session: session.login("eve"))
    clock.tick(3600)
    there = Browser(here)
    there.cookies = dict(browser.cookies)
    for _ in range(3):
        assert there.visit(lambda session: (session.user, session.rejected)) == ("ada", None)
        clock.tick(60)
    if now != "sealed":
        assert blocking.run(here.end_all("ada")) == 1
        clock.tick(60)
        assert there.visit(lambda session: session.user) is None
    for sessions in (old, here):
        sessions.close()


def test_what_they_were_made_with_comes_along(clock: Clock) -> None:
    given = Sessions(
        peers.AuthJs(OLD),
        lifetime=Lifetime(idle=60, absolute=600),
        principal="account",
        clock=clock,
    )
    peer = given.peer
    assert (peer.strategy, peer.cookie) == (given.strategy, given.cookie)
    assert (peer.lifetime, peer.principal) == (given.lifetime, given.principal)
    assert Sessions(peer).cookie == given.cookie


@pytest.mark.parametrize("home", ["memory:", "sealed:"])
def test_what_koa_session_wrote_before_everybody_was_signed_out_is_ended(
    home: str, clock: Clock
) -> None:
    """Its text says for how long it is good, and until when: so it says when it was written."""
    koa = peers.KoaSession(OLD, principal="user")
    written = {}
    for user in ("ada", "eve"):
        text = KoaSession(OLD).encode({"user": user}, expires=clock() + 86_400_000, now=clock())
        value, _, signature = text.rpartition(".")
        written[user] = {"koa.sess": value, "koa.sess.sig": signature}
    revocations = MemoryStore() if home == "sealed:" else None
    here = Sessions.from_url(
        home, secret=SECRET, revocations=revocations, accepts={"koa": koa}, clock=clock
    )
    clock.tick(60)
    blocking.run(here.end_all("ada"))
    clock.tick(60)
    for user, seen in (("ada", (None, "revoked")), ("eve", ("eve", None))):
        browser = Browser(here)
        browser.cookies = dict(written[user])
        assert browser.visit(lambda session: (session.user, session.rejected)) == seen
