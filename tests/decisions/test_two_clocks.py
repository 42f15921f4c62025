"""Idle and absolute limits; renewal by share; last seen; remember."""

from dataclasses import replace
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse
from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, look, put
from tests.conftest import SECRET, lasting

HOUR = 3600


def max_age(line: str) -> int | None:
    parts = dict(part.partition("=")[::2] for part in line.split("; "))
    return int(parts["Max-Age"]) if "Max-Age" in parts else None


def expiry(browser: Browser) -> Any:
    return browser.visit(lambda session: session.expires)


def test_past_the_idle_limit_a_session_is_over_though_the_cookie_comes(
    sessions: Sessions, clock: Clock
) -> None:
    browser = Browser(lasting(sessions, Lifetime(idle=HOUR)))
    browser.visit(put(n=1))
    clock.tick(HOUR - 0.001)
    assert browser.twin().visit(look) == {"n": 1}
    clock.tick(2 * HOUR)
    assert browser.visit(lambda session: (session.rejected, dict(session))) == ("expired", {})
    assert browser.cookies == {}


def test_the_limit_itself_is_already_over(sessions: Sessions, clock: Clock) -> None:
    browser = Browser(lasting(sessions, Lifetime(idle=HOUR, renew=1)))
    browser.visit(put(n=1))
    clock.tick(HOUR)
    assert browser.visit(lambda session: session.rejected) == "expired"


def test_renew_0_renews_on_every_request_looked_at_or_not(sessions: Sessions, clock: Clock) -> None:
    browser = Browser(lasting(sessions, Lifetime(idle=HOUR, absolute=None, renew=0)))
    browser.visit(put(n=1))
    for _ in range(5):
        clock.tick(0.9 * HOUR)
        browser.visit(lambda _: None)
    assert browser.visit(look) == {"n": 1}


def test_renew_half_renews_at_half_life_and_not_before(sessions: Sessions, clock: Clock) -> None:
    browser = Browser(lasting(sessions, Lifetime(idle=HOUR, renew=0.5)))
    browser.visit(put(n=1))
    first = expiry(browser)
    clock.tick(0.49 * HOUR)
    browser.visit(look)
    assert expiry(browser) == first
    clock.tick(0.01 * HOUR)
    browser.visit(look)
    assert (expiry(browser) - first).total_seconds() == 0.5 * HOUR


def test_renew_1_never_renews(sessions: Sessions, clock: Clock) -> None:
    browser = Browser(lasting(sessions, Lifetime(idle=HOUR, renew=1)))
    browser.visit(put(n=1))
    first = expiry(browser)
    clock.tick(0.99 * HOUR)
    browser.visit(look)
    assert expiry(browser) == first


def test_the_absolute_limit_is_never_passed_however_busy_the_session(
    sessions: Sessions, clock: Clock
) -> None:
    """@fastify/session CVE-2024-35220: an expiry moved on when the session was restored."""
    browser = Browser(lasting(sessions, Lifetime(idle=HOUR, absolute=3 * HOUR, renew=0)))
    browser.visit(lambda session: session.login("ada"))
    for _ in range(5):
        clock.tick(0.5 * HOUR)
        assert browser.visit(lambda session: session.user) == "ada"
        browser.visit(lambda session: session.update(n=clock()))
    clock.tick(0.5 * HOUR)
    assert browser.visit(lambda session: session.rejected) == "expired"


def test_limits_made_shorter_cut_sessions_that_are_out_there(
    sessions: Sessions, clock: Clock
) -> None:
    browser = Browser(lasting(sessions, Lifetime(absolute=10 * HOUR)))
    browser.visit(put(n=1))
    clock.tick(2 * HOUR)
    browser.sessions = lasting(sessions, Lifetime(absolute=HOUR))
    assert browser.visit(lambda session: session.rejected) == "expired"


def test_a_renewal_never_rewrites_data(on_server: Sessions, clock: Clock) -> None:
    browser = Browser(lasting(on_server, Lifetime(idle=HOUR, renew=0)))
    browser.visit(put(n=1))
    with browser.twin().under_way():
        clock.tick(60)
        browser.twin().visit(put(n=2))
    assert browser.visit(look) == {"n": 2}


def test_a_renewal_on_the_server_sends_no_cookie_when_max_age_follows_the_absolute_limit(
    on_server: Sessions, clock: Clock
) -> None:
    browser = Browser(lasting(on_server, Lifetime(idle=HOUR, absolute=24 * HOUR, renew=0)))
    browser.visit(put(n=1))
    assert max_age(browser.sent[0]) == 24 * HOUR
    clock.tick(60)
    browser.visit(look)
    assert browser.sent == []


def test_without_an_absolute_limit_max_age_follows_the_idle_one(
    on_server: Sessions, clock: Clock
) -> None:
    browser = Browser(lasting(on_server, Lifetime(idle=HOUR, absolute=None, renew=0)))
    browser.visit(put(n=1))
    clock.tick(60)
    browser.visit(look)
    assert [max_age(line) for line in browser.sent] == [HOUR]


def test_without_any_limit_the_cookie_lasts_as_long_as_browsers_allow(
    sessions: Sessions, clock: Clock
) -> None:
    browser = Browser(lasting(sessions, Lifetime(idle=None, absolute=None)))
    browser.visit(put(n=1))
    assert max_age(browser.sent[0]) == 400 * 24 * HOUR
    clock.tick(10 * 365 * 24 * HOUR)
    assert browser.visit(look) == {"n": 1}


def test_without_remember_the_cookie_ends_with_the_browser_and_the_session_soon(
    sessions: Sessions, clock: Clock
) -> None:
    browser = Browser(lasting(sessions, Lifetime(unremembered=2 * HOUR)))
    browser.visit(lambda session: session.login("ada", remember=False))
    assert max_age(browser.sent[0]) is None
    clock.tick(2 * HOUR - 1)
    assert browser.visit(lambda session: (session.user, session.remember)) == ("ada", False)
    clock.tick(1)
    assert browser.visit(lambda session: session.rejected) == "expired"


def test_remember_can_be_changed_and_the_cookie_follows(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada", remember=False))
    browser.visit(lambda session: setattr(session, "remember", True))
    assert max_age(browser.sent[0]) == 30 * 24 * HOUR
    assert browser.visit(lambda session: session.user) == "ada"


def test_last_seen_moves_at_most_every_five_minutes_and_apart_from_renewal(
    on_server: Sessions, clock: Clock
) -> None:
    browser = Browser(lasting(on_server, Lifetime(renew=1)))
    browser.visit(lambda session: session.login("ada"))

    def seen() -> float:
        (entry,) = blocking.run(browser.sessions.list("ada"))
        assert entry.seen is not None
        return (entry.seen - entry.created).total_seconds()

    clock.tick(299)
    browser.visit(look)
    assert seen() == 0
    clock.tick(1)
    browser.visit(look)
    assert seen() == 300


def test_a_clock_set_back_moves_no_expiry_back(sessions: Sessions, clock: Clock) -> None:
    browser = Browser(lasting(sessions, Lifetime(renew=0)))
    browser.visit(put(n=1))
    first = expiry(browser)
    clock.tick(-HOUR)
    browser.visit(look)
    assert expiry(browser) == first


@pytest.mark.parametrize(
    "limits", [{"idle": 0}, {"absolute": -1}, {"unremembered": 0}, {"renew": 1.1}, {"renew": -1}]
)
def test_a_limit_that_means_nothing_is_refused(limits: Any) -> None:
    with pytest.raises(Misuse):
        Lifetime(**limits)
    assert replace(Lifetime(), idle=None).idle is None


def test_a_refused_step_up_does_not_make_a_session_outlive_the_browser(
    sessions: Sessions,
) -> None:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada", remember=False))
    browser.visit(lambda session: session.login("ada", remember=True), status=403)
    assert browser.visit(lambda session: session.remember) is False


def test_a_login_again_leaves_remember_as_it_was(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada", remember=False))
    browser.visit(lambda session: session.login("ada"))
    assert browser.visit(lambda session: session.remember) is False


def asking(sessions: Sessions, renewing: Any) -> Sessions:
    secret = None if sessions.strategy.on_server is False else SECRET
    return Sessions(sessions.strategy, secret=secret, clock=sessions.clock, renewing=renewing)


def test_a_hook_before_a_renewal_may_bring_the_data_up_to_date(
    sessions: Sessions, clock: Clock
) -> None:
    browser = Browser(asking(sessions, lambda session: session.update(role="editor")))
    browser.visit(lambda session: session.login("ada"))
    browser.visit(put(role="reader"))
    clock.tick(3 * 24 * HOUR)
    assert browser.visit(look) == {"role": "reader"}
    clock.tick(24 * HOUR)
    browser.visit(look)
    assert browser.visit(look) == {"role": "editor"}


def test_a_hook_before_a_renewal_may_refuse_because_the_user_is_gone(
    sessions: Sessions, clock: Clock
) -> None:
    async def gone(session: Any) -> bool:
        return bool(session.user != "ada")

    ada, eve = (Browser(asking(sessions, gone)) for _ in range(2))
    ada.visit(lambda session: session.login("ada"))
    eve.visit(lambda session: session.login("eve"))
    clock.tick(4 * 24 * HOUR)
    for browser in (ada, eve):
        browser.visit(look)
    assert [browser.visit(lambda session: session.user) for browser in (ada, eve)] == [None, "eve"]
    assert ada.cookies == {}


def test_no_hook_is_called_where_nothing_is_renewed(sessions: Sessions, clock: Clock) -> None:
    asked: list[Any] = []
    browser = Browser(asking(sessions, asked.append))
    browser.visit(put(n=1))
    clock.tick(HOUR)
    browser.visit(look)
    assert asked == []


def test_a_member_that_mirrors_the_expiry_is_there_for_fronts_and_moves_with_it(
    clock: Clock,
) -> None:
    seals = IronSeal(SECRET)
    sessions = Sessions(ClientSide(seals, mirror_expiry="expires"), clock=clock)
    browser = Browser(sessions)
    browser.visit(put(n=1))

    def mirrored() -> Any:
        return seals.decode(browser.cookie, now=clock()).claims["expires"]

    assert mirrored() == "2026-01-08T00:00:00.000Z"
    clock.tick(4 * 24 * HOUR)
    assert browser.visit(look) == {"n": 1}
    assert mirrored() == "2026-01-12T00:00:00.000Z"
    browser.visit(lambda session: session.pop("n"))
    assert browser.cookies == {}


def test_a_session_that_ends_with_the_browser_may_have_no_limit_of_its_own() -> None:
    lifetime = Lifetime(idle=HOUR, absolute=None, unremembered=None)
    assert lifetime.end(created=0, remember=False) is None
    assert lifetime.expiry(created=0, remember=False, now=0) == HOUR * 1000
