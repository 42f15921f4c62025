from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.postgres import PostgresStore
from dojang.stores.redis import RedisStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from tests.postgres import Server, serving
from tests.redis import RedisServer, redis_server

SECRET = "correct horse battery staple, and more"

# A busy machine is no fault: how long something takes is for the benchmark to say.
settings.register_profile("dojang", deadline=None)
settings.load_profile("dojang")


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


def lasting(sessions: Sessions, lifetime: Lifetime) -> Sessions:
    """Return the same home under other limits."""
    return (
        Sessions(sessions.strategy, lifetime=lifetime, clock=sessions.clock)
        if not isinstance(sessions.strategy, ServerSide)
        else Sessions(sessions.strategy, secret=SECRET, lifetime=lifetime, clock=sessions.clock)
    )
