"""What a peer wrote and gave no name is named after its text, and ends with the session."""

from collections.abc import Callable

import pytest

from dojang import blocking, peers
from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from tests.browser import Browser
from tests.conftest import SECRET

DAY = 86_400


def iron() -> Peer:
    return peers.IronSession(SECRET, "app", principal="user", revocations=MemoryStore())


def jose() -> Peer:
    return peers.Jose(SECRET, "app", revocations=MemoryStore())


def sealed(claims: dict[str, object], clock: Clock) -> str:
    """Return what `getIronSession` writes: the data, and nothing of ours."""
    return IronSeal(SECRET).encode(claims, expires=clock() + 14 * DAY * 1000, now=clock())


def signed(claims: dict[str, object], clock: Clock) -> str:
    written = SignedJwt(Key.from_secret(SECRET))
    return written.encode(claims, expires=clock() + 14 * DAY * 1000, now=clock())


SYSTEMS: dict[str, tuple[Callable[[], Peer], Callable[[Clock], str]]] = {
    "iron-session": (iron, lambda clock: sealed({"user": "ada"}, clock)),
    "jose": (jose, lambda clock: signed({"sub": "ada"}, clock)),
}  # fmt: skip


@pytest.fixture(params=SYSTEMS)
def browser(request: pytest.FixtureRequest, clock: Clock) -> Browser:
    """A browser that signed in on the other side."""
    system, written = SYSTEMS[request.param]
    days = Lifetime(idle=7 * DAY, absolute=90 * DAY)
    browser = Browser(Sessions(system(), lifetime=days, clock=clock))
    browser.cookies = {browser.sessions.cookie.name: written(clock)}
    return browser


def user(session: Session) -> object:
    return session.user


def rejected(session: Session) -> object:
    return session.user, session.rejected


@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize("leave", [Session.logout, Session.rotate])
def test_a_copy_of_the_text_is_refused_after_a_logout_and_a_rotation(
    browser: Browser, clock: Clock, leave: Callable[[Session], None], seen: bool
) -> None:
    copy = browser.twin()
    if seen:
        browser.visit(user)
    browser.visit(leave)
    clock.tick(2)
    assert copy.visit(rejected) == (None, "revoked")


def test_who_rotates_goes_on_until_all_are_signed_out_and_no_text_is_left(
    browser: Browser, clock: Clock
) -> None:
    first = browser.twin()
    browser.visit(Session.rotate)
    clock.tick(2)
    assert browser.visit(user) == "ada"
    assert len(blocking.run(browser.sessions.list("ada"))) == 1
    blocking.run(browser.sessions.end_all("ada"))
    clock.tick(2)
    assert browser.twin().visit(user) is None
    assert first.visit(user) is None


def test_one_seal_is_one_session_whatever_stands_behind_it(clock: Clock) -> None:
    days = Lifetime(idle=7 * DAY, absolute=90 * DAY)
    here = Sessions(iron(), lifetime=days, clock=clock)
    seal = sealed({"user": "ada"}, clock)
    spellings = [seal, seal.removesuffix("~2"), seal[:-1] + "3", seal + "~4"]
    for text in spellings:
        browser = Browser(here)
        browser.cookies = {"app": text}
        assert browser.visit(user) == "ada"
    (device,) = blocking.run(here.list("ada"))
    blocking.run(here.end(device.handle))
    clock.tick(2)
    for text in spellings:
        browser = Browser(here)
        browser.cookies = {"app": text}
        assert browser.visit(rejected) == (None, "revoked")


def test_who_signs_in_over_an_anonymous_text_of_a_peer_does_not_end_it_under_way(
    clock: Clock,
) -> None:
    """A request that is still under way with it would have the new cookie deleted."""
    days = Lifetime(idle=7 * DAY, absolute=90 * DAY)
    browser = Browser(Sessions(iron(), lifetime=days, clock=clock))
    browser.cookies = {"app": sealed({"theme": "dark"}, clock)}
    slow = browser.twin()
    browser.visit(lambda session: session.login("ada"))
    slow.visit(user)
    assert not any("Max-Age=0" in line for line in slow.sent)
