"""The layout of connect-redis: the same sessions for express-session and for dojang."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Conflict, Gone, Misuse, Unavailable
from dojang.session.limit import Limit
from dojang.session.record import Principal, Record
from dojang.stores.catalogue import Page
from dojang.stores.redis import RedisStore
from dojang.testing.capability_contracts import WholeContract
from dojang.testing.store_contract import HOUR, NOW, a_record, of_user
from dojang.wire import json
from dojang.wire.express.express_session import MAX_STORED
from tests.conftest import COOKIE
from tests.redis import RedisCluster, RedisServer


class WithIds:
    """The same store, for tests that know no ids: each record gets one."""

    suspends = True
    by_id = True

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def find(self, handle: str, *, id: str = "") -> Record | None:
        del id
        found: Record | None = without(await self._store.find(handle, id=f"id-{handle}"))
        return found

    async def insert(self, record: Record, *, now: int, limit: Limit | None = None) -> None:
        await self._store.insert(with_id(record), now=now, limit=limit)

    async def replace(self, before: Record, after: Record, **more: Any) -> None:
        await self._store.replace(with_id(before), with_id(after), **more)

    async def touch(self, record: Record, *, now: int) -> bool:
        return await self._store.touch(with_id(record), now=now)

    async def list(self, user: Principal, *, now: int) -> Sequence[Record | None]:
        return [without(record) for record in await self._store.list(user, now=now)]

    async def scan(self, **more: Any) -> Page:
        page = await self._store.scan(**more)
        return replace(page, records=[without(record) for record in page.records])


def with_id(record: Record) -> Record:
    return replace(record, id=f"id-{record.handle}")


def without(record: Record | None) -> Any:
    return None if record is None else replace(record, id="")


@pytest.fixture
def shared(connect_redis_store: RedisStore) -> RedisStore:
    return connect_redis_store


class TestConnectRedisLayout(WholeContract):
    @pytest.fixture
    def store(self, shared: RedisStore) -> WithIds:
        return WithIds(shared)


class TestConnectRedisLayoutOnACluster(WholeContract):
    @pytest.fixture
    def store(self, cluster: RedisCluster) -> Iterator[WithIds]:
        cluster.empty()
        store = RedisStore(cluster.url, layout="connect-redis", cookie=COOKIE)
        yield WithIds(store)
        store.close()


def put(server: RedisServer, id: str, data: dict[str, Any], expires: int = NOW + HOUR) -> None:
    """Do what express-session with connect-redis does."""
    cookie = {"originalMaxAge": HOUR, "expires": json_date(expires), "httpOnly": True, "path": "/"}
    server.ask("SET", f"sess:{id}", json.dumps({"cookie": cookie, **data}), "EX", HOUR // 1000)


def json_date(at: int) -> str:
    return {NOW: "2026-01-01T00:00:00.000Z", NOW + HOUR: "2026-01-01T01:00:00.000Z"}[at]


def stored(server: RedisServer, id: str) -> str:
    return server.read("GET", f"sess:{id}")[1]


def test_what_is_stored_is_what_express_session_would_store(
    redis: RedisServer, shared: RedisStore
) -> None:
    record = with_id(of_user("h1"))
    blocking.run(shared.insert(record, now=NOW))
    text = (
        '{"cookie":{"originalMaxAge":3600000,"expires":"2026-01-01T01:00:00.000Z",'
        '"httpOnly":true,"path":"/"},"a":1}'
    )
    assert stored(redis, "id-h1") == text
    assert 3590 <= int(redis.ask("TTL", "sess:id-h1")[1:]) <= 3600


def test_a_session_of_express_is_found_by_its_id_and_keeps_its_cookie_when_it_is_written(
    redis: RedisServer, shared: RedisStore
) -> None:
    put(redis, "x", {"n": 1})
    found = blocking.run(shared.find("hx", id="x"))
    assert found is not None
    assert (found.data, found.user, found.id, found.handle) == ('{"n":1}', None, "x", "hx")
    after = replace(found, data='{"n":2}', expires=NOW + HOUR)
    blocking.run(shared.replace(found, after, now=NOW))
    assert stored(redis, "x").startswith('{"cookie":{"originalMaxAge":3600000,"expires":"2026-01-')
    assert stored(redis, "x").endswith('"httpOnly":true,"path":"/"},"n":2}')


def test_a_write_of_express_in_between_is_a_conflict(
    redis: RedisServer, shared: RedisStore
) -> None:
    put(redis, "x", {"n": 1})
    found = blocking.run(shared.find("hx", id="x"))
    assert found is not None
    put(redis, "x", {"n": 1, "theirs": 1})
    with pytest.raises(Conflict):
        blocking.run(shared.replace(found, replace(found, data='{"n":2}'), now=NOW))
    assert stored(redis, "x").endswith('"n":1,"theirs":1}')


def test_express_prolonging_a_session_is_no_conflict_and_dojang_sees_it(
    redis: RedisServer, shared: RedisStore
) -> None:
    record = with_id(of_user("h1"))
    blocking.run(shared.insert(record, now=NOW))
    redis.ask("EXPIRE", "sess:id-h1", 9000)
    found = blocking.run(shared.find("h1", id="id-h1"))
    assert found is not None
    assert found.expires is not None
    assert found.expires > NOW + HOUR
    assert found.user == "ada"
    blocking.run(shared.replace(found, replace(found, data='{"a":2}'), now=NOW))


@pytest.mark.parametrize("known", [True, False], ids=["made here", "made by Express"])
def test_a_session_that_was_ended_stays_ended_whatever_express_writes(
    redis: RedisServer, shared: RedisStore, known: bool
) -> None:
    if known:
        blocking.run(shared.insert(replace(of_user("hx"), id="x"), now=NOW))
    else:
        put(redis, "x", {"n": 1})
    assert blocking.run(shared.find("hx", id="x")) is not None
    assert blocking.run(shared.remove("hx")) is True
    for _ in range(2):
        put(redis, "x", {"n": 1})
        assert blocking.run(shared.find("hx", id="x")) is None
        assert redis.ask("EXISTS", "sess:x") == b":0"
    put(redis, "x", {"n": 1})
    back = replace(a_record("hx", data='{"n":1}'), id="x")
    with pytest.raises(Gone):
        blocking.run(shared.replace(back, replace(back, data="{}"), now=NOW))
    with pytest.raises(Conflict):
        blocking.run(shared.insert(back, now=NOW))


def test_each_look_that_finds_an_ended_session_back_lets_the_mark_begin_anew(
    redis: RedisServer, shared: RedisStore
) -> None:
    blocking.run(shared.insert(replace(of_user("hx"), id="x"), now=NOW))
    assert blocking.run(shared.remove("hx")) is True
    mark = "dojang:sess:{sess:x}"
    looks: list[Callable[[], object]] = [
        lambda: blocking.run(shared.find("hx", id="x")),
        lambda: blocking.run(shared.sweep(now=NOW)),
        lambda: list(blocking.run(shared.scan(now=NOW)).records),
    ]
    for look in looks:
        redis.ask("PEXPIRE", mark, 60_000)  # nobody has looked for a while, and Express went on
        put(redis, "x", {"n": 1})
        redis.ask("EXPIRE", "sess:x", 3 * HOUR // 1000)
        assert not look()
        assert redis.ask("EXISTS", "sess:x") == b":0"
        assert int(redis.ask("PTTL", mark)[1:]) > 3 * HOUR


def test_a_session_is_ended_by_its_handle_in_another_process(
    redis: RedisServer, shared: RedisStore
) -> None:
    blocking.run(shared.insert(with_id(of_user("h1")), now=NOW))
    other = RedisStore(redis.url, layout="connect-redis", cookie=COOKIE)
    assert blocking.run(other.remove("h1")) is True
    assert blocking.run(shared.find("h1", id="id-h1")) is None
    assert list(blocking.run(shared.list("ada", now=NOW))) == []
    other.close()


def test_a_session_that_express_destroyed_is_in_no_list(
    redis: RedisServer, shared: RedisStore
) -> None:
    for handle in ("h1", "h2"):
        blocking.run(shared.insert(with_id(of_user(handle)), now=NOW))
    redis.ask("DEL", "sess:id-h1")
    assert [one.handle for one in blocking.run(shared.list("ada", now=NOW))] == ["h2"]
    blocking.run(shared.insert(with_id(of_user("h3")), now=NOW, limit=Limit(2, "refuse")))


def test_a_session_of_express_is_owned_and_listed_once_it_is_known_whose_it_is(
    redis: RedisServer, shared: RedisStore
) -> None:
    put(redis, "x", {"user": {"id": 7}})
    found = blocking.run(shared.find("hx", id="x"))
    assert found is not None
    blocking.run(shared.replace(found, replace(found, user=7), now=NOW))
    assert '"user":{"id":7}' in stored(redis, "x")
    (listed,) = blocking.run(shared.list(7, now=NOW))
    assert (listed.handle, listed.user) == ("hx", 7)
    assert blocking.run(shared.remove_all(7, now=NOW)) == 1
    assert redis.ask("EXISTS", "sess:x") == b":0"


def test_the_member_cookie_belongs_to_express(shared: RedisStore) -> None:
    with pytest.raises(Misuse, match="express-session's own"):
        blocking.run(shared.insert(with_id(a_record(data='{"cookie":1}')), now=NOW))


@pytest.mark.parametrize(
    "text", ["nonsense", "[]", "{}", '{"cookie":3}', "\xff", "x" * (MAX_STORED + 1)]
)
def test_what_is_no_session_of_express_is_unavailable(
    redis: RedisServer, shared: RedisStore, text: str
) -> None:
    redis.ask("SET", "sess:x", text)
    with pytest.raises(Unavailable, match="not as express-session writes them"):
        blocking.run(shared.find("hx", id="x"))


@pytest.mark.parametrize("members", ['"originalMaxAge":1.5', '"originalMaxAge":"", "secure":5'])
def test_a_cookie_of_an_odd_form_is_read_where_express_serves_its_session(
    redis: RedisServer, shared: RedisStore, members: str
) -> None:
    redis.ask("SET", "sess:x", f'{{"cookie":{{{members}}},"n":1}}', "EX", "60")
    found = blocking.run(shared.find("hx", id="x"))
    assert found is not None
    assert (found.data, type(found.created)) == ('{"n":1}', int)


@pytest.mark.parametrize("age", ['"86400000"', "[1]", "true", "1e300"])
def test_a_cookie_that_express_throws_on_is_unavailable(
    redis: RedisServer, shared: RedisStore, age: str
) -> None:
    redis.ask("SET", "sess:x", f'{{"cookie":{{"originalMaxAge":{age}}},"n":1}}')
    with pytest.raises(Unavailable, match="not as express-session writes them"):
        blocking.run(shared.find("hx", id="x"))


def test_an_id_with_braces_has_no_place_beside_it_and_is_not_found(shared: RedisStore) -> None:
    assert blocking.run(shared.find("hx", id="a{b}c")) is None
