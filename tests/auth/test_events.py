"""What happened is kept for a while, on one line, without more of an address than is wanted."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang import blocking
from dojang.auth import Accounts
from dojang.auth.event import Event
from dojang.auth.events import Addresses, Events
from dojang.errors import Misuse
from dojang.testing import Clock

DAY = 86_400


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def events(accounts: Accounts, clock: Clock) -> Events:
    return Events(accounts.engine, clock=clock)


def happened(events: Events, clock: Clock, kind: str = "signed-in", **more: object) -> None:
    blocking.run(events.record(Event(kind=kind, at=clock(), **more)))  # type: ignore[arg-type]


def kinds(events: Events, **which: object) -> list[str]:
    return [event.kind for _, event in blocking.run(events.page(**which))]  # type: ignore[arg-type]


def test_an_event_is_kept_as_it_was(events: Events, clock: Clock) -> None:
    happened(
        events, clock, user="u" * 22, handle="h", address="192.0.2.1", agent="Firefox",
        facts={"method": "password", "new": True, "tries": 2},
    )  # fmt: skip
    ((_, event),) = blocking.run(events.page())
    assert event == Event(
        kind="signed-in", at=clock(), user="u" * 22, handle="h", address="192.0.2.1",
        agent="Firefox", facts={"method": "password", "new": True, "tries": 2},
    )  # fmt: skip


def test_the_newest_come_first_page_by_page(events: Events, clock: Clock) -> None:
    for n in range(5):
        happened(events, clock, f"kind-{n}")
    first = blocking.run(events.page(limit=2))
    assert [event.kind for _, event in first] == ["kind-4", "kind-3"]
    assert kinds(events, before=first[-1][0]) == ["kind-2", "kind-1", "kind-0"]


def test_they_are_found_by_account_and_by_kind(events: Events, clock: Clock) -> None:
    happened(events, clock, "signed-in", user="ada")
    happened(events, clock, "signed-in", user="eve")
    happened(events, clock, "signed-out", user="ada")
    assert kinds(events, user="ada") == ["signed-out", "signed-in"]
    assert kinds(events, kind="signed-out") == ["signed-out"]
    assert kinds(events, user="eve", kind="signed-out") == []


def test_what_is_older_than_it_is_kept_goes(accounts: Accounts, clock: Clock) -> None:
    events = Events(accounts.engine, clock=clock, days=30)
    happened(events, clock, "old")
    clock.tick(29 * DAY)
    happened(events, clock, "young")
    assert kinds(events) == ["young", "old"]
    clock.tick(2 * DAY)
    happened(events, clock, "new")
    assert kinds(events) == ["new", "young"]


@pytest.mark.parametrize(
    ("kept", "address", "shown"),
    [
        ("whole", "192.0.2.77", "192.0.2.77"),
        ("network", "192.0.2.77", "192.0.2.0/24"),
        ("network", "2001:db8:1:2::3", "2001:db8:1::/48"),
        ("network", "no address", ""),
        ("none", "192.0.2.77", ""),
    ],
)
def test_of_an_address_only_as_much_is_kept_and_told_as_is_wanted(
    accounts: Accounts, clock: Clock, kept: Addresses, address: str, shown: str
) -> None:
    told: list[str] = []

    async def hook(event: Event) -> None:
        told.append(event.address)

    events = Events(accounts.engine, clock=clock, addresses=kept, hooks=[hook])
    happened(events, clock, address=address)
    ((_, event),) = blocking.run(events.page())
    assert event.address == shown
    assert told == [shown]


def test_a_hook_that_fails_stops_nothing(
    accounts: Accounts, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    async def bad(_: Event) -> None:
        raise ZeroDivisionError

    async def good(event: Event) -> None:
        told.append(event.kind)

    events = Events(accounts.engine, clock=clock, hooks=[bad, good])
    happened(events, clock)
    assert told == kinds(events) == ["signed-in"]
    assert "a hook failed at signed-in" in caplog.text


@pytest.fixture
def broken(accounts: Accounts, clock: Clock) -> Events:
    with accounts.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE dojang_events")
    return Events(accounts.engine, clock=clock)


def test_a_sign_in_does_not_fail_because_it_could_not_be_noted(
    broken: Events, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        happened(broken, clock)
    assert "an event of the kind signed-in was not kept" in caplog.text


@given(st.text(), st.text(), st.text())
def test_p9_no_text_of_a_client_makes_a_second_line(agent: str, address: str, fact: str) -> None:
    event = Event(kind="x", at=0, agent=agent, address=address, facts={"fact": fact})
    for text in (event.agent, event.address, str(event.facts["fact"])):
        assert text.isprintable()
    assert len(event.agent) <= 200
    assert len(event.address) <= 64


def test_a_line_feed_and_an_escape_are_shown_and_not_done() -> None:
    assert Event(kind="x", at=0, agent="a\r\nb\x1b[31m\u202e").agent == r"a\r\nb\x1b[31m\u202e"


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_bounds(events: Events, limit: int) -> None:
    with pytest.raises(Misuse, match="write a limit from 1 to 1,000"):
        blocking.run(events.page(limit=limit))


def test_events_are_kept_for_a_day_at_least(accounts: Accounts, clock: Clock) -> None:
    with pytest.raises(Misuse, match="write 1 or more"):
        Events(accounts.engine, clock=clock, days=0)
