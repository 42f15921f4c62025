"""An empty session stores nothing, sets no cookie, asks no store; foreign ids are not adopted."""

from typing import Any

import pytest

from dojang import blocking
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire import entropy, signed_id
from dojang.wire.keyring import Keyring
from tests.browser import Browser, look
from tests.conftest import SECRET
from tests.counts import scaled


class Asked(MemoryStore):
    """A memory store that counts how often it was asked anything."""

    asked = 0

    async def find(self, handle: str, *, id: str = "") -> Any:
        self.asked += 1
        return await super().find(handle, id=id)

    async def insert(self, record: Any, **options: Any) -> None:
        self.asked += 1
        await super().insert(record, **options)

    async def remove(self, handle: str) -> bool:
        self.asked += 1
        return await super().remove(handle)


@pytest.fixture
def store() -> Asked:
    return Asked()


@pytest.fixture
def watched(store: Asked, clock: Clock) -> Sessions:
    return Sessions(ServerSide(store), secret=SECRET, clock=clock)


def test_health_checks_without_a_cookie_leave_no_record_and_ask_no_store(
    watched: Sessions, store: Asked
) -> None:
    for _ in range(scaled(170_000)):
        browser = Browser(watched)
        browser.visit(look)
        assert browser.sent == []
    assert (len(store), store.asked) == (0, 0)


def test_health_checks_with_a_junk_cookie_ask_no_store_either(
    watched: Sessions, store: Asked
) -> None:
    browser = Browser(watched)
    for _ in range(scaled(10_000)):
        browser.cookies = {"__Host-session": "junk"}
        browser.visit(look)
    assert (len(store), store.asked) == (0, 0)


def test_a_logout_of_nobody_stores_nothing_and_sends_nothing(
    watched: Sessions, store: Asked
) -> None:
    """Django CVE-2015-5963, CVE-2015-5964: anonymous logouts that filled the store."""
    for _ in range(scaled(100_000)):
        browser = Browser(watched)
        browser.visit(lambda session: session.logout())
        assert browser.sent == []
    assert (len(store), store.asked) == (0, 0)


def test_an_id_that_was_never_issued_is_not_adopted(watched: Sessions) -> None:
    """aiohttp-session CVE-2018-1000519, Django CVE-2015-5143: even with a good signature."""
    key = Keyring.of(SECRET).derive("session-id").newest
    chosen = "attacker-chosen-id-of-a-believable-length-0"
    browser = Browser(watched)
    browser.cookies = {"__Host-session": signed_id.to_cookie(chosen, key=key)}
    fixed = dict(browser.cookies)
    assert browser.visit(lambda session: session.rejected) == "unknown"
    browser.visit(lambda session: session.login("ada"))
    assert browser.cookies != fixed
    attacker = Browser(watched)
    attacker.cookies = fixed
    assert attacker.visit(lambda session: session.user) is None


def test_a_million_guesses_would_leave_no_record(watched: Sessions, store: Asked) -> None:
    """Django CVE-2015-5143: unknown keys created records."""
    key = Keyring.of(SECRET).derive("session-id").newest
    for _ in range(scaled(100_000)):
        browser = Browser(watched)
        guess = signed_id.to_cookie(entropy.token(32), key=key)
        browser.cookies = {"__Host-session": guess}
        browser.visit(look)
    assert len(store) == 0


@pytest.mark.parametrize("id", ["", "x", "../../etc/passwd", "a" * 300, "한글", "\x00"])
def test_an_empty_short_long_or_strange_id_is_just_unknown(watched: Sessions, id: str) -> None:
    """Django CVE-2015-3982 (empty key), CVE-2011-0698 (path in a key)."""
    key = Keyring.of(SECRET).derive("session-id").newest
    browser = Browser(watched)
    browser.cookies = {"__Host-session": signed_id.to_cookie(id, key=key)}
    assert browser.visit(lambda session: session.rejected) in {"unknown", "oversized"}


def test_a_session_emptied_again_in_the_same_request_was_never_there(
    sessions: Sessions,
) -> None:
    browser = Browser(sessions)

    def change_ones_mind(session: Any) -> None:
        session["n"] = 1
        del session["n"]

    browser.visit(change_ones_mind)
    assert browser.sent == []


def test_emptying_a_session_ends_it(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.update(n=1))
    old = browser.twin()
    browser.visit(lambda session: session.pop("n"))
    assert browser.cookies == {}
    assert old.visit(lambda session: session.rejected) == "unknown"


def test_a_principal_without_data_is_not_nobody(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    assert browser.visit(lambda session: (session.user, len(session))) == ("ada", 0)


def test_an_untouched_session_is_not_even_opened(watched: Sessions, store: Asked) -> None:
    browser = Browser(watched)
    browser.visit(lambda session: session.login("ada"))
    asked = store.asked
    browser.visit(lambda _: None)
    assert store.asked == asked
    assert blocking.run(watched.open(browser.header)).session.accessed is False
