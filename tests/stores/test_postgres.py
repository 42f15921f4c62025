from collections.abc import Iterator

import pytest

from dojang.stores.postgres import PostgresStore
from dojang.testing.capability_contracts import WholeContract


class TestPostgresStore(WholeContract):
    @pytest.fixture
    def store(self, postgres_url: str) -> Iterator[PostgresStore]:
        store = PostgresStore(postgres_url)
        yield store
        store.close()
