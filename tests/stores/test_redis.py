import pytest

from dojang.stores.redis import RedisStore
from dojang.testing.capability_contracts import WholeContract


class TestRedisStore(WholeContract):
    @pytest.fixture
    def store(self, redis_store: RedisStore) -> RedisStore:
        return redis_store
