import asyncio
import logging
import os
import threading
from collections.abc import Iterator

import psycopg
import pytest

from dojang import blocking
from dojang.errors import Misuse, Unavailable
from dojang.session.fence import Revocation
from dojang.session.limit import Limit
from dojang.session.record import Device, Record
from dojang.stores.postgres import PostgresStore, revocations, schema
from dojang.testing.capability_contracts import WholeContract
from dojang.testing.store_contract import HOUR, NOW, a_record, in_threads, of_user
from dojang.wire import json
from tests.postgres import Server


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(postgres_url)
    yield store
    store.close()


class TestPostgresStore(WholeContract):
    @pytest.fixture
    def store(self, postgres_url: str) -> Iterator[PostgresStore]:
        store = PostgresStore(postgres_url)
        yield store
        store.close()


@pytest.mark.parametrize(
    "text", ["a\x00b", "\x00", "\x1a0000", "a\x1ab", "\ud83d", "CORP\\ada", "'"]
)
def test_any_text_is_kept_as_it_is(store: PostgresStore, text: str) -> None:
    """PostgreSQL's texts hold no NUL, and UTF-8 no half of a pair."""
    data = json.dumps({text: text})
    record = a_record(user=text, data=data, device=Device(text, text))
    blocking.run(store.insert(record, now=NOW))
    assert blocking.run(store.find("h1")) == record
    assert list(blocking.run(store.list(text, now=NOW))) == [record]
    blocking.run(store.replace(record, a_record(user=text, data=data, seen=NOW + 1), now=NOW))
    assert blocking.run(store.remove_all(text, now=NOW)) == 1
    assert blocking.run(store.find(text)) is None
    assert blocking.run(store.acquire(text, text, until=NOW + 1, now=NOW))
    assert blocking.run(store.release(text, text))
    assert blocking.run(store.hit(text, limit=1, window=9, now=NOW)).allowed
    entry = Revocation(user=text, exempt=text, expires=NOW + HOUR)
    blocking.run(store.revoke(entry, now=NOW))
    assert list(blocking.run(store.revocations(after=0, now=NOW)).entries) == [entry]


def test_texts_that_differ_in_what_cannot_be_written_stay_apart(store: PostgresStore) -> None:
    for n, user in enumerate(["a\x00", "a\x1a0000", "a\x1a001a0000", "a"]):
        blocking.run(store.insert(of_user(f"h{n}", user=user), now=NOW))
        assert [record.user for record in blocking.run(store.list(user, now=NOW))] == [user]


def test_parallel_logins_from_an_anonymous_session_never_exceed_the_limit(
    store: PostgresStore,
) -> None:
    for n in range(50):
        blocking.run(store.insert(a_record(f"a{n}"), now=NOW))

    def log_in(n: int) -> None:
        after = of_user(f"h{n}", age=n)
        blocking.run(store.replace(a_record(f"a{n}"), after, now=NOW, limit=Limit(3)))

    in_threads(log_in, 50)
    assert len(blocking.run(store.list("ada", now=NOW))) == 3
    assert blocking.run(store.count(now=NOW)) == 3


def test_the_limit_is_exact_whatever_the_databases_isolation_is(
    postgres: Server, store: PostgresStore
) -> None:
    """Under REPEATABLE READ a statement would count what there was before its lock was granted."""
    postgres.ask("ALTER ROLE dojang SET default_transaction_isolation = 'serializable'")
    try:
        TestPostgresStore().test_parallel_logins_of_tasks_never_exceed_the_limit(store)
    finally:
        postgres.ask("ALTER ROLE dojang RESET default_transaction_isolation")


def test_ending_a_users_sessions_while_they_sign_in_leaves_no_deadlock(
    store: PostgresStore,
) -> None:
    def work(n: int) -> None:
        for turn in range(20):
            if n % 3 == 0:
                blocking.run(store.remove_all("ada", now=NOW))
            elif n % 3 == 1:
                blocking.run(store.clear())
            else:
                record = of_user(f"h{n}-{turn}", age=turn)
                blocking.run(store.insert(record, now=NOW, limit=Limit(5)))

    in_threads(work, 9)


def test_whoever_sweeps_at_the_same_time_takes_other_rows(
    postgres: Server, store: PostgresStore
) -> None:
    for n in range(6):
        blocking.run(store.insert(a_record(f"over{n}", expires=NOW + 9), now=NOW))
    with psycopg.connect(postgres.url) as somebody:
        somebody.execute("SELECT FROM dojang_session ORDER BY handle LIMIT 4 FOR UPDATE")
        assert blocking.run(store.sweep(now=NOW + 9)) == 2
    assert blocking.run(store.sweep(now=NOW + 9)) == 4


def test_what_is_over_is_swept_along_with_new_sessions(
    postgres: Server, store: PostgresStore
) -> None:
    blocking.run(store.insert(a_record("over", expires=NOW + 10), now=NOW))
    blocking.run(store.hit("key", limit=1, window=10, now=NOW))
    blocking.run(store.acquire("name", "owner", until=NOW + 10, now=NOW))
    blocking.run(store.revoke(Revocation(handle="h", expires=NOW + 10), now=NOW))
    blocking.run(store.insert(a_record("later"), now=NOW + 120_000))
    for table in ("dojang_hit", "dojang_lease", "dojang_revocation"):
        assert postgres.ask(f"SELECT count(*) FROM {table}") == [(0,)]
    assert blocking.run(store.find("over")) is None


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("handle = 'h'", "dojang_session_pkey"),
        ("owner = 'ada'", "dojang_session_by_owner"),
        ("expires <= 0", "dojang_session_by_expiry"),
    ],
)
def test_no_session_is_looked_for_among_all(
    postgres: Server, store: PostgresStore, where: str, index: str
) -> None:
    blocking.run(store.insert(a_record(), now=NOW))
    with psycopg.connect(postgres.url) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(f"EXPLAIN SELECT FROM dojang_session WHERE {where}".encode())
        assert index in str(plan.fetchall())


def test_a_slow_transaction_hides_no_revocation(postgres: Server, store: PostgresStore) -> None:
    """The number of an entry comes from a row that stays locked until the entry is committed."""
    blocking.run(store.begin(now=NOW))
    values = {"generation": "", "now": NOW, "owner": None, "not_before": 0, "exempt": None}
    slow, quick = (Revocation(handle=name, expires=NOW + HOUR) for name in ("slow", "quick"))
    with psycopg.connect(postgres.url) as connection:
        connection.execute(revocations._REVOKE, {**values, "handle": "slow", "expires": NOW + HOUR})
        other = threading.Thread(target=lambda: blocking.run(store.revoke(quick, now=NOW)))
        other.start()
        postgres.wait_until(
            "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        )
        early = blocking.run(store.revocations(after=0, now=NOW))
        assert (list(early.entries), early.live) == ([], 0)
    other.join()
    late = blocking.run(store.revocations(after=0, now=NOW))
    assert list(late.entries) == [slow, quick]


def test_a_plain_sequence_would_hide_it(postgres: Server) -> None:
    """Why the numbers come from a row: a sequence gives them out when they are asked for."""
    postgres.ask("CREATE TABLE naive (number bigserial, name text)")
    seen: list[str] = []
    cursor = 0

    def pull() -> None:
        nonlocal cursor
        rows = postgres.ask(f"SELECT number, name FROM naive WHERE number > {cursor} ORDER BY 1")
        seen.extend(str(name) for _, name in rows)
        cursor = max([cursor, *(int(str(number)) for number, _ in rows)])

    with psycopg.connect(postgres.url) as connection:
        connection.execute("INSERT INTO naive (name) VALUES ('slow')")
        postgres.ask("INSERT INTO naive (name) VALUES ('quick')")
        pull()
    pull()
    postgres.ask("DROP TABLE naive")
    assert seen == ["quick"]


def test_two_event_loops_that_take_turns_keep_their_connections_apart(
    store: PostgresStore,
) -> None:
    with asyncio.Runner() as one, asyncio.Runner() as other:
        for n in range(5):
            one.run(store.insert(a_record(f"one{n}"), now=NOW))
            other.run(store.insert(a_record(f"other{n}"), now=NOW))
            assert one.run(store.find(f"other{n}")) == other.run(store.find(f"other{n}"))
        assert len(store._driver._pools) == 2


def test_the_connections_of_a_loop_that_is_over_are_closed(
    postgres: Server, store: PostgresStore
) -> None:
    for _ in range(5):
        asyncio.run(store.find("h1"))
    connected = "SELECT count(*) <= 1 FROM pg_stat_activity WHERE application_name = 'dojang'"
    postgres.wait_until(connected)


def test_a_store_closed_and_used_again_connects_again(
    postgres: Server, store: PostgresStore
) -> None:
    blocking.run(store.insert(a_record(), now=NOW))
    store.close()
    postgres.wait_until(
        "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'dojang'"
    )
    assert blocking.run(store.find("h1")) == a_record()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_store_opened_before_a_fork_works_in_the_child(store: PostgresStore) -> None:
    """`gunicorn --preload` forks a process that has used its store already."""
    blocking.run(store.insert(a_record("parent"), now=NOW))
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            blocking.run(store.insert(a_record("child"), now=NOW))
            found = asyncio.run(store.find("parent"))
            os._exit(0 if found is not None else 1)
        except BaseException:  # noqa: BLE001 - the exit code is all a child can say
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    (pool,) = store._driver._pools.values()
    assert pool.idle == 1
    blocking.run(store.insert(a_record("after"), now=NOW))
    assert blocking.run(store.find("child")) is not None
    assert pool.idle == 1


def test_processes_that_start_together_make_the_tables_once(postgres: Server) -> None:
    postgres.ask("CREATE DATABASE fresh")
    url = postgres.url.replace("/postgres", "/fresh")
    stores = [PostgresStore(url) for _ in range(8)]

    def start(n: int) -> None:
        blocking.run(stores[n].insert(a_record(f"h{n}"), now=NOW))
        stores[n].close()

    in_threads(start, 8)
    assert blocking.run(stores[0].count(now=NOW)) == 8
    stores[0].close()
    postgres.ask("DROP DATABASE fresh")


def test_a_database_of_a_newer_dojang_is_refused_with_both_numbers(
    postgres: Server, store: PostgresStore
) -> None:
    blocking.run(store.insert(a_record(), now=NOW))
    newer = schema.VERSION + 1
    postgres.ask(f"UPDATE dojang_schema SET version = {newer}")
    try:
        other = PostgresStore(postgres.url)
        for _ in range(2):
            with pytest.raises(Unavailable, match=f"schema {newer}, and this dojang knows"):
                blocking.run(other.find("h1"))
    finally:
        postgres.ask(f"UPDATE dojang_schema SET version = {schema.VERSION}")
    assert blocking.run(other.find("h1")) == a_record()
    other.close()


def test_a_database_that_cannot_hold_every_text_is_refused(postgres: Server) -> None:
    postgres.ask("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    store = PostgresStore(postgres.url.replace("/postgres", "/latin"))
    with pytest.raises(Unavailable, match="encoded in LATIN1; make one with ENCODING 'UTF8'"):
        blocking.run(store.find("h1"))
    store.close()
    postgres.ask("DROP DATABASE latin")


def test_a_server_that_does_not_wait_for_its_disk_is_warned_of_once(
    postgres: Server, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"{postgres.url}?options=-csynchronous_commit%3Doff"
    store = PostgresStore(url)
    with caplog.at_level(logging.WARNING, logger="dojang"):
        blocking.run(store.find("h1"))
        asyncio.run(store.find("h1"))
    lines = [line for line in caplog.messages if "synchronous_commit=off" in line]
    says = "has synchronous_commit=off: a crash loses sessions that it acknowledged"
    assert lines == [f"PostgreSQL at 127.0.0.1 {says}"]
    store.close()


@pytest.mark.parametrize("numbers", [{"pool_size": 0}, {"timeout": 0}])
def test_numbers_that_answer_nobody_are_refused(numbers: dict[str, int]) -> None:
    with pytest.raises(Misuse, match="answer nobody"):
        PostgresStore("postgresql://localhost", **numbers)


def test_of_several_hosts_the_one_that_takes_writes_is_used() -> None:
    several = PostgresStore("postgresql://a,b/db")._driver._conninfo
    assert "target_session_attrs=read-write" in several
    one = PostgresStore("postgresql://a/db")._driver._conninfo
    assert "target_session_attrs" not in one


def test_a_record_of_nobody_has_no_owner(store: PostgresStore) -> None:
    record = Record(handle="h1", created=NOW, expires=None)
    blocking.run(store.insert(record, now=NOW))
    assert blocking.run(store.find("h1")) == record
