"""One request pulls what was ended, and the others of its process go on; whatever becomes of it."""

import asyncio
import functools
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse, Unavailable
from dojang.session.fence import Fence, Revocation
from dojang.session.record import Login, Record
from dojang.stores.memory import MemoryStore
from dojang.stores.redis import RedisStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies import single_flight
from dojang.strategies.revocations import Revocations
from dojang.testing import Clock
from dojang.testing.store_contract import in_threads
from tests.redis import RedisServer

NOW = 1_700_000_000_000
END = NOW + 10**9


def on_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @functools.wraps(test)
    def run(**fixtures: Any) -> None:
        asyncio.run(test(**fixtures))

    return run


def session(handle: str) -> Record:
    login = Login(at=NOW)
    return Record(handle=handle, user="ada", login=login, created=NOW, expires=END)


def ended(revocations: Revocations, handle: str) -> bool:
    return revocations.stops(session(handle))


class Slow(MemoryStore):
    """Answers when it is told to, on a loop or to threads, and counts."""

    def __init__(self) -> None:
        super().__init__()
        blocking.run(self.begin(now=NOW - 1))
        self.asked: list[int] = []
        self.trouble: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.entered = threading.Event()
        self.open = threading.Event()
        self.open.set()

    async def revocations(self, *, after: int, now: int) -> Any:
        self.asked.append(after)
        pulled = await super().revocations(after=after, now=now)
        self.entered.set()
        if self.gate is not None:
            await self.gate.wait()
        assert self.open.wait(30)
        if self.trouble is not None:
            raise self.trouble
        return pulled


def warm(log: Any, **bounds: float) -> Revocations:
    """A copy that was pulled a second ago, at NOW."""
    revocations = Revocations(log, **bounds)
    blocking.run(revocations.refresh(now=NOW))
    log.asked = []
    return revocations


async def fifty(revocations: Revocations, now: int, **options: bool) -> list[Any]:
    asks = (revocations.refresh(now=now, **options) for _ in range(50))
    return await asyncio.gather(*asks, return_exceptions=True)


def released(log: Slow) -> asyncio.Event:
    """Let the log answer once everybody has come."""
    log.gate = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, log.gate.set)
    return log.gate


@on_a_loop
async def test_of_50_requests_on_a_loop_one_pulls_and_the_others_do_not_wait() -> None:
    log = Slow()
    revocations = await asyncio.to_thread(warm, log)
    log.gate = asyncio.Event()
    first = asyncio.create_task(revocations.refresh(now=NOW + 1000))
    await asyncio.sleep(0)
    assert await fifty(revocations, NOW + 1000) == [None] * 50
    assert not first.done()
    log.gate.set()
    await first
    assert await fifty(revocations, NOW + 1999) == [None] * 50
    assert log.asked == [0]


@pytest.mark.parametrize("warmed", [True, False])
@on_a_loop
async def test_where_nothing_good_is_known_all_wait_for_the_one_pull(warmed: bool) -> None:
    log = Slow()
    revocations = await asyncio.to_thread(warm, log) if warmed else Revocations(log)
    await log.revoke(Revocation(handle="h1", expires=END), now=NOW)
    released(log)
    assert await fifty(revocations, NOW + 6000) == [None] * 50
    assert log.asked == [0]
    assert ended(revocations, "h1")


@on_a_loop
async def test_who_has_to_know_at_once_waits_for_a_pull_that_began_after_it_came() -> None:
    log = Slow()
    revocations = await asyncio.to_thread(warm, log)
    gate = log.gate = asyncio.Event()
    early = asyncio.create_task(revocations.refresh(now=NOW + 1000))
    await asyncio.sleep(0)
    await log.revoke(Revocation(handle="h1", expires=END), now=NOW)
    late = asyncio.gather(*(revocations.refresh(now=NOW, at_once=True) for _ in range(50)))
    await asyncio.sleep(0)
    gate.set()
    await early
    await late
    assert len(log.asked) == 2
    assert ended(revocations, "h1")


@pytest.mark.parametrize("log", ["memory", "sqlite"])
@pytest.mark.parametrize("known", [True, False])
def test_of_16_threads_one_pulls(log: str, known: bool, tmp_path: Path) -> None:
    store: Any = Slow() if log == "memory" else counting(tmp_path / "log.db")
    revocations = warm(store) if known else Revocations(store)
    store.asked = []
    now = NOW + 1000

    def ask(_: int) -> None:
        for _ in range(20):
            blocking.run(revocations.refresh(now=now))

    in_threads(ask, 16)
    assert len(store.asked) == 1


def counting(path: Path) -> Any:
    class Counting(SqliteStore):
        asked: list[int]

        async def revocations(self, *, after: int, now: int) -> Any:
            self.asked.append(after)
            threading.Event().wait(0.05)  # so that the others come meanwhile
            return await super().revocations(after=after, now=now)

    store = Counting(path)
    store.asked = []
    blocking.run(store.begin(now=NOW - 1))
    return store


def test_threads_with_loops_of_their_own_and_without_share_one_pull() -> None:
    log = Slow()
    revocations = Revocations(log)
    log.open.clear()

    def ask(n: int) -> None:
        if n == 15:
            assert log.entered.wait(30)
            log.open.set()
        elif n % 2:
            asyncio.run(revocations.refresh(now=NOW))
        else:
            blocking.run(revocations.refresh(now=NOW))

    in_threads(ask, 16)
    assert log.asked == [0]


@on_a_loop
async def test_a_pull_that_is_cancelled_is_taken_over_by_one_of_those_who_wait() -> None:
    log = Slow()
    revocations = Revocations(log)
    log.gate = asyncio.Event()
    first = asyncio.create_task(revocations.refresh(now=NOW))
    await asyncio.sleep(0)
    others = asyncio.create_task(fifty(revocations, NOW))
    await asyncio.sleep(0.01)
    first.cancel()
    released(log)
    assert await others == [None] * 50
    assert len(log.asked) == 2


@on_a_loop
async def test_one_that_waits_and_is_cancelled_disturbs_nobody() -> None:
    log = Slow()
    revocations = Revocations(log)
    gate = log.gate = asyncio.Event()
    three = [asyncio.create_task(revocations.refresh(now=NOW)) for _ in range(3)]
    await asyncio.sleep(0.01)
    three[1].cancel()
    await asyncio.sleep(0)
    gate.set()
    assert [type(one) for one in await asyncio.gather(*three, return_exceptions=True)] == [
        type(None),
        asyncio.CancelledError,
        type(None),
    ]
    assert len(log.asked) == 1


@on_a_loop
async def test_a_pull_in_vain_is_tried_once_more_for_all_who_waited_and_then_they_know() -> None:
    log = Slow()
    revocations = Revocations(log)
    log.trouble = Unavailable("down", retry_after=7)
    released(log)
    answers = await fifty(revocations, NOW)
    assert {(type(one), one.retry_after) for one in answers} == {(Unavailable, 7)}
    assert len(log.asked) == 2


@on_a_loop
async def test_what_is_the_fault_of_one_caller_is_not_that_of_the_others() -> None:
    log = Slow()
    revocations = Revocations(log)
    log.trouble = Misuse("not here")
    gate = log.gate = asyncio.Event()
    first = asyncio.create_task(revocations.refresh(now=NOW))
    await asyncio.sleep(0)
    others = asyncio.create_task(fifty(revocations, NOW))
    await asyncio.sleep(0.01)
    gate.set()
    with pytest.raises(Misuse):
        await first
    log.trouble = None
    assert await others == [None] * 50
    assert len(log.asked) == 2


@on_a_loop
async def test_while_the_store_hangs_one_request_waits_and_then_none_for_a_while() -> None:
    log = Slow()
    revocations = await asyncio.to_thread(warm, log)
    log.trouble = Unavailable("does not answer")
    log.gate = asyncio.Event()
    first = asyncio.create_task(revocations.refresh(now=NOW + 1000))
    await asyncio.sleep(0)
    assert await fifty(revocations, NOW + 1500) == [None] * 50
    log.gate.set()
    await first
    assert await fifty(revocations, NOW + 1900) == [None] * 50
    assert len(log.asked) == 1
    await revocations.refresh(now=NOW + 2100)
    assert len(log.asked) == 2
    with pytest.raises(Unavailable):
        await revocations.refresh(now=NOW + 6000)


def test_a_pull_whose_loop_was_stopped_is_waited_for_no_longer_than_is_sensible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(single_flight, "_ABANDONED", 0.05)
    log = Slow()
    revocations = Revocations(log)
    log.gate = asyncio.Event()
    loop = asyncio.new_event_loop()
    stopped = loop.create_task(revocations.refresh(now=NOW))
    loop.run_until_complete(asyncio.sleep(0))
    log.gate = None
    blocking.run(revocations.refresh(now=NOW))
    blocking.run(log.revoke(Revocation(handle="h1", expires=END), now=NOW))
    blocking.run(revocations.refresh(now=NOW, at_once=True))
    stopped.cancel()
    loop.run_until_complete(asyncio.wait([stopped]))
    loop.close()
    assert ended(revocations, "h1")


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_does_not_wait_for_a_pull_of_its_parent() -> None:
    log = Slow()
    revocations = Revocations(log)
    log.open.clear()
    log.entered.clear()
    pulling = threading.Thread(target=lambda: blocking.run(revocations.refresh(now=NOW)))
    pulling.start()
    assert log.entered.wait(30)
    child = os.fork()
    if not child:
        log.open.set()
        blocking.run(revocations.refresh(now=NOW))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    log.open.set()
    pulling.join()


@on_a_loop
async def test_what_ends_here_while_a_pull_is_under_way_stays_ended() -> None:
    log = Slow()
    revocations = Revocations(log)
    gate = log.gate = asyncio.Event()
    late = asyncio.create_task(revocations.refresh(now=NOW))
    await asyncio.sleep(0)
    await revocations.add(Revocation(handle="h1", expires=END), now=NOW)
    assert ended(revocations, "h1")
    gate.set()
    await late
    assert ended(revocations, "h1")
    await revocations.refresh(now=NOW + 1000)
    assert ended(revocations, "h1")
    assert log.asked == [0, 0]


def test_a_logout_elsewhere_is_one_small_pull_and_no_snapshot() -> None:
    log = Slow()
    for n in range(1000):
        blocking.run(log.revoke(Revocation(handle=f"h{n}", expires=END), now=NOW))
    revocations = warm(log)
    for n in range(5):
        blocking.run(log.revoke(Revocation(handle=f"new{n}", expires=END - n), now=NOW))
        in_threads(lambda _: blocking.run(revocations.refresh(now=NOW + 1000)), 1)
        blocking.run(revocations.refresh(now=NOW + 1000 * (n + 1)))
    assert len(log.asked) == 5
    assert min(log.asked) == 999
    assert ended(revocations, "new4")


def test_a_clock_that_is_set_back_makes_no_copy_younger() -> None:
    log = Slow()
    revocations = warm(log, max_staleness=0.02, grace=0.02)
    log.trouble = Unavailable("down")
    time.sleep(0.05)
    with pytest.raises(Unavailable):
        blocking.run(revocations.refresh(now=NOW - 3_600_000))


@pytest.fixture
def lossy(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path / "redis").start()
    yield server
    server.kill()


def test_after_a_failover_that_lost_an_entry_the_one_that_has_its_number_is_seen(
    lossy: RedisServer, clock: Clock
) -> None:
    here, there = (Revocations(RedisStore(lossy.url)) for _ in range(2))
    blocking.run(here.begin(NOW - 1, now=clock()))
    for handle in ("kept", "lost"):
        blocking.run(here.add(Revocation(handle=handle, expires=clock() + 10**9), now=clock()))
        if handle == "kept":
            lossy.ask("SAVE")
    blocking.run(there.refresh(now=clock()))
    assert ended(there, "lost")
    lossy.kill()
    lossy.start()
    blocking.run(here.add(Revocation(handle="after", expires=clock() + 10**9), now=clock()))
    clock.tick(1)
    blocking.run(there.refresh(now=clock()))
    assert ended(there, "after")
    assert ended(there, "kept")
    assert ended(there, "lost")  # where it was known before
    for one in (here, there):
        one.log.close()


@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("again", [0, 1, 2, 3])
def test_a_log_that_lost_its_last_entries_and_got_others_is_read_anew(
    lost: int, again: int
) -> None:
    log = Slow()
    for n in range(4):
        blocking.run(log.revoke(Revocation(handle=f"h{n}", expires=END - n), now=NOW))
    revocations = warm(log)
    del log._entries[-lost:]
    log._number -= lost
    for n in range(again):
        blocking.run(log.revoke(Revocation(handle=f"after{n}", expires=END), now=NOW))
    blocking.run(revocations.refresh(now=NOW + 1000))
    assert len(log.asked) == 2
    assert all(ended(revocations, f"after{n}") for n in range(again))
    blocking.run(revocations.refresh(now=NOW + 2000))
    assert len(log.asked) == 3


def test_entries_that_are_over_cost_no_snapshot() -> None:
    log = Slow()
    for n, life in enumerate([9000, 5000, 1500, 2500, 500]):
        blocking.run(log.revoke(Revocation(handle=f"h{n}", expires=NOW + life), now=NOW))
    revocations = warm(log)
    for second in range(1, 12):
        blocking.run(revocations.refresh(now=NOW + 1000 * second))
    assert log.asked == [3, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0]


def test_a_session_that_moved_often_is_looked_up_in_no_time() -> None:
    fence = Fence(
        Revocation(handle=f"h{n}", exempt=f"h{n + 1}", expires=END) for n in range(20_000)
    )
    began = time.process_time()
    for _ in range(1000):
        assert fence.latest("h0") == "h20000"
    fence.add(Revocation(handle="h20000", expires=END))
    assert fence.latest("h0") == "h20000"
    assert fence.stops(session("h20000"))
    assert time.process_time() - began < 5
