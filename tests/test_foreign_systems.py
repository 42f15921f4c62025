"""A foreign system is one argument: format, cookie, lifetime and cutting as it has them."""

from dataclasses import replace

import pytest

from dojang import peers
from dojang.errors import Misuse
from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, look, put
from tests.conftest import SECRET

DAY = 24 * 3600


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


def test_a_ttl_of_0_is_a_seal_without_an_end(clock: Clock) -> None:
    browser = Browser(Sessions(peers.IronSession(SECRET, "app", ttl=0), clock=clock))
    browser.visit(put(theme="dark"))
    assert IronSeal(SECRET).decode(browser.cookie, now=clock()).expires is None
    clock.tick(5 * 365 * DAY)
    assert browser.visit(look) == {"theme": "dark"}


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
