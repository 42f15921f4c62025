"""Trouble with Redis is `Unavailable` and nothing else, and passes by itself."""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dojang import blocking
from dojang.errors import Unavailable
from dojang.session.record import Record
from dojang.sessions import Sessions
from dojang.stores.redis import RedisStore
from dojang.strategies import server_side
from dojang.strategies.server_side import ServerSide
from dojang.testing.store_contract import NOW, Driver, a_record, of_user
from tests.browser import Browser, look, put
from tests.conftest import SECRET
from tests.counts import FULL, scaled
from tests.redis import RedisServer, callers, redis_server, until
from tests.stores.proxy import Proxy, proxy_to
from tests.stores.storm import Seen, storm

Measured = Callable[[str, object], None]

BROKEN: list[Callable[[bytes], bytes | None]] = [
    lambda _: None,
    lambda data: data[: len(data) // 2],
    lambda data: data[:-1],
    lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n",
    lambda _: b":ten\r\n",
    lambda _: b"$-7\r\n",
    lambda _: b"*3\r\n+OK\r\n",
    lambda _: bytes(range(256)),
]
NAMES = ["cut", "half", "no-end", "http", "no-number", "no-length", "too-few", "noise"]


@pytest.fixture
def proxy(redis: RedisServer) -> Iterator[Proxy]:
    redis.ask("FLUSHALL")
    with proxy_to(redis.address) as proxy:
        yield proxy


@pytest.fixture
def far(proxy: Proxy) -> Iterator[RedisStore]:
    """A store behind a wire that can be harmed."""
    store = RedisStore("redis://{}:{}".format(*proxy.address), timeout=0.5)
    yield store
    store.close()


@pytest.fixture(params=["async", "sync"])
def run(request: pytest.FixtureRequest) -> Iterator[Driver]:
    if request.param == "sync":
        yield blocking.run
        return
    with asyncio.Runner() as runner:
        yield runner.run


def test_a_server_that_is_down_is_unavailable_at_once_and_back_when_it_is(
    tmp_path: Path, run: Driver
) -> None:
    server = RedisServer(tmp_path / "redis")
    store = RedisStore(server.url)
    began = time.monotonic()
    for _ in range(10):
        with pytest.raises(Unavailable, match="Redis at 127"):
            run(store.insert(a_record(), now=NOW))
    assert time.monotonic() - began < 1
    server.start()
    try:
        until_it_works(lambda: run(store.insert(a_record(), now=NOW)))
        assert run(store.find("h1")) == a_record()
    finally:
        store.close()
        server.kill()


def until_it_works(work: Callable[[], object]) -> None:
    """Try for as long as the breaker rests at most."""
    end = time.monotonic() + 10
    while True:
        try:
            work()
        except Unavailable:
            assert time.monotonic() < end
        else:
            return


def test_a_store_that_keeps_failing_is_not_asked_for_a_while(far: RedisStore, proxy: Proxy) -> None:
    proxy.change = lambda _: None
    for _ in range(5):
        with pytest.raises(Unavailable, match="does not answer"):
            blocking.run(far.remove("h1"))
    asked = proxy.connections
    with pytest.raises(Unavailable, match="5 times in a row"):
        blocking.run(far.find("h1"))
    assert proxy.connections == asked


def test_a_server_that_was_restarted_is_no_trouble(tmp_path: Path, run: Driver) -> None:
    with redis_server(tmp_path / "redis", "--appendonly", "yes") as server:
        store = RedisStore(server.url)
        run(store.insert(of_user("h1"), now=NOW))
        server.kill()
        server.start()
        assert run(store.find("h1")) == of_user("h1")
        run(store.insert(of_user("h2"), now=NOW))
        store.close()


def test_a_server_that_says_nothing_is_unavailable_within_the_time_limit(
    far: RedisStore, proxy: Proxy, run: Driver
) -> None:
    run(far.insert(a_record(), now=NOW))
    proxy.change = lambda _: b""
    began = time.monotonic()
    with pytest.raises(Unavailable, match=r"no answer within 0\.5 s"):
        run(far.find("h1"))
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("broken", BROKEN, ids=NAMES)
def test_a_broken_answer_is_unavailable_and_never_part_of_the_next(
    far: RedisStore, proxy: Proxy, run: Driver, broken: Callable[[bytes], bytes | None]
) -> None:
    for n in range(3):
        run(far.insert(of_user(f"h{n}"), now=NOW))
    proxy.change = broken
    with pytest.raises(Unavailable):
        run(far.find("h0"))
    proxy.change = bytes
    for n in (1, 2, 1):
        assert run(far.find(f"h{n}")) == of_user(f"h{n}")


def test_an_answer_that_nobody_asked_for_is_nobodys(
    far: RedisStore, proxy: Proxy, run: Driver
) -> None:
    for n in range(3):
        run(far.insert(of_user(f"h{n}"), now=NOW))
    proxy.change = lambda data: data + b"$8\r\nsurprise\r\n"
    for n in (0, 1, 2, 1, 0):
        assert run(far.find(f"h{n}")) == of_user(f"h{n}")


def test_a_read_whose_connection_breaks_is_tried_once_more(
    far: RedisStore, proxy: Proxy, run: Driver
) -> None:
    run(far.insert(a_record(), now=NOW))
    proxy.cut()
    assert run(far.find("h1")) == a_record()


def test_scripts_that_the_server_forgot_are_sent_again(
    redis: RedisServer, redis_store: RedisStore, run: Driver
) -> None:
    for n in range(3):
        redis.ask("SCRIPT", "FLUSH")
        run(redis_store.insert(of_user(f"h{n}"), now=NOW))
    assert len(run(redis_store.list("ada", now=NOW))) == 3


@pytest.mark.parametrize("layout", ["redis_store", "connect_redis_store"])
def test_of_writers_in_step_each_has_its_turn(
    layout: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever lost waits for who lost before, and knows what is there when the turn is theirs."""
    monkeypatch.setattr(server_side, "_TRIES", 50)
    store = request.getfixturevalue(layout)
    sessions = Sessions(ServerSide(store), secret=SECRET)
    browser = Browser(sessions)
    browser.visit(put(**{f"n{task}": 0 for task in range(16)}))

    async def increment(task: int) -> None:
        for _ in range(20):
            visit = await sessions.open(browser.header)
            visit.session[f"n{task}"] += 1
            await visit.close(200)

    async def in_step() -> None:
        await asyncio.gather(*(increment(task) for task in range(16)))

    asyncio.run(in_step())
    assert browser.visit(look) == {f"n{task}": 20 for task in range(16)}


def test_one_record_that_cannot_be_read_does_not_harm_its_batch(
    redis: RedisServer, redis_store: RedisStore
) -> None:
    async def scene() -> list[Record | BaseException | None]:
        for n in range(8):
            await redis_store.insert(of_user(f"h{n}"), now=NOW)
        redis.ask("SET", "dojang:s:h3", "nonsense")
        finds = [redis_store.find(f"h{n}") for n in range(8)]
        return list(await asyncio.gather(*finds, return_exceptions=True))

    results = asyncio.run(scene())
    assert isinstance(results.pop(3), Unavailable)
    assert results == [of_user(f"h{n}") for n in range(8) if n != 3]


def test_what_redis_refuses_is_unavailable_and_reading_goes_on(tmp_path: Path, run: Driver) -> None:
    with redis_server(tmp_path / "redis") as server:
        store = RedisStore(server.url)
        run(store.insert(a_record(), now=NOW))
        server.ask("CONFIG", "SET", "maxmemory", "1")
        with pytest.raises(Unavailable, match="refuses"):
            run(store.insert(a_record("h2"), now=NOW))
        assert run(store.find("h1")) == a_record()
        server.ask("CONFIG", "SET", "maxmemory", "0")
        run(store.insert(a_record("h2"), now=NOW))
        store.close()


def test_a_write_that_too_few_replicas_have_is_unavailable_and_reading_goes_on(
    redis: RedisServer, redis_store: RedisStore, run: Driver
) -> None:
    run(redis_store.insert(a_record(), now=NOW))
    careful = RedisStore(redis.url, wait=1, wait_timeout=0.05)
    for n in range(8):
        with pytest.raises(Unavailable, match=r"0 of 1 replicas have a write after 0\.05 s"):
            run(careful.insert(a_record(f"after{n}"), now=NOW))
        assert run(careful.find("h1")) == a_record()
        assert run(careful.revocations(after=0, now=NOW)).live == 0
    careful.close()


def test_a_write_that_enough_replicas_have_is_acknowledged(
    redis: RedisServer, redis_store: RedisStore, tmp_path: Path, run: Driver
) -> None:
    assert run(redis_store.find("replicated")) is None
    with redis_server(tmp_path / "replica", "--replicaof", f"127.0.0.1 {redis.port}") as replica:
        until(replica.is_linked)
        store = RedisStore(redis.url, wait=1)
        run(store.insert(a_record("replicated"), now=NOW))
        assert replica.ask("EXISTS", "dojang:s:replicated") == b":1"
        store.close()


def test_cve_2023_28858_no_cancelled_caller_leaves_its_answer_to_another(
    redis: RedisServer, redis_store: RedisStore, record_property: Measured
) -> None:
    async def scene() -> tuple[Seen, int]:
        return await storm(redis_store, scaled(100_000)), callers(redis)

    seen, connections = asyncio.run(scene())
    record_property(f"{scaled(100_000):,} requests", str(seen))
    assert seen.foreign == 0
    assert seen.is_real
    assert connections == 1


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_store_used_before_a_fork_works_in_the_child_and_goes_on_in_the_parent(
    redis_store: RedisStore,
) -> None:
    blocking.run(redis_store.insert(a_record("parent"), now=NOW))
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            blocking.run(redis_store.insert(a_record("child"), now=NOW))
            found = asyncio.run(redis_store.find("parent"))
            os._exit(0 if found is not None else 1)
        except BaseException:  # noqa: BLE001 - the exit code is all a child can say
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert blocking.run(redis_store.find("child")) is not None


def test_a_closed_store_opens_anew_when_it_is_used(far: RedisStore) -> None:
    async def scene() -> None:
        await far.insert(a_record(), now=NOW)
        far.close()
        assert await far.find("h1") == a_record()

    asyncio.run(scene())
    blocking.run(far.find("h1"))
    far.close()
    assert blocking.run(far.find("h1")) == a_record()


def test_a_redis_that_evicts_is_warned_about_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with redis_server(tmp_path / "redis", "--maxmemory-policy", "allkeys-lru") as server:
        store = RedisStore(server.url)
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                blocking.run(store.find("h1"))
        store.close()
    (record,) = caplog.records
    assert "set it to noeviction" in record.getMessage()


def test_kill_9_with_appendfsync_always_loses_no_acknowledged_write(
    tmp_path: Path, record_property: Measured
) -> None:
    rounds = 20 if FULL else 2
    settings = ["--appendonly", "yes", "--appendfsync", "always"]
    with redis_server(tmp_path / "redis", *settings) as server:
        acknowledged: list[str] = []
        for turn in range(rounds):
            acknowledged += written_until_the_server_is_killed(server, turn)
            server.start()
            store = RedisStore(server.url)
            lost = [name for name in acknowledged if blocking.run(store.find(name)) is None]
            store.close()
            assert lost == []
    record_property("kills", rounds)
    record_property("acknowledged writes, none lost", len(acknowledged))
    assert len(acknowledged) > rounds * 8


def written_until_the_server_is_killed(server: RedisServer, turn: int) -> list[str]:
    store = RedisStore(server.url)
    acknowledged: list[str] = []
    enough = threading.Event()

    def write(writer: int) -> None:
        for n in range(100_000):
            name = f"t{turn}-w{writer}-{n}"
            try:
                blocking.run(store.insert(of_user(name, user=name), now=NOW))
            except Unavailable:
                return
            acknowledged.append(name)
            if len(acknowledged) >= 200:
                enough.set()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for writer in writers:
        writer.start()
    assert enough.wait(30)
    server.kill()
    for writer in writers:
        writer.join()
    store.close()
    return acknowledged
