import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dojang import blocking
from dojang.errors import Misuse, Unavailable
from dojang.stores.drivers import sqlite_writer
from dojang.stores.drivers.turnstile import Turnstile
from dojang.stores.sqlite import SqliteStore, schema
from dojang.testing.capability_contracts import WholeContract
from dojang.testing.store_contract import NOW, a_record
from tests.counts import FULL


class TestSqliteStore(WholeContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteStore]:
        store = SqliteStore(tmp_path / "sessions.db")
        yield store
        store.close()


def ask(path: Path, sql: str) -> object:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchone()[0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def test_a_new_file_is_for_its_owner_only(store: SqliteStore, path: Path) -> None:
    blocking.run(store.insert(a_record(), now=NOW))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_acknowledged_write_is_synced_to_disk(store: SqliteStore, path: Path) -> None:
    blocking.run(store.insert(a_record(), now=NOW))
    writer = store._driver
    levels = blocking.run(writer.write(lambda db: db.execute("PRAGMA synchronous").fetchone()[0]))
    journal = ask(path, "PRAGMA journal_mode")
    assert (levels, journal) == (2, "wal")


def test_reads_are_answered_on_the_callers_own_thread(store: SqliteStore) -> None:
    """A coroutine that only reads never suspends, with an event loop running or without."""
    blocking.run(store.insert(a_record(), now=NOW))

    async def read_in_a_loop() -> object:
        return blocking.run(store.find("h1"))

    assert asyncio.run(read_in_a_loop()) == a_record()


def test_writes_that_wait_together_share_a_commit(store: SqliteStore) -> None:
    commits: list[str] = []
    blocking.run(store.insert(a_record("first"), now=NOW))
    driver = store._driver
    blocking.run(driver.write(lambda db: db.set_trace_callback(commits.append)))
    commits.clear()
    entered, gate = threading.Event(), threading.Event()

    async def storm() -> None:
        def hold(_: sqlite3.Connection) -> None:
            entered.set()
            assert gate.wait(10)

        held = asyncio.ensure_future(driver.write(hold))
        await asyncio.to_thread(entered.wait, 10)
        writes = [
            asyncio.ensure_future(store.insert(a_record(f"h{n}"), now=NOW)) for n in range(100)
        ]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(held, *writes)

    asyncio.run(storm())
    assert [text for text in commits if text == "COMMIT"] == ["COMMIT"] * 2


def test_one_write_that_fails_does_not_fail_its_batch(store: SqliteStore) -> None:
    async def batch() -> list[object]:
        inserts = [store.insert(a_record(f"h{n % 3}"), now=NOW) for n in range(6)]
        return list(await asyncio.gather(*inserts, return_exceptions=True))

    results = asyncio.run(batch())
    assert [type(result).__name__ for result in results] == ["NoneType"] * 3 + ["Conflict"] * 3


def test_a_cancelled_caller_leaves_the_others_their_answers(store: SqliteStore) -> None:
    async def storm() -> int:
        tasks = [
            asyncio.ensure_future(store.insert(a_record(f"h{n}"), now=NOW)) for n in range(300)
        ]
        await asyncio.sleep(0)
        for task in tasks[::3]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        return sum(result is None for result in results)

    assert asyncio.run(storm()) >= 200
    assert blocking.run(store.find("h1")) == a_record("h1")


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_store_opened_before_a_fork_works_in_the_child(store: SqliteStore) -> None:
    blocking.run(store.insert(a_record("parent"), now=NOW))
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            blocking.run(store.insert(a_record("child"), now=NOW))
            found = blocking.run(store.find("parent"))
            os._exit(0 if found is not None else 1)
        except BaseException:  # noqa: BLE001 - the exit code is all a child can say
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    blocking.run(store.insert(a_record("after"), now=NOW))
    assert blocking.run(store.find("child")) is not None


WRITER = """
import sys, time
from dojang import blocking
from dojang.stores.sqlite import SqliteStore, schema
from dojang.testing.capability_contracts import WholeContract
from dojang.testing.store_contract import NOW, a_record

store, name, seconds = SqliteStore(sys.argv[1]), sys.argv[2], float(sys.argv[3])
blocking.run(store.insert(a_record(f"{name}-ready"), now=NOW))
print("ready", flush=True)
sys.stdin.readline()
end, count = time.monotonic() + seconds, 0
while time.monotonic() < end:
    blocking.run(store.insert(a_record(f"{name}-{count}"), now=NOW))
    print(count, flush=True)
    count += 1
"""


def writers(path: Path, count: int, seconds: float) -> list[subprocess.Popen[str]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), f"w{n}", str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(count)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return started


def acknowledged(process: subprocess.Popen[str]) -> list[int]:
    assert process.stdout is not None
    assert process.stdin is not None
    with process, process.stdin:
        return [int(line) for line in process.stdout.read().split("\n")[:-1]]


def test_processes_on_one_file_get_their_turns(path: Path) -> None:
    counts = [len(acknowledged(process)) for process in writers(path, 4, 1.0)]
    assert min(counts) > 0
    assert max(counts) < 5 * min(counts)


def test_what_was_acknowledged_survives_a_kill(path: Path) -> None:
    for _ in range(20 if FULL else 2):
        processes = writers(path, 8, 60.0)
        for process in processes:
            assert process.stdout is not None
            for _ in range(20):
                process.stdout.readline()
        for process in processes:
            process.send_signal(signal.SIGKILL)
        last = [max(acknowledged(process), default=19) for process in processes]
        store = SqliteStore(path)
        for n, count in enumerate(last):
            kept = [blocking.run(store.find(f"w{n}-{m}")) for m in range(count + 1)]
            assert all(record is not None for record in kept)
        assert ask(path, "PRAGMA integrity_check") == "ok"
        blocking.run(store.sweep(now=NOW * 2, limit=1_000_000))
        store.close()


def test_a_file_that_cannot_be_opened_is_unavailable_and_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = SqliteStore(tmp_path / "file" / "sessions.db")
    with pytest.raises(Unavailable, match=r"sessions\.db"):
        blocking.run(store.find("h1"))
    with pytest.raises(Unavailable, match=r"sessions\.db"):
        blocking.run(store.insert(a_record(), now=NOW))


def test_a_file_that_is_no_database_is_unavailable(path: Path) -> None:
    path.write_bytes(b"this is not a database, it is a poem" * 100)
    with pytest.raises(Unavailable, match="not a database"):
        blocking.run(SqliteStore(path).find("h1"))


def test_a_disk_that_is_full_fails_writes_keeps_reads_and_recovers(store: SqliteStore) -> None:
    blocking.run(store.insert(a_record(), now=NOW))
    driver = store._driver
    pages = blocking.run(driver.write(lambda db: db.execute("PRAGMA page_count").fetchone()[0]))
    blocking.run(driver.write(lambda db: db.execute(f"PRAGMA max_page_count={pages}").fetchone()))
    big = a_record("big", data='{"x":"' + "y" * 200_000 + '"}')
    with pytest.raises(Unavailable, match="full"):
        blocking.run(store.insert(big, now=NOW))
    assert blocking.run(store.find("h1")) == a_record()
    blocking.run(driver.write(lambda db: db.execute("PRAGMA max_page_count=100000").fetchone()))
    blocking.run(store.insert(big, now=NOW))
    assert blocking.run(store.find("big")) == big


def test_a_database_of_a_newer_dojang_is_refused_with_both_numbers(path: Path) -> None:
    store = SqliteStore(path)
    blocking.run(store.insert(a_record(), now=NOW))
    store.close()
    newer = schema.VERSION + 1
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE dojang_schema SET value = ?", (newer,))
    for _ in range(2):
        with pytest.raises(Unavailable, match=f"schema {newer}, and this dojang knows"):
            blocking.run(store.find("h1"))
        with pytest.raises(Unavailable, match=f"schema {newer}"):
            blocking.run(store.insert(a_record("h2"), now=NOW))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE dojang_schema SET value = ?", (newer - 1,))
    blocking.run(store.insert(a_record("h2"), now=NOW))


def test_what_is_over_is_swept_along_with_new_sessions(store: SqliteStore) -> None:
    blocking.run(store.insert(a_record("over", expires=NOW + 10), now=NOW))
    blocking.run(store.insert(a_record("later"), now=NOW + 120_000))
    assert blocking.run(store.find("over")) is None


def test_memory_is_not_a_file() -> None:
    with pytest.raises(Misuse, match="MemoryStore"):
        SqliteStore(":memory:")


def test_a_turn_that_never_comes_is_unavailable_and_the_next_one_is_taken(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_writer, "_TURN_SECONDS", 0.1)
    blocking.run(store.insert(a_record("h1"), now=NOW))
    stopped = Turnstile(path)
    stopped.enter(seconds=1)
    with pytest.raises(Unavailable, match="does not go on"):
        blocking.run(store.insert(a_record("h2"), now=NOW))
    assert blocking.run(store.find("h1")) is not None
    stopped.close()
    blocking.run(store.insert(a_record("h3"), now=NOW))
    assert blocking.run(store.find("h2")) is None


def test_a_work_that_breaks_the_writer_answers_everybody_and_the_next_is_done(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocking.run(store.insert(a_record("h1"), now=NOW))

    def no_locks(*_: object, **__: object) -> None:
        raise OSError("no locks available")

    with monkeypatch.context() as broken:
        broken.setattr(Turnstile, "enter", no_locks)
        with pytest.raises(Unavailable, match="no locks available"):
            blocking.run(store.insert(a_record("h2"), now=NOW))
    blocking.run(store.insert(a_record("h3"), now=NOW))
    assert blocking.run(store.find("h3")) is not None


def test_an_error_of_the_database_reaches_the_caller_as_unavailable(store: SqliteStore) -> None:
    def breaks(_: sqlite3.Connection) -> None:
        raise sqlite3.DatabaseError("malformed")

    with pytest.raises(Unavailable, match="malformed"):
        blocking.run(store._driver.write(breaks))


def test_a_path_no_file_can_have_is_refused() -> None:
    with pytest.raises(Misuse, match="NUL"):
        SqliteStore("a\x00b")
