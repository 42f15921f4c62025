"""A sealed session can be ended from afar within a stated bound, at no look-up per request."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse, TooLarge, TooManySessions, Unavailable
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.revocation_log import RevocationLog
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, look, put
from tests.conftest import SECRET

BOUND = 1.0


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RevocationLog]:
    if request.param == "memory":
        yield MemoryStore()
        return
    store = SqliteStore(tmp_path / "revocations.db")
    yield store
    store.close()


def process(
    log: RevocationLog, clock: Clock, *, lifetime: Lifetime | None = None, **options: Any
) -> Sessions:
    """A process of its own: nothing in common with another but the log."""
    strategy = ClientSide(IronSeal(SECRET), revocations=Revocations(log, **options))
    return Sessions(strategy, clock=clock, lifetime=lifetime)


def sign_in(sessions: Sessions, user: str = "ada") -> Browser:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login(user))
    return browser


def user(browser: Browser) -> Any:
    return browser.visit(lambda session: session.user)


def handle(browser: Browser) -> str:
    found: str = browser.twin().visit(lambda session: session.handle)
    return found


def test_a_session_ended_in_one_process_is_refused_in_another_within_the_bound(
    log: RevocationLog, clock: Clock
) -> None:
    here, there = process(log, clock), process(log, clock)
    browser = sign_in(here)
    browser.sessions = there
    assert user(browser) == "ada"
    blocking.run(here.end(handle(browser)))
    clock.tick(BOUND)
    cookie = dict(browser.cookies)
    assert browser.visit(lambda session: (session.user, session.rejected)) == (None, "revoked")
    assert browser.cookies == {}
    browser.cookies = cookie
    assert user(browser) is None


def test_in_the_process_that_ended_it_it_is_over_at_once(log: RevocationLog, clock: Clock) -> None:
    sessions = process(log, clock)
    browser = sign_in(sessions)
    blocking.run(sessions.end(handle(browser)))
    assert user(browser) is None


def test_signing_out_everywhere_ends_every_earlier_login_but_the_exempt_one(
    log: RevocationLog, clock: Clock
) -> None:
    here, there = process(log, clock), process(log, clock)
    mine, others = sign_in(here), [sign_in(there), sign_in(here)]
    stranger = sign_in(here, "eve")
    clock.tick(0.001)
    assert blocking.run(here.end_all("ada", but=handle(mine))) == 2
    clock.tick(BOUND)
    assert [user(browser) for browser in [mine, *others, stranger]] == ["ada", None, None, "eve"]
    assert user(sign_in(there)) == "ada"


def test_a_renewal_that_races_the_revocation_does_not_escape_it(
    log: RevocationLog, clock: Clock
) -> None:
    here, there = process(log, clock), process(log, clock)
    browser = sign_in(here)
    renewing = browser.twin()
    renewing.sessions = there
    with renewing.under_way() as session:
        clock.tick(10)
        blocking.run(here.end_all("ada"))
        session["n"] = 1
    clock.tick(BOUND)
    assert user(renewing) is None


def test_a_logout_ends_the_cookie_that_was_stolen_before_it(
    log: RevocationLog, clock: Clock
) -> None:
    """@fastify/secure-session CVE-2024-31999: a deleted cookie good for ever."""
    sessions = process(log, clock)
    browser = sign_in(sessions)
    stolen = browser.twin()
    browser.visit(lambda session: session.logout())
    assert user(stolen) is None


def test_a_login_again_ends_the_cookie_before_it(log: RevocationLog, clock: Clock) -> None:
    sessions = process(log, clock)
    browser = sign_in(sessions)
    old = browser.twin()
    browser.visit(lambda session: session.login("ada"))
    assert (user(old), user(browser)) == (None, "ada")


def test_a_session_that_was_spared_may_move_to_a_new_id(log: RevocationLog, clock: Clock) -> None:
    here, there = process(log, clock), process(log, clock)
    browser, other = sign_in(here), sign_in(here)
    clock.tick(0.001)
    browser.visit(lambda session: blocking.run(here.end_all("ada", but=session)))
    old = browser.twin()
    browser.visit(lambda session: session.rotate())
    browser.sessions = there
    clock.tick(BOUND)
    assert [user(tab) for tab in (browser, old, other)] == ["ada", None, None]
    clock.tick(BOUND)
    blocking.run(here.end_all("ada"))
    clock.tick(BOUND)
    assert user(browser) is None


def test_after_a_login_in_the_same_request_the_new_session_is_the_one_that_is_spared(
    log: RevocationLog, clock: Clock
) -> None:
    sessions = process(log, clock)
    browser, other = sign_in(sessions), sign_in(sessions)
    clock.tick(0.001)

    def change_password(session: Any) -> None:
        session.login("ada")
        blocking.run(sessions.end_all("ada", but=session))

    browser.visit(change_password)
    assert [user(browser), user(other)] == ["ada", None]


def test_a_login_after_everything_was_ended_stays(log: RevocationLog, clock: Clock) -> None:
    sessions = process(log, clock)
    browser = sign_in(sessions)
    clock.tick(1)

    def start_over(session: Any) -> None:
        blocking.run(sessions.end_all("ada"))
        session.login("ada")

    browser.visit(start_over)
    clock.tick(BOUND)
    assert user(browser) == "ada"


def test_a_session_born_in_a_peer_is_ended_with_the_others_once_it_was_adopted(
    log: RevocationLog, clock: Clock
) -> None:
    strategy = ClientSide(IronSeal(SECRET), revocations=log)
    sessions = Sessions(strategy, clock=clock, principal="user.id")
    browser = Browser(sessions)
    seal = IronSeal(SECRET).encode({"user": {"id": "ada"}}, expires=None, now=clock())
    browser.cookies = {"__Host-session": seal}
    browser.visit(put(n=1))
    assert blocking.run(sessions.end_all("ada")) == 1
    clock.tick(BOUND)
    assert user(browser) is None


def test_ending_a_session_without_a_name_ends_nothing(log: RevocationLog, clock: Clock) -> None:
    sessions = process(log, clock)
    browser = Browser(sessions)
    seal = IronSeal(SECRET).encode({"n": 1}, expires=None, now=clock())
    browser.cookies = {"__Host-session": seal}
    assert blocking.run(sessions.end("")) is False
    assert browser.visit(look) == {"n": 1}


def test_a_login_that_does_not_fit_its_cookie_ends_and_lists_nothing(
    log: RevocationLog, clock: Clock
) -> None:
    def sign_in_with_too_much(session: Any) -> None:
        session.login("ada")
        session["x"] = "x" * 5_000

    sessions = process(log, clock)
    browser = sign_in(sessions)
    with pytest.raises(TooLarge):
        browser.visit(sign_in_with_too_much)
    assert user(browser) == "ada"
    assert len(blocking.run(sessions.list("ada"))) == 1


def test_reading_a_log_that_has_not_begun_writes_nothing_and_never_waits(
    log: RevocationLog, clock: Clock
) -> None:
    browser = sign_in(process(MemoryStore(), clock))
    clock.tick(1)

    async def in_a_loop() -> object:
        visit = await process(log, clock).open(browser.header)
        return visit.session.rejected

    assert asyncio.run(in_a_loop()) == "revoked"


def test_devices_are_listed_with_one_write_at_login_and_none_per_request(clock: Clock) -> None:
    log = Counting()
    sessions = process(log, clock)
    browsers = [sign_in(sessions) for _ in range(3)]
    assert log.written == 3
    for browser in browsers:
        for n in range(10):
            browser.visit(put(n=n))
    assert log.written == 3
    handles = [handle(browser) for browser in browsers]
    assert sorted(handles) == sorted(entry.handle for entry in blocking.run(sessions.list("ada")))


@pytest.mark.parametrize("count", [1, 3])
def test_one_too_many_ends_the_oldest_in_every_process(
    log: RevocationLog, clock: Clock, count: int
) -> None:
    here, there = (
        Sessions(ClientSide(IronSeal(SECRET), revocations=log, limit=Limit(count)), clock=clock)
        for _ in range(2)
    )
    eve, browsers = sign_in(there, "eve"), []
    for n in range(count + 2):
        clock.tick(BOUND)
        browsers.append(sign_in(here if n % 2 else there))
        clock.tick(BOUND)
        ended = max(0, n + 1 - count)
        assert [user(one) for one in browsers] == [None] * ended + ["ada"] * (n + 1 - ended)
    assert len(blocking.run(there.list("ada"))) == count
    # Signing in again where one is signed in takes no more room, nor does a new id.
    last = browsers[-1]
    last.visit(lambda session: session.login("ada"))
    last.visit(lambda session: session.rotate())
    assert [user(one) for one in browsers[-count:]] == ["ada"] * count
    assert user(eve) == "eve"


def test_one_too_many_may_be_refused_instead(log: RevocationLog, clock: Clock) -> None:
    home = ClientSide(IronSeal(SECRET), revocations=log, limit=Limit(1, "refuse"))
    sessions = Sessions(home, clock=clock)
    first, second = sign_in(sessions), Browser(sessions)
    second.visit(put(cart=[1]))
    with pytest.raises(TooManySessions):
        second.visit(lambda session: session.login("ada"))
    assert second.visit(look) == {"cart": [1]}
    first.visit(lambda session: session.login("ada"))
    assert user(first) == "ada"
    first.visit(lambda session: session.logout())
    second.visit(lambda session: session.login("ada"))
    assert user(second) == "ada"


def test_one_small_query_a_second_however_many_requests(clock: Clock) -> None:
    log = Counting()
    sessions = process(log, clock)
    browser = sign_in(sessions)
    asked = log.asked
    for _ in range(1_000):
        clock.tick(0.01)
        browser.visit(look)
    assert 9 <= log.asked - asked <= 11


def test_nobody_without_a_cookie_asks_for_revocations(clock: Clock) -> None:
    log = Counting()
    sessions = process(log, clock)
    for _ in range(100):
        clock.tick(5)
        Browser(sessions).visit(look)
    assert log.asked == 0


def test_a_process_that_starts_later_knows_what_was_ended_before(
    log: RevocationLog, clock: Clock
) -> None:
    sessions = process(log, clock)
    browser = sign_in(sessions)
    blocking.run(sessions.end(handle(browser)))
    browser.sessions = process(log, clock)
    assert user(browser) is None


def test_a_log_that_was_lost_fences_everything_older_than_the_new_one(clock: Clock) -> None:
    before, after = MemoryStore(), MemoryStore()
    browser = sign_in(process(before, clock))
    clock.tick(60)
    browser.sessions = process(after, clock)
    assert browser.visit(lambda session: session.rejected) == "revoked"
    assert user(sign_in(browser.sessions)) == "ada"


def test_a_log_that_was_lost_twice_between_two_looks_fences_all_of_what_was_between(
    clock: Clock,
) -> None:
    """Both times it has not begun, which is no reason to take one for the other."""
    log = MemoryStore()
    here, there = process(log, clock), process(log, clock)
    there.strategy.revocations.log = here.strategy.revocations.log = MemoryStore()  # type: ignore[union-attr]
    first = sign_in(here)
    for lost in (MemoryStore(), MemoryStore()):
        clock.tick(BOUND)
        here.strategy.revocations.log = there.strategy.revocations.log = lost  # type: ignore[union-attr]
        first.sessions = there
        assert first.twin().visit(lambda session: session.rejected) == "revoked"
        between = sign_in(here)
    clock.tick(BOUND)
    here.strategy.revocations.log = there.strategy.revocations.log = MemoryStore()  # type: ignore[union-attr]
    between.sessions = there
    assert between.visit(lambda session: session.rejected) == "revoked"


def test_while_the_store_is_down_sessions_pass_for_the_grace_and_then_are_503(
    clock: Clock,
) -> None:
    log = Counting()
    browser = sign_in(process(log, clock, max_staleness=1, grace=5))
    assert user(browser) == "ada"
    log.down = True
    clock.tick(5.9)
    assert user(browser) == "ada"
    clock.tick(0.1)
    with pytest.raises(Unavailable):
        user(browser)
    log.down = False
    assert user(browser) == "ada"


def test_entries_are_gone_once_nothing_they_end_can_be_alive(
    log: RevocationLog, clock: Clock
) -> None:
    sessions = process(log, clock)
    for _ in range(5):
        blocking.run(sessions.end(handle(sign_in(sessions))))
    assert blocking.run(log.revocations(after=0, now=clock())).live == 5
    clock.tick(30 * 24 * 3600 + 120)
    assert blocking.run(log.revocations(after=0, now=clock())).live == 0


def test_a_reader_that_missed_something_takes_the_whole_log(
    log: RevocationLog, clock: Clock
) -> None:
    sessions = process(log, clock)
    browser = sign_in(sessions)
    assert isinstance(sessions.strategy, ClientSide)
    revocations = sessions.strategy._revocations
    assert revocations is not None
    revocations._copy._expiries.append(10**15)
    other = process(log, clock)
    blocking.run(other.end(handle(browser)))
    clock.tick(BOUND)
    assert user(browser) is None


def test_last_renewed_moves_when_a_session_is_issued_again_and_its_expiry_with_it(
    log: RevocationLog, clock: Clock
) -> None:
    sessions = process(log, clock, lifetime=Lifetime(idle=600, absolute=3600, renew=0.5))
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    signed_in = clock()

    def entry() -> tuple[float, float]:
        (listed,) = blocking.run(sessions.list("ada"))
        assert listed.seen is None
        assert listed.renewed is not None
        assert listed.expires is not None
        return (
            listed.renewed.timestamp() - signed_in / 1000,
            listed.expires.timestamp() - signed_in / 1000,
        )

    assert entry() == (0, 600)
    clock.tick(200)
    browser.visit(look)
    assert entry() == (0, 600)
    clock.tick(200)
    browser.visit(look)
    assert entry() == (400, 1000)
    clock.tick(310)
    browser.visit(put(theme="dark"))
    assert entry() == (710, 1310)


def test_a_session_that_nobody_renewed_is_neither_listed_nor_counted_as_ended(
    log: RevocationLog, clock: Clock
) -> None:
    sessions = process(log, clock, lifetime=Lifetime(idle=600, absolute=3600))
    Browser(sessions).visit(lambda session: session.login("ada"))
    clock.tick(600)
    Browser(sessions).visit(lambda session: session.login("ada"))
    assert len(blocking.run(sessions.list("ada"))) == 1
    assert blocking.run(sessions.end_all("ada")) == 1


def test_a_session_that_a_peer_kept_alive_past_its_entry_is_listed_again(
    log: RevocationLog, clock: Clock
) -> None:
    sessions = process(log, clock, lifetime=Lifetime(idle=600, absolute=36_000))
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    seals = IronSeal(SECRET)
    opened = seals.decode(browser.cookie, now=clock())
    clock.tick(500)
    longer = seals.encode(opened.claims, expires=clock() + 600_000, now=clock())
    browser.cookies["__Host-session"] = longer
    clock.tick(500)
    blocking.run(log.sweep(now=clock()))
    assert blocking.run(sessions.list("ada")) == []
    browser.visit(look)
    assert len(blocking.run(sessions.list("ada"))) == 1


def test_a_renewal_that_races_its_end_is_lost_however_stale_the_copy_is(
    log: RevocationLog, clock: Clock
) -> None:
    here = process(log, clock, lifetime=Lifetime(idle=600, absolute=3600))
    there = process(log, clock, lifetime=Lifetime(idle=600, absolute=3600))
    browser = Browser(here)
    browser.visit(lambda session: session.login("ada"))
    clock.tick(400)
    with browser.under_way():
        blocking.run(there.end_all("ada"))
    assert browser.sent == []
    assert blocking.run(here.list("ada")) == []


def test_sessions_without_an_end_cannot_be_revocable(log: RevocationLog) -> None:
    strategy = ClientSide(IronSeal(SECRET), revocations=log)
    with pytest.raises(Misuse, match="absolute="):
        Sessions(strategy, lifetime=Lifetime(absolute=None))


def test_a_bound_that_means_nothing_is_refused(log: RevocationLog) -> None:
    with pytest.raises(Misuse, match="0 or more"):
        Revocations(log, max_staleness=-1)


class Counting(MemoryStore):
    """Counts pulls and writes, and can be taken down."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = self.written = 0
        self.down = False

    async def revocations(self, **options: Any) -> Any:
        if self.down:
            raise Unavailable("taken down by the test")
        self.asked += 1
        return await super().revocations(**options)

    async def insert(self, record: Any, **options: Any) -> None:
        self.written += 1
        await super().insert(record, **options)

    async def revoke(self, revocation: Any, **options: Any) -> None:
        self.written += 1
        await super().revoke(revocation, **options)
