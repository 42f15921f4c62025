"""Over the limit a session in a cookie raises with both figures, or is cut as the peer cuts it."""

import pytest

from dojang import blocking
from dojang.errors import TooLarge
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.strategies.spill import Spill
from dojang.testing import Clock
from dojang.wire.chunking import Chunking
from dojang.wire.cookies import Cookie
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, look, put
from tests.conftest import SECRET


@pytest.fixture
def chunked(clock: Clock) -> Sessions:
    return Sessions(ClientSide(IronSeal(SECRET)), cookie=Cookie(chunks=Chunking()), clock=clock)


def test_a_session_too_large_for_its_cookie_raises_with_size_and_limit(sealed: Sessions) -> None:
    browser = Browser(sealed)
    with pytest.raises(TooLarge, match="browsers keep 4096") as caught:
        browser.visit(put(text="x" * 3_000))
    assert caught.value.size > caught.value.limit == 4096


def test_the_largest_session_that_fits_is_kept(sealed: Sessions) -> None:
    browser = Browser(sealed)
    browser.visit(put(text="x" * 2_600))
    assert browser.visit(look) == {"text": "x" * 2_600}
    assert len(browser.cookie) > 3_500


def test_with_chunks_a_large_session_is_kept_in_up_to_four_cookies(chunked: Sessions) -> None:
    browser = Browser(chunked)
    browser.visit(put(text="x" * 9_000))
    assert sorted(browser.cookies) == [f"__Host-session.{n}" for n in range(4)]
    assert browser.visit(look) == {"text": "x" * 9_000}


def test_a_session_that_shrinks_leaves_no_pieces_behind(chunked: Sessions) -> None:
    browser = Browser(chunked)
    browser.visit(put(text="x" * 9_000))
    browser.visit(put(text="small"))
    assert list(browser.cookies) == ["__Host-session"]
    assert browser.visit(look) == {"text": "small"}


def test_a_session_that_ends_takes_its_pieces_along(chunked: Sessions) -> None:
    browser = Browser(chunked)
    browser.visit(put(text="x" * 9_000))
    browser.visit(lambda session: session.clear())
    assert browser.cookies == {}


def test_beyond_four_cookies_there_is_an_error_again(chunked: Sessions) -> None:
    with pytest.raises(TooLarge, match="4 cookies hold"):
        Browser(chunked).visit(put(text="x" * 12_500))


def test_a_piece_of_another_session_spoils_the_whole_and_nothing_is_mixed(
    chunked: Sessions,
) -> None:
    mine, theirs = Browser(chunked), Browser(chunked)
    mine.visit(put(text="x" * 9_000))
    theirs.visit(put(text="y" * 9_000))
    mine.cookies["__Host-session.1"] = theirs.cookies["__Host-session.1"]
    assert mine.visit(lambda session: (session.rejected, dict(session))) == ("bad-signature", {})


def test_on_the_server_a_large_session_is_just_a_session(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(put(text="x" * 100_000))
    assert len(browser.cookie) < 150
    assert browser.visit(look) == {"text": "x" * 100_000}


@pytest.fixture
def spilling(clock: Clock) -> Sessions:
    log = MemoryStore()
    client = ClientSide(IronSeal(SECRET), revocations=log)
    return Sessions(Spill(client, ServerSide(MemoryStore())), secret=SECRET, clock=clock)


def test_where_it_may_spill_a_session_stays_in_its_cookie_while_it_fits(
    spilling: Sessions,
) -> None:
    browser = Browser(spilling)
    browser.visit(put(text="small"))
    assert browser.cookie.startswith("Fe26.2*")
    assert browser.visit(look) == {"text": "small"}


def test_a_session_that_grows_too_large_moves_to_the_server_and_nobody_notices(
    spilling: Sessions,
) -> None:
    browser = Browser(spilling)
    browser.visit(lambda session: session.login("ada"))
    sealed = browser.twin()
    browser.visit(put(text="x" * 10_000))
    assert browser.cookie.startswith("s%3A")
    assert len(browser.cookie) < 150
    assert browser.visit(lambda session: (session.user, session["text"])) == ("ada", "x" * 10_000)
    assert sealed.visit(lambda session: session.user) is None


def test_a_session_too_large_from_the_start_begins_on_the_server(spilling: Sessions) -> None:
    browser = Browser(spilling)
    browser.visit(put(text="x" * 10_000))
    browser.visit(put(text="small again"))
    assert browser.cookie.startswith("s%3A")
    browser.visit(lambda session: session.clear())
    assert browser.cookies == {}


def test_sessions_of_both_homes_are_listed_and_ended_together(spilling: Sessions) -> None:
    small, large, mine = (Browser(spilling) for _ in range(3))
    for browser in (small, large, mine):
        browser.visit(lambda session: session.login("ada"))
    large.visit(put(text="x" * 10_000))
    assert len(blocking.run(spilling.list("ada"))) == 3
    visit = mine.open()
    assert visit.session.user == "ada"
    spilling.clock.tick(0.001)  # type: ignore[attr-defined]
    assert blocking.run(spilling.end_all("ada", but=visit.session)) == 2
    users = [browser.visit(lambda session: session.user) for browser in (small, large, mine)]
    assert users == [None, None, "ada"]
    (entry,) = blocking.run(spilling.list("ada"))
    assert blocking.run(spilling.end(entry.handle)) is True


def test_of_cookies_of_both_homes_the_newest_counts(spilling: Sessions, clock: Clock) -> None:
    old, new = Browser(spilling), Browser(spilling)
    old.visit(put(text="x" * 10_000))
    clock.tick(1)
    new.visit(put(n=1))
    for header in (f"{old.header}; {new.header}", f"{new.header}; {old.header}"):
        assert blocking.run(spilling.open(header)).session.copy() == {"n": 1}
    spilling.close()
