"""A cluster of three primaries with a replica each."""

from collections.abc import Iterator

import pytest

from dojang.stores.redis import RedisStore
from dojang.testing.capability_contracts import WholeContract
from tests.redis import RedisCluster, redis_cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    with redis_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def cluster_store(cluster: RedisCluster) -> Iterator[RedisStore]:
    cluster.empty()
    store = RedisStore(cluster.url)
    yield store
    store.close()


class TestRedisClusterStore(WholeContract):
    @pytest.fixture
    def store(self, cluster_store: RedisStore) -> RedisStore:
        return cluster_store
