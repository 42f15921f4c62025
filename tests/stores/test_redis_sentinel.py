"""A primary with two replicas, and three sentinels that decide who it is."""

from collections.abc import Iterator

import pytest

from dojang.stores.redis import RedisStore
from dojang.testing.capability_contracts import WholeContract
from tests.redis import RedisWithSentinels, redis_with_sentinels


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisWithSentinels]:
    with redis_with_sentinels(tmp_path_factory.mktemp("sentinel")) as watched:
        yield watched


@pytest.fixture
def watched_store(watched: RedisWithSentinels) -> Iterator[RedisStore]:
    watched.primary().ask("FLUSHALL")
    store = RedisStore(watched.url)
    yield store
    store.close()


class TestRedisSentinelStore(WholeContract):
    @pytest.fixture
    def store(self, watched_store: RedisStore) -> RedisStore:
        return watched_store
