"""What somebody else put under the key of a session stops nobody at the other sessions."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dojang import blocking
from dojang.errors import Unavailable
from dojang.session.handle import handle_of
from dojang.session.limit import Limit
from dojang.session.record import Record
from dojang.stores.catalogue import Unreadable
from dojang.stores.redis import RedisStore
from dojang.testing.store_contract import HOUR, NOW, Driver, of_user
from tests.conftest import COOKIE
from tests.redis import RedisServer


def of_ada(id: str, age: int = 0) -> Record:
    return replace(of_user(handle_of(id), age=age), id=id)


@pytest.fixture(params=["native", "connect-redis"])
def store(request: pytest.FixtureRequest, redis: RedisServer) -> Iterator[RedisStore]:
    redis.ask("FLUSHALL")
    cookie = COOKIE if request.param == "connect-redis" else None
    store = RedisStore(redis.url, layout=request.param, cookie=cookie)
    for n in range(5):
        blocking.run(store.insert(of_ada(f"id{n}", age=n), now=NOW))
    yield store
    store.close()


@pytest.fixture(params=["hunter2", "\x00\xff"])
def broken(request: pytest.FixtureRequest, redis: RedisServer, store: RedisStore) -> str:
    """The handle of a session that somebody has written over."""
    key = "sess:id2" if store.by_id else f"dojang:s:{handle_of('id2')}"
    redis.ask("SET", key, request.param)
    return handle_of("id2")


@pytest.fixture(params=["async", "sync"])
def run(request: pytest.FixtureRequest) -> Iterator[Driver]:
    if request.param == "sync":
        yield blocking.run
        return
    with asyncio.Runner() as runner:
        yield runner.run


def handles(*ids: str) -> set[str]:
    return {handle_of(id) for id in ids}


def test_the_others_are_listed(store: RedisStore, broken: str, run: Driver) -> None:
    listed = {record.handle for record in run(store.list("ada", now=NOW))}
    assert listed == handles("id0", "id1", "id3", "id4")
    with pytest.raises(Unavailable, match="is not as"):
        run(store.find(broken, id="id2"))


def test_it_is_named_beside_the_others_and_nothing_of_it_is_said(
    store: RedisStore, broken: str, run: Driver
) -> None:
    page = run(store.scan(now=NOW))
    assert {record.handle for record in page.records} == handles("id0", "id1", "id3", "id4")
    (named,) = page.refused
    assert isinstance(named, Unreadable)
    assert named.handle == broken
    assert "hunter2" not in named.why


def test_all_of_a_user_end_and_it_too(store: RedisStore, broken: str, run: Driver) -> None:
    assert run(store.remove_all("ada", now=NOW, but=handle_of("id1"))) == 3
    assert [one.handle for one in run(store.list("ada", now=NOW))] == [handle_of("id1")]
    assert run(store.find(broken, id="id2")) is None
    assert run(store.count(now=NOW)) == 1


def test_it_is_ended_by_its_handle(store: RedisStore, broken: str, run: Driver) -> None:
    assert run(store.remove(broken)) is True
    assert run(store.remove(broken)) is False
    assert not run(store.scan(now=NOW)).refused


def test_a_sweep_leaves_it_and_takes_what_is_over(
    store: RedisStore, broken: str, run: Driver
) -> None:
    assert run(store.sweep(now=NOW + 2 * HOUR)) == 4
    assert [one.handle for one in run(store.scan(now=NOW)).refused] == [broken]


def test_a_login_beyond_the_limit_ends_it_with_the_oldest(
    store: RedisStore, broken: str, run: Driver
) -> None:
    run(store.insert(of_ada("new", age=-1), now=NOW, limit=Limit(2)))
    assert {one.handle for one in run(store.list("ada", now=NOW))} == handles("new", "id0")
    assert run(store.find(broken, id="id2")) is None


def test_everything_can_be_ended(store: RedisStore, broken: str, run: Driver) -> None:
    assert run(store.clear()) == 5
    assert run(store.find(broken, id="id2")) is None


@pytest.mark.parametrize("name", ["\udcff", "{", "\x00", ""])
def test_a_key_that_names_no_session_is_passed_over(
    redis: RedisServer, store: RedisStore, run: Driver, name: str
) -> None:
    start = b"sess:" if store.by_id else b"dojang:s:"
    set_key(redis, start + name.encode(errors="surrogateescape"))
    assert len(run(store.scan(now=NOW)).records) == 5
    assert run(store.sweep(now=NOW + 2 * HOUR)) == 5


def set_key(redis: RedisServer, key: bytes) -> None:
    from redis import Redis

    with Redis(port=redis.port) as keys:
        keys.set(key, b"hunter2")
