"""Who proved with the old password that it is them, and is stored after all was ended, is out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse, Revoked, Unavailable
from dojang.session.lifetime import Lifetime
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.postgres import PostgresStore
from dojang.stores.redis import RedisStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.strategies.spill import Spill
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, put
from tests.conftest import SECRET

HOMES: dict[str, Callable[[Any], Any]] = {
    "sealed": lambda store: ClientSide(IronSeal(SECRET), revocations=store),
    "on-server": ServerSide,
    "spill": lambda store: Spill(
        ClientSide(IronSeal(SECRET), revocations=store), ServerSide(store)
    ),
}


@pytest.fixture(params=["memory", "sqlite", "postgres", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "memory":
        made: Any = MemoryStore()
    elif request.param == "sqlite":
        made = SqliteStore(tmp_path / "sessions.db")
    elif request.param == "postgres":
        made = PostgresStore(request.getfixturevalue("postgres_url"))
    else:
        server = request.getfixturevalue("redis")
        server.ask("FLUSHALL")
        made = RedisStore(server.url)
    yield made
    made.close()


@pytest.fixture(params=HOMES)
def sessions(request: pytest.FixtureRequest, store: Any, clock: Clock) -> Sessions:
    home = HOMES[request.param](store)
    secret = None if isinstance(home, ClientSide) else SECRET
    return Sessions(home, secret=secret, clock=clock, lifetime=Lifetime(absolute=3600))


def ago(seconds: int) -> Callable[[Session], None]:
    """Log in with what was shown some time ago."""
    return lambda session: session.login("ada", at=session._clock() - seconds * 1000)


def test_a_login_that_began_before_all_were_ended_is_refused_when_it_is_stored_after(
    sessions: Sessions, clock: Clock
) -> None:
    fresh, cart = Browser(sessions), Browser(sessions)
    cart.visit(put(cart=[1]))
    blocking.run(sessions.end_all("ada"))
    clock.tick(0.1)
    for browser in (fresh, cart):
        with pytest.raises(Revoked):
            browser.visit(ago(1))
        assert browser.visit(lambda session: session.user) is None
    assert blocking.run(sessions.list("ada")) == []


def test_whoever_ends_all_between_the_proof_and_the_answer_ends_that_login(
    sessions: Sessions, clock: Clock
) -> None:
    browser = Browser(sessions)
    visit = browser.open()
    visit.session.login("ada", at=clock())
    clock.tick(0.001)
    blocking.run(sessions.end_all("ada"))
    with pytest.raises(Revoked):
        browser.close(visit)
    assert blocking.run(sessions.list("ada")) == []


def test_a_login_that_began_after_stays_and_others_are_not_meant(
    sessions: Sessions, clock: Clock
) -> None:
    blocking.run(sessions.end_all("ada"))
    clock.tick(2)
    browser, eve = Browser(sessions), Browser(sessions)
    browser.visit(ago(1))
    eve.visit(lambda session: session.login("eve", at=clock()))
    assert browser.visit(lambda session: session.user) == "ada"
    assert eve.visit(lambda session: session.user) == "eve"


def test_the_first_login_of_all_is_none_that_was_ended(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(ago(5))
    assert browser.visit(lambda session: session.user) == "ada"


def test_a_login_is_as_fresh_as_its_proof(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(ago(50))
    assert browser.visit(lambda session: session.fresh(within=50))
    assert not browser.visit(lambda session: session.fresh(within=49))


def test_a_proof_that_is_still_to_come_is_none(sessions: Sessions, clock: Clock) -> None:
    with pytest.raises(Misuse, match="1 ms from now"):
        Browser(sessions).visit(lambda session: session.login("ada", at=clock() + 1))


def test_where_nobody_can_say_what_was_ended_nobody_is_let_in(clock: Clock) -> None:
    class Deaf(MemoryStore):
        async def revocations(self, **options: Any) -> Any:
            raise Unavailable(f"the store does not answer what is behind {options['after']}")

    store = Deaf()
    browser = Browser(Sessions(ServerSide(store), secret=SECRET, clock=clock))
    with pytest.raises(Unavailable):
        browser.visit(ago(0))
    assert browser.cookies == {}
    assert len(store) == 0
