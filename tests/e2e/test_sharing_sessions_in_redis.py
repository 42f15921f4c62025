"""express-session over connect-redis, the real ones, and dojang serve the same sessions."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from dojang import blocking, peers
from dojang.sessions import Sessions
from dojang.stores.redis import RedisStore
from dojang.wire.express.express_session import StoredCookie
from tests.browser import Browser, look, put
from tests.counts import scaled
from tests.e2e.running import node_server
from tests.redis import RedisServer

SECRET = "keyboard cat"
HOUR = 3_600_000
NAME = "connect.sid"


@dataclass
class Shared:
    """One visitor of an Express front and of ours."""

    express: str
    sessions: Sessions
    browser: Browser

    def there(self, path: str = "", **body: Any) -> Any:
        """Let Express answer, and keep its cookie."""
        cookies = {"cookie": self.browser.header} if self.browser.cookies else {}
        method = "POST" if path else "GET"
        url = f"{self.express}/{path}"
        answer = httpx2.request(method, url, json=body if path else None, headers=cookies)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.browser.cookies[name] = value
        return answer.raise_for_status().json()["data"] if path != "go" else None


@pytest.fixture(scope="module", params=[7, 10], ids=["connect-redis 7", "connect-redis 10"])
def express(request: pytest.FixtureRequest, redis: RedisServer) -> Iterator[str]:
    options = {"connectRedis": request.param, "redis": redis.port, "rolling": False}
    with node_server("express_redis_server", secret=SECRET, maxAge=HOUR, **options) as url:
        yield url


@pytest.fixture
def shared(express: str, redis: RedisServer) -> Iterator[Shared]:
    redis.ask("FLUSHALL")
    cookie = StoredCookie(original_max_age=HOUR)
    store = RedisStore(redis.url, layout="connect-redis", cookie=cookie)
    sessions = Sessions(peers.Express(SECRET, store, principal="user.id"))
    yield Shared(express, sessions, Browser(sessions))
    sessions.close()


def sign_in(shared: Shared) -> None:
    shared.browser.visit(lambda session: session.login(7))


def test_a_session_made_here_is_read_and_written_there(shared: Shared) -> None:
    sign_in(shared)
    shared.browser.visit(put(theme="dark", name="김철수 \ud800"))
    assert shared.there() == {"user": {"id": 7}, "theme": "dark", "name": "김철수 \ud800"}
    shared.there("set", theme="light", more=[1.5, None])
    seen = shared.browser.visit(look)
    assert (seen["theme"], seen["more"]) == ("light", [1.5, None])
    assert shared.browser.visit(lambda session: session.user) == 7


def test_a_session_made_there_is_read_and_written_here(shared: Shared) -> None:
    shared.there("set", user={"id": 7}, theme="dark")
    assert shared.browser.visit(look) == {"user": {"id": 7}, "theme": "dark"}
    shared.browser.visit(put(theme="light"))
    assert shared.there() == {"user": {"id": 7}, "theme": "light"}
    (device,) = blocking.run(shared.sessions.list(7))
    assert device.handle == shared.browser.visit(lambda session: session.handle)


def test_a_session_destroyed_there_is_over_here(shared: Shared) -> None:
    sign_in(shared)
    shared.there("logout")
    assert shared.browser.visit(look) == {}
    assert list(blocking.run(shared.sessions.list(7))) == []


def test_a_session_ended_here_is_over_there(shared: Shared) -> None:
    shared.there("set", user={"id": 7})
    shared.browser.visit(look)
    (device,) = blocking.run(shared.sessions.list(7))
    assert blocking.run(shared.sessions.end(device.handle)) is True
    assert shared.there() == {}


def test_a_request_there_prolongs_a_session_here(shared: Shared, redis: RedisServer) -> None:
    sign_in(shared)
    (key,) = [line for line in redis.read("KEYS", "sess:*") if line.startswith("sess:")]
    redis.ask("EXPIRE", key, 100)
    shared.there()
    assert int(redis.ask("TTL", key)[1:]) > 3590
    assert shared.browser.visit(look) == {"user": {"id": 7}}


def test_what_there_was_written_meanwhile_is_not_overwritten_here(shared: Shared) -> None:
    sign_in(shared)
    for n in range(scaled(1_000)):
        with shared.browser.under_way() as session:
            session[f"here{n % 10}"] = n
            shared.there("set", **{f"there{n % 10}": n})
        seen = shared.there()
        assert (seen[f"here{n % 10}"], seen[f"there{n % 10}"]) == (n, n)


def test_a_session_that_was_ended_under_a_slow_request_there_is_never_accepted_again(
    shared: Shared, redis: RedisServer
) -> None:
    """The request had read the session, and stores it after the end."""
    brought_back = accepted = 0
    for n in range(scaled(1_000)):
        shared.browser.cookies.clear()
        sign_in(shared)
        twin = shared.browser.twin()
        slow = threading.Thread(target=shared.there, args=("slow",), kwargs={"n": n})
        slow.start()
        shared.there("waiting")
        twin.visit(lambda session: session.logout())
        shared.there("go")
        slow.join()
        brought_back += redis.ask("DBSIZE") != b":0" and "n" in shared.there()
        accepted += shared.browser.visit(lambda session: session.user) is not None
        assert shared.there() == {}
    assert (brought_back, accepted) == (scaled(1_000), 0)
