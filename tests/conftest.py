from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dojang import peers
from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.postgres import PostgresStore
from dojang.stores.redis import RedisStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.express.express_session import StoredCookie
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from tests.postgres import Server, serving
from tests.redis import (
    RedisCluster,
    RedisServer,
    RedisWithSentinels,
    redis_cluster,
    redis_server,
    redis_with_sentinels,
)

SECRET = "correct horse battery staple, and more"

#: What express-session is configured with where it shares sessions with us.
COOKIE = StoredCookie(original_max_age=3_600_000, http_only=True, path="/")

# A busy machine is no fault: how long something takes is for the benchmark to say.
settings.register_profile("dojang", deadline=None)
settings.load_profile("dojang")


#: Folders whose files take minutes each, because browsers and whole servers do.
LONGEST = ("tests/e2e/", "tests/doctor/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, so that nobody waits for them in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "sessions.db")
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests that do not hurt it; nothing of it has to last."""
    with serving(fsync="off", full_page_writes="off") as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """An empty database."""
    postgres.empty()
    return postgres.url


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One server for all tests that do not hurt it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_store(redis: RedisServer) -> Iterator[RedisStore]:
    """A store in an empty Redis."""
    redis.ask("FLUSHALL")
    store = RedisStore(redis.url)
    yield store
    store.close()


@pytest.fixture
def connect_redis_store(redis: RedisServer) -> Iterator[RedisStore]:
    """A store in an empty Redis, laid out for express-session."""
    redis.ask("FLUSHALL")
    store = RedisStore(redis.url, layout="connect-redis", cookie=COOKIE)
    yield store
    store.close()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """One cluster for all tests that do not hurt it."""
    with redis_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def cluster_store(cluster: RedisCluster) -> Iterator[RedisStore]:
    """A store in an empty cluster."""
    cluster.empty()
    store = RedisStore(cluster.url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisWithSentinels]:
    """One primary behind sentinels for all tests that do not hurt it."""
    with redis_with_sentinels(tmp_path_factory.mktemp("sentinel")) as watched:
        yield watched


@pytest.fixture
def watched_store(watched: RedisWithSentinels) -> Iterator[RedisStore]:
    """A store in the empty Redis that sentinels name."""
    watched.primary().ask("FLUSHALL")
    store = RedisStore(watched.url)
    yield store
    store.close()


@pytest.fixture
def sealed(clock: Clock) -> Sessions:
    return Sessions(ClientSide(IronSeal(SECRET)), clock=clock)


@pytest.fixture
def signed(clock: Clock) -> Sessions:
    return Sessions(ClientSide(SignedJwt(Key.from_secret(SECRET))), clock=clock)


@pytest.fixture
def in_memory(clock: Clock) -> Sessions:
    return Sessions(ServerSide(MemoryStore()), secret=SECRET, clock=clock)


@pytest.fixture
def in_sqlite(clock: Clock, sqlite_store: SqliteStore) -> Sessions:
    return Sessions(ServerSide(sqlite_store), secret=SECRET, clock=clock)


@pytest.fixture
def in_postgres(clock: Clock, postgres_url: str) -> Iterator[Sessions]:
    store = PostgresStore(postgres_url)
    yield Sessions(ServerSide(store), secret=SECRET, clock=clock)
    store.close()


@pytest.fixture
def in_redis(clock: Clock, redis_store: RedisStore) -> Sessions:
    return Sessions(ServerSide(redis_store), secret=SECRET, clock=clock)


@pytest.fixture
def in_cluster(clock: Clock, cluster_store: RedisStore) -> Sessions:
    return Sessions(ServerSide(cluster_store), secret=SECRET, clock=clock)


@pytest.fixture
def behind_sentinels(clock: Clock, watched_store: RedisStore) -> Sessions:
    return Sessions(ServerSide(watched_store), secret=SECRET, clock=clock)


@pytest.fixture
def shared_with_express(clock: Clock, connect_redis_store: RedisStore) -> Sessions:
    return Sessions(peers.Express(SECRET, connect_redis_store, principal="user.id"), clock=clock)


@pytest.fixture(params=["sealed", "signed", "in_memory", "in_sqlite", "in_postgres", "in_redis"])
def sessions(request: pytest.FixtureRequest) -> Sessions:
    """One session, any home: each test that takes this runs in all of them."""
    home: Sessions = request.getfixturevalue(request.param)
    return home


@pytest.fixture(params=["in_memory", "in_sqlite", "in_postgres", "in_redis"])
def on_server(request: pytest.FixtureRequest) -> Sessions:
    """Homes on the server."""
    home: Sessions = request.getfixturevalue(request.param)
    return home


@pytest.fixture(
    params=[
        "in_memory",
        "in_sqlite",
        "in_postgres",
        "in_redis",
        "in_cluster",
        "behind_sentinels",
        "shared_with_express",
    ]
)
def in_every_store(request: pytest.FixtureRequest) -> Sessions:
    """Every store, in every shape and layout, for what is counted."""
    home: Sessions = request.getfixturevalue(request.param)
    return home


def lasting(sessions: Sessions, lifetime: Lifetime) -> Sessions:
    """Return the same home under other limits."""
    return (
        Sessions(sessions.strategy, lifetime=lifetime, clock=sessions.clock)
        if not isinstance(sessions.strategy, ServerSide)
        else Sessions(sessions.strategy, secret=SECRET, lifetime=lifetime, clock=sessions.clock)
    )
