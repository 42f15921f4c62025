from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dojang.stores.memory import MemoryStore
from dojang.stores.postgres import PostgresStore
from dojang.stores.redis import RedisStore
from dojang.stores.sqlite import SqliteStore
from tests.redis import RedisCluster, redis_cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    with redis_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Open the store of the test, empty at first; each time as a process of its own would."""
    kind = request.param
    opened: list[Any] = []
    if kind == "memory":
        shared = MemoryStore()
        yield lambda: shared
        return
    if kind == "sqlite":
        make: Callable[[], Any] = partial(SqliteStore, tmp_path / "tokens.db")
    elif kind == "postgres":
        url = request.getfixturevalue("postgres_url")
        make = partial(PostgresStore, url)
    elif kind == "redis":
        server = request.getfixturevalue("redis")
        server.ask("FLUSHALL")
        make = partial(RedisStore, server.url)
    else:
        cluster = request.getfixturevalue("cluster")
        cluster.empty()
        make = partial(RedisStore, cluster.url)

    def open_one() -> Any:
        opened.append(make())
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "open_store" in metafunc.fixturenames:
        kinds = ["memory", "sqlite", "postgres", "redis", "cluster"]
        metafunc.parametrize("open_store", kinds, indirect=True)
