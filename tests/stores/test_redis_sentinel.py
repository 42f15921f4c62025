"""A primary with two replicas, and three sentinels that decide who it is."""

import asyncio
from pathlib import Path

import pytest

from dojang import blocking
from dojang.errors import Unavailable
from dojang.stores.redis import RedisStore
from dojang.testing.capability_contracts import WholeContract
from dojang.testing.store_contract import NOW, of_user
from tests.redis import redis_with_sentinels, until


class TestRedisSentinelStore(WholeContract):
    @pytest.fixture
    def store(self, watched_store: RedisStore) -> RedisStore:
        return watched_store


def test_the_next_primary_is_found_without_a_restart(tmp_path: Path) -> None:
    with redis_with_sentinels(tmp_path) as watched:
        store = RedisStore(watched.url, timeout=1.0)

        async def scene() -> None:
            await store.insert(of_user("h1"), now=NOW)
            await asyncio.to_thread(watched.primary().kill)
            for n in range(2_000):
                try:
                    await store.insert(of_user(f"after{n}"), now=NOW)
                except Unavailable:
                    await asyncio.sleep(0.02)
                else:
                    break
            assert await store.find(f"after{n}") == of_user(f"after{n}")

        blocking.run(store.insert(of_user("h0"), now=NOW))
        asyncio.run(scene())
        # The blocking connections, too, learn who it is now.
        until(lambda: written(store))
        store.close()


def written(store: RedisStore) -> bool:
    try:
        blocking.run(store.touch(of_user("h0"), now=NOW))
    except Unavailable:
        return False
    return True


def test_a_primary_that_became_a_replica_is_left(tmp_path: Path) -> None:
    """It still answers, and refuses to write: READONLY."""
    with redis_with_sentinels(tmp_path) as watched:
        store = RedisStore(watched.url)
        blocking.run(store.insert(of_user("h1"), now=NOW))
        former = watched.primary()
        assert watched.sentinels[0].ask("SENTINEL", "FAILOVER", "main") == b"+OK"
        until(lambda: former.role() == "slave")
        until(lambda: written(store))
        store.close()
