import pytest

from dojang import blocking
from dojang.errors import Unavailable
from dojang.stores.drivers.breaker import Breaker
from dojang.stores.drivers.turnstile import Turnstile
from dojang.stores.sqlite import SqliteStore
from dojang.testing import Clock
from dojang.testing.store_contract import NOW, a_record


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("the store", failures=3, rest=2, clock=lambda: clock() / 1000)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.check()
        breaker.failed()


def test_a_store_that_fails_now_and_then_is_asked(breaker: Breaker) -> None:
    for _ in range(5):
        fail(breaker, 2)
        breaker.check()
        breaker.succeeded()


def test_a_store_that_keeps_failing_is_not_asked_for_a_while(breaker: Breaker) -> None:
    fail(breaker, 3)
    with pytest.raises(Unavailable, match=r"failed 3 times in a row; it is asked again in 2\.0 s"):
        breaker.check()


def test_after_the_rest_one_caller_tries_and_the_others_wait_for_the_outcome(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.tick(2)
    breaker.check()
    with pytest.raises(Unavailable):
        breaker.check()
    breaker.succeeded()
    breaker.check()
    breaker.check()


def test_a_try_that_fails_keeps_it_open(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.tick(2)
    fail(breaker, 1)
    clock.tick(1.9)
    with pytest.raises(Unavailable):
        breaker.check()


def test_writes_to_a_file_that_keeps_failing_are_refused_without_being_tried(
    sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocking.run(sqlite_store.insert(a_record("there"), now=NOW))
    tried = []

    def no_locks(*_: object, **__: object) -> None:
        tried.append(1)
        raise OSError("no locks available")

    monkeypatch.setattr(Turnstile, "enter", no_locks)
    for n in range(20):
        with pytest.raises(Unavailable):
            blocking.run(sqlite_store.insert(a_record(f"h{n}"), now=NOW))
    assert len(tried) == 5
    assert blocking.run(sqlite_store.find("there")) is not None
