"""256 random bits in the cookie, a hash in the store, a handle in the list."""

import sqlite3
from pathlib import Path
from urllib.parse import unquote

from dojang import blocking
from dojang.session.handle import handle_of
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from tests.browser import Browser, put
from tests.conftest import SECRET
from tests.counts import scaled


def id_in(browser: Browser) -> str:
    return unquote(browser.cookie).removeprefix("s:").partition(".")[0]


def test_an_id_has_256_random_bits_and_none_comes_twice() -> None:
    sessions = Sessions(ServerSide(MemoryStore(capacity=10**7)), secret=SECRET)
    ids = []
    for _ in range(scaled(50_000)):
        browser = Browser(sessions)
        browser.visit(put(n=1))
        ids.append(id_in(browser))
    assert len(set(ids)) == len(ids)
    assert {len(id) for id in ids} == {43}
    # Each of the 64 characters turns up about equally often in every place but the last.
    spread = [len({id[place] for id in ids}) for place in range(42)]
    assert min(spread) == 64


def test_the_store_holds_a_hash_of_the_id_and_never_the_id(
    in_sqlite: Sessions, tmp_path: Path
) -> None:
    browser = Browser(in_sqlite)
    browser.visit(lambda session: session.login("ada"))
    dump = "\n".join(sqlite3.connect(tmp_path / "sessions.db").iterdump())
    assert id_in(browser) not in dump
    assert handle_of(id_in(browser)) in dump


def test_a_device_list_shows_handles_and_nothing_that_signs_in(on_server: Sessions) -> None:
    """django-user-sessions CVE-2020-5224: session keys on the page of devices."""
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    (entry,) = blocking.run(on_server.list("ada"))
    assert entry.handle == handle_of(id_in(browser))
    assert id_in(browser) not in repr(entry)
    thief = Browser(on_server)
    thief.cookies = {"__Host-session": entry.handle}
    assert thief.visit(lambda session: session.user) is None


def test_a_session_is_ended_by_its_handle_without_knowing_the_user(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    handle = browser.visit(lambda session: session.handle)
    assert blocking.run(on_server.end(handle)) is True
    assert browser.visit(lambda session: (session.user, session.rejected)) == (None, "unknown")
    assert blocking.run(on_server.end(handle)) is False
