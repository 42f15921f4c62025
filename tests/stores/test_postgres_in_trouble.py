"""What a server that dies, hangs, restarts or changes its mind does to a store: nothing lasting."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from dojang import blocking
from dojang.errors import Unavailable
from dojang.stores.postgres import PostgresStore
from dojang.testing.store_contract import NOW, a_record, in_threads
from dojang.wire import base64url
from dojang.wire.entropy import random_bytes
from tests.counts import FULL, scaled
from tests.postgres import Server, serving
from tests.stores.storm import Seen, storm


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server to hurt, with the settings that PostgreSQL comes with."""
    with serving() as server:
        yield server


@pytest.fixture
def store(server: Server) -> Iterator[PostgresStore]:
    store = PostgresStore(server.url, timeout=2.0)
    blocking.run(store.clear())
    yield store
    store.close()


def test_a_server_that_is_down_is_unavailable_at_once(server: Server, store: PostgresStore) -> None:
    blocking.run(store.insert(a_record(), now=NOW))
    server.stop()
    try:
        began = time.monotonic()
        for _ in range(2):
            with pytest.raises(Unavailable, match=r"PostgreSQL at 127\.0\.0\.1 does not answer: "):
                blocking.run(store.find("h1"))
            with pytest.raises(Unavailable, match="does not answer"):
                asyncio.run(store.insert(a_record("h2"), now=NOW))
        for _ in range(2):
            with pytest.raises(Unavailable):
                blocking.run(store.find("h1"))
        with pytest.raises(Unavailable, match="it is asked again in"):
            blocking.run(store.find("h1"))
        assert time.monotonic() - began < 2.0
    finally:
        server.start()
    assert patiently(store, "h1") is not None


def test_a_server_that_was_restarted_is_asked_on_without_an_error(
    server: Server, store: PostgresStore
) -> None:
    """Idle connections that died are seen to be dead before anything is sent on them."""
    for n in range(4):
        blocking.run(store.insert(a_record(f"h{n}"), now=NOW))
    in_threads(lambda n: blocking.run(store.find(f"h{n}")), 4)
    server.stop()
    server.start()
    blocking.run(store.insert(a_record("after"), now=NOW))
    assert blocking.run(store.find("h1")) == a_record("h1")


@pytest.mark.parametrize("colour", ["blocking", "asynchronous"])
def test_a_read_whose_connection_breaks_is_asked_once_more(
    server: Server, store: PostgresStore, colour: str
) -> None:
    def break_it() -> None:
        server.wait_until(f"SELECT count(*) = 1 {_ASLEEP}")
        server.ask(f"SELECT pg_terminate_backend(pid) {_ASLEEP}")

    breaker = threading.Thread(target=break_it)
    breaker.start()
    reading = store._driver.read(("SELECT pg_sleep(0.5), 7", None))
    rows = blocking.run(reading) if colour == "blocking" else asyncio.run(reading)
    breaker.join()
    assert [row[1] for row in rows] == [7]


_ASLEEP = "FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"


def test_a_write_whose_connection_breaks_is_not_repeated(
    server: Server, store: PostgresStore
) -> None:
    """It may be done: whoever asked has to look."""

    def break_it() -> None:
        server.wait_until(f"SELECT count(*) = 1 {_ASLEEP}")
        server.ask(f"SELECT pg_terminate_backend(pid) {_ASLEEP}")

    breaker = threading.Thread(target=break_it)
    breaker.start()
    with pytest.raises(Unavailable, match="terminating connection"):
        blocking.run(store._driver.write(("SELECT pg_sleep(5)", None)))
    breaker.join()


@pytest.mark.parametrize("colour", ["blocking", "asynchronous"])
def test_a_server_that_hangs_is_unavailable_in_time_and_used_again_when_it_goes_on(
    server: Server, store: PostgresStore, colour: str
) -> None:
    run = blocking.run if colour == "blocking" else asyncio.run
    blocking.run(store.insert(a_record(), now=NOW))
    run(store.find("h1"))
    server.pause(on=True)
    try:
        began = time.monotonic()
        with pytest.raises(Unavailable, match=r"does not answer"):
            run(store.find("h1"))
        assert 1.5 < time.monotonic() - began < 4.0
    finally:
        server.pause(on=False)
    assert patiently(store, "h1") == a_record()


def test_callers_that_find_no_connection_free_are_told_so_in_time(server: Server) -> None:
    store = PostgresStore(server.url, pool_size=1, timeout=0.5)
    holder = threading.Thread(
        target=lambda: blocking.run(store._driver.read(("SELECT pg_sleep(0.4)", None)))
    )
    holder.start()
    server.wait_until(f"SELECT count(*) = 1 {_ASLEEP}")
    store._driver._timeout = 0.1
    with pytest.raises(Unavailable, match="all connections are in use"):
        blocking.run(store.find("h1"))
    holder.join()
    store.close()


def test_what_was_the_primary_and_takes_no_writes_any_more_is_left_for_another(
    server: Server, store: PostgresStore
) -> None:
    blocking.run(store.insert(a_record("h1"), now=NOW))
    server.ask("ALTER SYSTEM SET default_transaction_read_only = on")
    server.ask("SELECT pg_reload_conf()")
    try:
        server.wait_until("SELECT current_setting('default_transaction_read_only') = 'on'")

        def write_until_it_is_noticed() -> None:
            for n in range(1_000):
                blocking.run(store.insert(a_record(f"r{n}"), now=NOW))

        # Connections that are open already are told too, in their own time.
        with pytest.raises(Unavailable, match="refuses: cannot execute INSERT in a read-only"):
            write_until_it_is_noticed()
        assert blocking.run(store.find("h1")) is not None
    finally:
        server.ask("ALTER SYSTEM RESET default_transaction_read_only")
        server.ask("SELECT pg_reload_conf()")
        server.wait_until("SELECT current_setting('default_transaction_read_only') = 'off'")
        store.close()
    blocking.run(store.insert(a_record("h2"), now=NOW))


def test_what_was_acknowledged_survives_a_kill_and_the_store_recovers_by_itself(
    server: Server, store: PostgresStore
) -> None:
    """kill -9 of the server's first process, under 8 writers."""
    acknowledged: list[list[str]] = [[] for _ in range(8)]
    over = threading.Event()

    def write(n: int) -> None:
        turn = 0
        while not over.is_set():
            handle = f"w{n}-{turn}"
            turn += 1
            try:
                blocking.run(store.insert(a_record(handle), now=NOW))
            except Unavailable:
                over.wait(0.02)
            else:
                acknowledged[n].append(handle)

    def kill(rounds: int) -> None:
        for _ in range(rounds):
            before = [len(handles) for handles in acknowledged]
            while any(len(now) < was + 10 for now, was in zip(acknowledged, before, strict=True)):
                over.wait(0.01)
            server.kill()
            server.start()
        over.set()

    in_threads(lambda n: kill(20 if FULL else 2) if n == 8 else write(n), 9)
    found = {handle for (handle,) in server.ask("SELECT handle FROM dojang_session")}
    assert {handle for handles in acknowledged for handle in handles} - found == set()


def test_a_statement_that_the_server_refuses_troubles_nobody_else(
    server: Server, store: PostgresStore
) -> None:
    """What it cannot do for one caller is an answer, and no server that is down."""
    blocking.run(store.insert(a_record(), now=NOW))
    too_long = base64url.encode(random_bytes(6_000))
    refused: dict[str, Callable[[], object]] = {
        "index row size": lambda: blocking.run(store._driver.write(
            ("INSERT INTO dojang_lease VALUES (%(name)s, 'a', 0)", {"name": too_long}))),
        "canceling statement due to lock timeout": lambda: blocking.run(store._driver.write(
            ("SELECT set_config('lock_timeout', '1', true)", {}),
            ("SELECT handle FROM dojang_session FOR UPDATE", {}))),
    }  # fmt: skip
    with psycopg.connect(server.url) as another:
        another.execute("SELECT FROM dojang_session FOR UPDATE")
        for why, ask in refused.items():
            for _ in range(7):
                with pytest.raises(Unavailable, match=f"refuses: {why}"):
                    ask()
    assert blocking.run(store.find("h1")) == a_record()


def test_a_cancelled_caller_leaves_nobody_its_answer_and_the_pool_whole(
    server: Server, store: PostgresStore, record_property: Callable[[str, object], None]
) -> None:
    """redis-py's CVE-2023-28858, had it been psycopg."""

    async def scene() -> Seen:
        seen = await storm(store, scaled(100_000))
        await asyncio.gather(*store._driver._under_way)
        (pool,) = (pool for loop, pool in store._driver._pools.items() if loop is not None)
        assert 1 <= pool.idle <= 10
        busy = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE '%in transaction%'"
        assert server.ask(busy) == [(0,)]
        return seen

    seen = asyncio.run(scene())
    record_property(f"{scaled(100_000):,} requests", str(seen))
    assert seen.foreign == 0
    assert seen.is_real


def patiently(store: PostgresStore, handle: str) -> object:
    """Return what the store finds once it asks its server again."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return blocking.run(store.find(handle))
        except Unavailable:
            assert time.monotonic() < deadline
            time.sleep(0.05)
