from pathlib import Path
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse, WeakSecret
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.testing.store_contract import in_threads
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, look, put
from tests.conftest import SECRET


@pytest.mark.parametrize("url", ["sealed:", "memory:", "sqlite:///{}/sub%20dir/s.db"])
def test_the_home_is_one_line_of_configuration(url: str, tmp_path: Path) -> None:
    (tmp_path / "sub dir").mkdir()
    sessions = Sessions.from_url(url.format(tmp_path), secret=SECRET)
    browser = Browser(sessions)
    browser.visit(put(n=1))
    assert browser.visit(look) == {"n": 1}
    assert (tmp_path / "sub dir" / "s.db").exists() == url.startswith("sqlite")


@pytest.mark.parametrize("url", ["", "redis", "mongodb://x", "sqlite:", "sqlite:///", "sealed:x"])
def test_a_url_that_says_nothing_is_refused_with_what_is_known(url: str) -> None:
    with pytest.raises(Misuse, match=r"sealed:, memory:, sqlite:///sessions\.db"):
        Sessions.from_url(url, secret=SECRET)


def test_a_limit_on_sessions_that_cannot_be_counted_is_refused() -> None:
    with pytest.raises(Misuse, match="cannot be counted"):
        Sessions.from_url("sealed:", secret=SECRET, limit=Limit(1))
    with pytest.raises(Misuse, match="not counted"):
        ClientSide(IronSeal(SECRET), limit=Limit(1))


def test_ids_must_be_signed() -> None:
    with pytest.raises(Misuse, match="secret="):
        Sessions(ServerSide(MemoryStore()))


def test_a_secret_nothing_would_use_is_refused() -> None:
    with pytest.raises(Misuse, match="has its own secret"):
        Sessions(ClientSide(IronSeal(SECRET)), secret=SECRET)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(WeakSecret):
        Sessions(ServerSide(MemoryStore()), secret="short")


def test_a_retired_secret_still_reads_and_the_newest_takes_over(clock: Clock) -> None:
    store, new = MemoryStore(), SECRET[::-1]
    browser = Browser(Sessions(ServerSide(store), secret=SECRET, clock=clock))
    browser.visit(put(n=1))
    browser.sessions = Sessions(ServerSide(store), secret=[new, SECRET], clock=clock)
    old = browser.cookie
    assert browser.visit(look) == {"n": 1}
    assert browser.cookie != old
    browser.sessions = Sessions(ServerSide(store), secret=new, clock=clock)
    assert browser.visit(look) == {"n": 1}


def test_a_retired_password_of_a_seal_still_reads_and_the_newest_takes_over(
    clock: Clock,
) -> None:
    new = SECRET[::-1]
    browser = Browser(Sessions(ClientSide(IronSeal({1: SECRET})), clock=clock))
    browser.visit(put(n=1))
    browser.sessions = Sessions(ClientSide(IronSeal({1: SECRET, 2: new})), clock=clock)
    assert browser.visit(look) == {"n": 1}
    browser.sessions = Sessions(ClientSide(IronSeal({2: new})), clock=clock)
    assert browser.visit(look) == {"n": 1}


def test_devices_are_listed_and_ended_but_one(on_server: Sessions) -> None:
    browsers = [Browser(on_server) for _ in range(3)]
    for browser in browsers:
        browser.visit(lambda session: session.login("ada"))
    assert len(blocking.run(on_server.list("ada"))) == 3
    visit = browsers[0].open()
    assert blocking.run(on_server.end_all("ada", but=visit.session)) == 2
    assert [browser.visit(lambda session: session.user) for browser in browsers] == [
        "ada", None, None,
    ]  # fmt: skip


def test_what_a_cookie_alone_cannot_do_is_said(sealed: Sessions) -> None:
    assert sealed.revocable is False
    for call in (sealed.list("ada"), sealed.end("h"), sealed.end_all("ada")):
        with pytest.raises(Misuse, match="ServerSide"):
            blocking.run(call)


@pytest.mark.parametrize(
    ("options", "says"),
    [({"on_conflict": "ignore"}, "merge, last_write or error"), ({"overlap": -1}, "0 or more")],
)
def test_a_strategy_that_means_nothing_is_refused(options: Any, says: str) -> None:
    with pytest.raises(Misuse, match=says):
        ServerSide(MemoryStore(), **options)


@pytest.mark.parametrize("limit", [{"count": 0}, {"count": 1, "when_full": "shrug"}])
def test_a_limit_that_means_nothing_is_refused(limit: Any) -> None:
    with pytest.raises(Misuse):
        Limit(**limit)


def test_a_cookie_seen_before_is_still_judged_by_time(clock: Clock) -> None:
    """fast-jwt CVE-2026-35039: a cache of verified tokens that outlives them."""
    sessions = Sessions(ClientSide(IronSeal(SECRET)), lifetime=Lifetime(idle=60), clock=clock)
    browser = Browser(sessions)
    browser.visit(put(n=1))
    assert browser.twin().visit(look) == {"n": 1}
    clock.tick(60)
    assert browser.visit(lambda session: session.rejected) == "expired"


@pytest.mark.parametrize("cache", [0, 1, 2])
def test_the_cache_is_bounded_and_changes_no_answer(clock: Clock, cache: int) -> None:
    strategy = ClientSide(IronSeal(SECRET), cache=cache)
    sessions = Sessions(strategy, clock=clock)
    browsers = [Browser(sessions) for _ in range(4)]
    for n, browser in enumerate(browsers):
        browser.visit(put(n=n))
    for _ in range(3):
        assert [browser.visit(look)["n"] for browser in browsers] == [0, 1, 2, 3]
    assert len(strategy._verified) == cache


def test_a_strategy_signs_with_one_secret(in_memory: Sessions) -> None:
    Sessions(in_memory.strategy, secret=SECRET)
    with pytest.raises(Misuse, match="another secret"):
        Sessions(in_memory.strategy, secret=SECRET[::-1])


def test_a_session_that_is_not_stored_cannot_be_the_one_that_stays(in_memory: Sessions) -> None:
    visit = blocking.run(in_memory.open())
    with pytest.raises(Misuse, match="is not stored"):
        blocking.run(in_memory.end_all("ada", but=visit.session))


def test_verifying_in_many_threads_keeps_the_cache_whole(clock: Clock) -> None:
    strategy = ClientSide(IronSeal(SECRET), cache=2)
    sessions = Sessions(strategy, clock=clock)
    browsers = [Browser(sessions) for _ in range(8)]
    for n, browser in enumerate(browsers):
        browser.visit(put(n=n))

    def read(n: int) -> None:
        for _ in range(50):
            assert browsers[n].twin().visit(look) == {"n": n}

    in_threads(read, 8)
    assert len(strategy._verified) == 2


@pytest.mark.parametrize("user", ["", "\ud800", 2**60])
def test_nobody_of_an_impossible_name_is_listed_or_ended(in_memory: Sessions, user: Any) -> None:
    for call in (in_memory.list(user), in_memory.end_all(user)):
        with pytest.raises(Misuse, match="a user's id is"):
            blocking.run(call)
