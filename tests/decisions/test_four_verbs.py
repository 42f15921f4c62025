"""No lost update, no revival; what could not be kept is counted."""

import asyncio
import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Conflict, ReadOnly
from dojang.session.record import Record
from dojang.sessions import Sessions
from dojang.stores.contract import Store
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import OnConflict, ServerSide
from dojang.strategies.tally import Tally
from dojang.testing import Clock
from dojang.testing.store_contract import in_threads
from tests.browser import Browser, look, put
from tests.conftest import SECRET
from tests.counts import scaled


def tally_of(sessions: Sessions) -> Tally:
    assert isinstance(sessions.strategy, ServerSide)
    return sessions.strategy.tally


def store_of(sessions: Sessions) -> Store:
    assert isinstance(sessions.strategy, ServerSide)
    return sessions.strategy.store


def with_policy(store: Any, policy: OnConflict, clock: Clock, **options: Any) -> Sessions:
    strategy = ServerSide(store, on_conflict=policy, **options)
    return Sessions(strategy, secret=SECRET, clock=clock)


def test_two_requests_that_change_different_members_both_win(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(put(cart=[], theme="light"))
    with browser.twin().under_way() as slow:
        with browser.twin().under_way() as quick:
            quick["theme"] = "dark"
        slow["cart"].append("book")
    assert browser.visit(look) == {"cart": ["book"], "theme": "dark"}
    assert tally_of(on_server).overwritten == 0


def test_on_the_same_member_the_later_answer_wins_and_is_counted(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(put(n=0))
    with browser.twin().under_way() as slow:
        browser.twin().visit(put(n=1))
        slow["n"] = 2
    assert browser.visit(look) == {"n": 2}
    assert tally_of(on_server).overwritten == 1


def test_last_write_keeps_ours_alone_and_counts_what_that_undid(clock: Clock) -> None:
    sessions = with_policy(MemoryStore(), "last_write", clock)
    browser = Browser(sessions)
    browser.visit(put(a=0, b=0))
    with browser.twin().under_way() as slow:
        browser.twin().visit(put(a=1, b=1))
        slow["a"] = 2
    assert browser.visit(look) == {"a": 2, "b": 0}
    assert tally_of(sessions).overwritten == 2


def test_under_the_error_policy_a_conflict_is_409_and_nothing_is_written(
    in_every_store: Sessions, clock: Clock
) -> None:
    sessions = with_policy(store_of(in_every_store), "error", clock)
    browser = Browser(sessions)
    browser.visit(put(n=0))
    visit = browser.open()
    visit.session["n"] = 2
    browser.twin().visit(put(n=1))
    with pytest.raises(Conflict) as caught:
        browser.close(visit)
    assert caught.value.status == 409
    assert browser.visit(look) == {"n": 1}


def test_a_slow_request_never_brings_back_a_session_that_was_logged_out(
    on_server: Sessions,
) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    old = browser.twin()
    with browser.twin().under_way() as slow:
        browser.visit(lambda session: session.logout())
        slow["late"] = True
    assert old.visit(lambda session: session.rejected) == "unknown"
    assert tally_of(on_server).dropped == 1


def test_no_revival_in_any_of_many_races(in_every_store: Sessions) -> None:
    """JupyterHub CVE-2021-41247, Django's UpdateError: a logout and a write at the same time."""
    for _ in range(scaled(10_000)):
        browser = Browser(in_every_store)
        browser.visit(lambda session: session.login("ada"))
        writer, leaver = browser.twin(), browser.twin()
        writing, leaving = writer.open(), leaver.open()
        writing.session["n"] = 1
        leaving.session.logout()
        pair = [(writer, writing), (leaver, leaving)]
        in_threads(lambda n, pair=pair: pair[n][0].close(pair[n][1]), 2)
        assert browser.visit(lambda session: session.user) is None


def test_a_request_that_finds_its_session_gone_sends_no_deleting_cookie(
    on_server: Sessions,
) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    slow = browser.twin()
    visit = slow.open()
    visit.session["late"] = True
    browser.visit(lambda session: session.logout())
    assert slow.close(visit) == []


def test_a_slow_request_does_not_wipe_the_cookie_of_a_login(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(put(cart=["book"]))
    slow = browser.twin()
    visit = slow.open()
    visit.session["late"] = True
    browser.visit(lambda session: session.login("ada"))
    assert slow.close(visit) == []
    slow.cookies = browser.cookies
    assert slow.visit(lambda session: session.user) == "ada"


def test_changes_are_never_merged_across_a_change_of_principal(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(put(cart=[]))
    slow = browser.twin()
    visit = slow.open()
    visit.session["cart"].append("of the anonymous")
    browser.visit(lambda session: session.login("ada"))
    slow.close(visit)
    assert browser.visit(look) == {"cart": []}
    assert tally_of(on_server).dropped == 1


def test_a_principal_changed_in_place_by_a_peer_is_not_merged_with(clock: Clock) -> None:
    store = MemoryStore()
    sessions = with_policy(store, "merge", clock)
    browser = Browser(sessions)
    browser.visit(put(n=0))
    visit = browser.open()
    visit.session["n"] = 1
    handle = visit.session.handle
    assert handle is not None
    found = blocking.run(store.find(handle))
    assert found is not None
    theirs = replace(found, user="eve", data='{"n":9}')
    blocking.run(store.replace(found, theirs, now=clock()))
    browser.close(visit)
    assert blocking.run(store.find(handle)) == theirs
    assert tally_of(sessions).dropped == 1


@pytest.mark.parametrize("end", ["login", "logout"])
def test_what_one_principal_stored_meanwhile_does_not_reach_the_next(
    on_server: Sessions, end: str
) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    changing = browser.twin()
    visit = changing.open()
    if end == "login":
        visit.session.login("eve")
    else:
        visit.session.logout()
        visit.session["flash"] = "bye"
    browser.twin().visit(put(letters="of ada"))
    changing.close(visit)
    assert "letters" not in changing.visit(look)
    assert changing.visit(lambda session: session.user) == ("eve" if end == "login" else None)


def test_what_was_merged_is_there_for_the_rest_of_the_request_and_after_it(
    on_server: Sessions,
) -> None:
    browser = Browser(on_server)
    browser.visit(put(mine=[]))
    visit = browser.open()
    mine = visit.session["mine"]
    browser.twin().visit(put(theirs=1))
    mine.append("a")
    blocking.run(visit.session.save())
    assert visit.session["theirs"] == 1
    mine.append("b")
    browser.close(visit)
    visit.start()
    blocking.run(visit.finish())
    assert browser.visit(look) == {"mine": ["a", "b"], "theirs": 1}
    assert tally_of(on_server).overwritten == 0


def test_a_lost_request_is_counted_once_and_stays_lost(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(put(n=1))
    slow = browser.twin()
    visit = slow.open()
    visit.session["late"] = True
    browser.visit(lambda session: session.clear())
    assert slow.close(visit) == []
    visit.start()
    blocking.run(visit.finish())
    assert tally_of(on_server).dropped == 1


def test_after_a_lost_save_a_login_in_the_same_request_begins_anew(
    on_server: Sessions,
) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    slow = browser.twin()
    visit = slow.open()
    visit.session["late"] = True
    browser.visit(lambda session: session.logout())
    blocking.run(visit.session.save())
    assert (visit.session.user, dict(visit.session)) == (None, {})
    visit.session.login("eve")
    slow.close(visit)
    assert slow.visit(lambda session: (session.user, dict(session))) == ("eve", {})


def test_an_explicit_logout_deletes_the_cookie_whatever_there_was_to_log_out_of(
    on_server: Sessions,
) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    gone, rotated = browser.twin(), browser.twin()
    visit = rotated.open()
    visit.session.logout()
    visit.session["flash"] = "bye"
    browser.visit(lambda session: session.rotate())
    rotated.close(visit)
    assert rotated.cookies == {}
    gone.visit(lambda session: session.logout())
    assert gone.cookies == {}


def test_a_login_takes_along_what_a_parallel_request_stored(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(put(cart=[]))
    signing_in = browser.twin()
    visit = signing_in.open()
    visit.session.login("ada")
    browser.visit(put(theme="dark"))
    signing_in.close(visit)
    assert signing_in.visit(look) == {"cart": [], "theme": "dark"}


def test_somebody_who_proved_who_they_are_gets_in_whatever_became_of_the_old_session(
    on_server: Sessions,
) -> None:
    browser = Browser(on_server)
    browser.visit(put(cart=["book"]))
    visit = browser.open()
    visit.session.login("ada")
    browser.twin().visit(lambda session: session.clear())
    browser.close(visit)
    assert browser.visit(lambda session: session.user) == "ada"


def test_a_rotation_of_an_ended_session_revives_nothing(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    slow = browser.twin()
    visit = slow.open()
    visit.session.rotate()
    browser.visit(lambda session: session.logout())
    assert slow.close(visit) == []
    assert slow.visit(lambda session: session.user) is None


def test_without_overlap_an_old_id_is_unknown_at_once(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(put(n=1))
    old = browser.twin()
    browser.visit(lambda session: session.rotate())
    assert old.visit(lambda session: (session.rejected, session.user)) == ("unknown", None)


def test_within_the_overlap_an_old_id_reads_as_nobody_and_cannot_be_changed(
    clock: Clock,
) -> None:
    sessions = with_policy(MemoryStore(), "merge", clock, overlap=5)
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    old = browser.twin()
    browser.visit(lambda session: session.rotate())
    visit = old.open()
    assert (visit.session.user, dict(visit.session), visit.session.rejected) == (
        None, {}, "rotated",
    )  # fmt: skip
    with pytest.raises(ReadOnly) as caught:
        visit.session["n"] = 1
    assert caught.value.status == 409
    assert old.close(visit) == []
    clock.tick(5)
    assert old.visit(lambda session: (session.rejected, session.user)) == ("unknown", None)


def test_within_the_overlap_whoever_proves_who_they_are_gets_in(clock: Clock) -> None:
    sessions = with_policy(MemoryStore(), "merge", clock, overlap=5)
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    old = browser.twin()
    browser.visit(lambda session: session.rotate())

    def sign_in(session: Any) -> None:
        session.login("eve")
        session["n"] = 1

    old.visit(sign_in)
    assert old.visit(lambda session: (session.user, dict(session))) == ("eve", {"n": 1})
    assert browser.visit(lambda session: session.user) == "ada"


def test_32_tasks_increment_32_members_of_one_session_and_none_is_lost(
    in_every_store: Sessions,
) -> None:
    tasks, rounds = 32, scaled(10_000) // 32 + 1
    browser = Browser(in_every_store)
    browser.visit(put(**{f"n{task}": 0 for task in range(tasks)}))

    async def increment(task: int) -> None:
        for _ in range(rounds):
            visit = await in_every_store.open(browser.header)
            visit.session[f"n{task}"] += 1
            await visit.close(200)

    async def all_at_once() -> None:
        await asyncio.gather(*(increment(task) for task in range(tasks)))

    asyncio.run(all_at_once())
    assert browser.visit(look) == {f"n{task}": rounds for task in range(tasks)}
    assert tally_of(in_every_store).overwritten == 0


def test_threads_that_increment_different_members_lose_none(on_server: Sessions) -> None:
    rounds, members = scaled(10_000) // 8 + 1, 8
    browser = Browser(on_server)
    browser.visit(put(**{f"n{member}": 0 for member in range(members)}))

    def increment(member: int) -> None:
        mine = browser.twin()
        for _ in range(rounds):
            mine.visit(lambda session: session.update({f"n{member}": session[f"n{member}"] + 1}))

    in_threads(increment, members)
    assert browser.visit(look) == {f"n{member}": rounds for member in range(members)}
    assert tally_of(on_server).overwritten == 0


@pytest.mark.parametrize("policy", ["merge", "last_write"])
def test_of_four_requests_that_write_one_member_three_are_written_over_and_counted(
    policy: OnConflict, clock: Clock
) -> None:
    sessions = with_policy(MemoryStore(), policy, clock)
    browser = Browser(sessions)
    browser.visit(put(who="nobody"))
    rounds = scaled(500)
    for turn in range(rounds):
        visits = [browser.open() for _ in range(4)]
        for writer, visit in enumerate(visits):
            visit.session["who"] = f"{writer}-{turn}"
        for visit in visits:
            browser.close(visit)
    assert tally_of(sessions).overwritten == 3 * rounds


@pytest.mark.parametrize("policy", ["merge", "last_write"])
def test_every_value_written_over_on_a_shared_member_is_counted(
    policy: OnConflict, in_every_store: Sessions, clock: Clock
) -> None:
    store = Watching(store_of(in_every_store))
    sessions = with_policy(store, policy, clock)
    browser = Browser(sessions)
    browser.visit(put(who=["nobody", None]))

    def write(writer: int) -> None:
        mine = browser.twin()
        for turn in range(scaled(2_500)):
            visit = mine.open()
            read, _ = visit.session["who"]
            visit.session["who"] = [f"{writer}-{turn}", read]
            mine.close(visit)

    in_threads(write, 4)
    assert tally_of(sessions).overwritten == store.overwritten


class Watching:
    """Counts, from the outside, what each replace wrote over that its writer had not read."""

    def __init__(self, store: Store) -> None:
        self.overwritten = 0
        self._store = store
        self._watching = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def replace(self, before: Record, after: Record, **options: Any) -> None:
        await self._store.replace(before, after, **options)
        (_, read), (there, _) = (json.loads(one.data)["who"] for one in (after, before))
        with self._watching:
            self.overwritten += read != there
