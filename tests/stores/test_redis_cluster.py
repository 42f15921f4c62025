"""A cluster of three primaries with a replica each."""

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from redis.crc import key_slot

from dojang import blocking
from dojang.errors import Conflict, Gone, Unavailable
from dojang.stores.redis import RedisStore
from dojang.testing.capability_contracts import WholeContract
from dojang.testing.store_contract import NOW, a_record, of_user
from dojang.wire import json
from tests.counts import scaled
from tests.redis import RedisCluster, RedisServer, callers, redis_cluster, until
from tests.stores.storm import Seen, storm


class TestRedisClusterStore(WholeContract):
    @pytest.fixture
    def store(self, cluster_store: RedisStore) -> RedisStore:
        return cluster_store


@dataclass
class Load:
    """Callers that each look at their own session and count on in it, over and over."""

    store: RedisStore
    people: int = 30
    stopped: bool = False
    foreign: int = 0
    acknowledged: int = 0
    #: Acknowledged writes that were not there when their caller looked next.
    lost: int = 0
    #: When each failed first and last, by who it was.
    failures: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    async def run(self, harm: Callable[[], None]) -> None:
        for n in range(self.people):
            await self.store.insert(of_user(f"h{n}", user=f"u{n}"), now=NOW)
        callers = [asyncio.create_task(self._call(f"h{n}", f"u{n}")) for n in range(self.people)]
        await asyncio.sleep(0.3)
        await asyncio.to_thread(harm)
        self.stopped = True
        await asyncio.gather(*callers)

    async def _call(self, handle: str, user: str) -> None:
        count = 0
        while True:
            stopped = self.stopped
            try:
                found = await self.store.find(handle)
                there = 0 if found is None else json.loads_object(found.data).get("n", 0)
                self.lost += max(0, count - there)
                count = min(count, there)  # what is there and was not acknowledged is no promise
                if stopped:
                    return
                if found is not None:
                    self.foreign += (found.handle, found.user) != (handle, user)
                    after = replace(found, data=f'{{"n":{there + 1}}}')
                    await self.store.replace(found, after, now=NOW)
                    count = there + 1
                    self.acknowledged += 1
            except Unavailable:
                self.failures.setdefault(handle, []).append(time.monotonic())
                await asyncio.sleep(0.02)
            except (Conflict, Gone):
                # A write whose answer was lost may have happened, or may be lost with its server.
                await asyncio.sleep(0.02)


def slots_of(node: RedisServer) -> range:
    first, _, last = node.own_slots().partition("-")
    return range(int(first), int(last) + 1)


@pytest.mark.parametrize("behind", [0.0, 0.3], ids=["in step", "0.3 s behind"])
@pytest.mark.parametrize("wait", [0, 1], ids=["without WAIT", "with WAIT"])
def test_a_primary_that_is_killed_under_load_troubles_its_own_slots_only_and_not_for_long(
    wait: int, behind: float, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with redis_cluster(tmp_path) as cluster:
        url, primary = cluster.url, cluster.nodes[0]
        store = RedisStore(url, timeout=1.5, wait=wait, wait_timeout=1.0)
        load, slots, killed = Load(store), slots_of(primary), list[float]()

        def harm() -> None:
            with cut_off(cluster.replica_of(primary), primary, behind):
                killed.append(time.monotonic())
                primary.kill()
            works_again(RedisStore(url, timeout=1.0), slots)
            killed.append(time.monotonic())

        asyncio.run(load.run(harm))
        store.close()
    troubled = {
        handle for handle in load.failures if key_slot(b"dojang:s:" + handle.encode()) in slots
    }
    spared = set(load.failures) - troubled
    record_property("seconds until every slot is written again", round(killed[1] - killed[0], 1))
    record_property("sessions with errors, in other slots", len(spared))
    record_property("answers of another person's session", load.foreign)
    record_property("acknowledged writes lost", f"{load.lost} of {load.acknowledged}")
    assert troubled
    assert spared == set()
    assert load.foreign == 0
    assert killed[1] - killed[0] < 20
    if wait:
        assert load.lost == 0
    elif behind:
        assert load.lost > 0


@contextmanager
def cut_off(replica: RedisServer, primary: RedisServer, seconds: float) -> Iterator[None]:
    """Let nothing reach a replica for a while, as when a host is lost with what it had to send."""
    if not seconds:
        yield
        return
    replica.signal(signal.SIGSTOP)
    try:
        # What was sent already waits for it in the kernel; what comes now has nowhere to go.
        primary.ask("CLIENT", "KILL", "TYPE", "replica")
        threading.Event().wait(seconds)
        yield
    finally:
        replica.signal(signal.SIGCONT)


def works_again(store: RedisStore, slots: range) -> None:
    """Wait until a session in those slots can be written."""
    handle = next(
        h for n in range(10_000) if key_slot(f"dojang:s:{(h := f'w{n}')}".encode()) in slots
    )

    def writes() -> bool:
        try:
            blocking.run(store.insert(a_record(handle), now=NOW))
        except Unavailable:
            return False
        return True

    until(writes)
    store.close()


def test_a_slot_that_moves_is_followed(cluster: RedisCluster, cluster_store: RedisStore) -> None:
    async def scene() -> None:
        for n in range(20):
            await cluster_store.insert(of_user(f"h{n}"), now=NOW)
        source, target = cluster.primaries()[:2]
        slot = key_slot(b"dojang:s:h1")
        source = next(node for node in cluster.primaries() if slot in slots_of(node))
        target = next(node for node in cluster.primaries() if node is not source)
        names = {node: node.read("CLUSTER", "MYID")[1] for node in (source, target)}
        target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", names[source])
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", names[target])
        assert await cluster_store.find("h1") is not None
        source.ask("MIGRATE", "127.0.0.1", target.port, "dojang:s:h1", 0, 1000)
        assert await cluster_store.find("h1") is not None
        after = replace(of_user("h1"), data='{"a":2}')
        await cluster_store.replace(of_user("h1"), after, now=NOW)
        for node in (target, source):
            node.ask("CLUSTER", "SETSLOT", slot, "NODE", names[target])
        assert await cluster_store.find("h1") == after
        assert len(await cluster_store.list("ada", now=NOW)) == 20

    asyncio.run(scene())


def test_cve_2023_28858_no_cancelled_caller_leaves_its_answer_to_another_on_any_node(
    cluster: RedisCluster, cluster_store: RedisStore, record_property: Callable[[str, object], None]
) -> None:
    async def scene() -> tuple[Seen, list[int]]:
        seen = await storm(cluster_store, scaled(100_000))
        return seen, [callers(node) for node in cluster.primaries()]

    seen, connections = asyncio.run(scene())
    record_property(f"{scaled(100_000):,} requests", str(seen))
    assert seen.foreign == 0
    assert seen.is_real
    assert connections == [1, 1, 1]
