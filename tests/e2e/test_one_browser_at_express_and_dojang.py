"""A browser at an Express front and at a service with dojang: one login, one session in Redis."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.running import backend_server, node_server
from tests.e2e.sharing import Pair, post, shown
from tests.redis import RedisServer

SECRET = "keyboard cat"
HOUR = 3_600_000
ADA = {"id": 7, "name": "에이다 🔏"}
BOB = {"id": 8, "name": "Bob"}

EITHER = pytest.mark.parametrize("first", ["node", "dojang"])


@pytest.fixture(scope="module", params=[7, 10], ids=["connect-redis 7", "connect-redis 10"])
def pair(request: pytest.FixtureRequest, redis: RedisServer) -> Iterator[Pair]:
    theirs = {"connectRedis": request.param, "redis": redis.port, "maxAge": HOUR}
    ours = {"redis": redis.url, "max_age": HOUR}
    with (
        node_server("express_redis_server", secret=SECRET, rolling=True, **theirs) as node,
        backend_server("express", secret=SECRET, rolling=True, **ours) as dojang,
    ):
        yield Pair(node, dojang)


@pytest.fixture
def context(chromium: Browser, redis: RedisServer) -> Iterator[BrowserContext]:
    redis.ask("FLUSHALL")
    context = chromium.new_context()
    yield context
    context.close()


def tab(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def key_of(redis: RedisServer) -> str:
    (key,) = [line for line in redis.read("KEYS", "sess:*") if line.startswith("sess:")]
    return key


@EITHER
def test_who_signs_in_at_one_is_signed_in_and_out_at_both(
    context: BrowserContext, pair: Pair, first: str
) -> None:
    here, there = (tab(context, url) for url in pair.others(first))
    post(here, "/login", ADA)
    there.reload()
    assert shown(there)["data"] == {"user": ADA}
    post(there, "/set", {"theme": "dark"})
    here.reload()
    assert shown(here)["data"] == {"user": ADA, "theme": "dark"}
    post(there, "/logout")
    here.reload()
    assert shown(here)["data"] == {}


@EITHER
def test_a_session_that_one_extends_lives_on_at_both(
    context: BrowserContext, pair: Pair, redis: RedisServer, first: str
) -> None:
    here, there = (tab(context, url) for url in pair.others(first))
    post(here, "/login", ADA)
    redis.ask("EXPIRE", key_of(redis), 100)
    there.reload()
    assert int(redis.ask("TTL", key_of(redis))[1:]) > 3590
    here.reload()
    assert shown(here)["data"] == {"user": ADA}


def test_another_user_of_express_is_another_user_of_ours(
    context: BrowserContext, pair: Pair
) -> None:
    front, service = tab(context, pair.node), tab(context, pair.dojang)
    post(service, "/login", ADA)
    service.reload()
    assert shown(service)["user"] == 7
    post(front, "/login", BOB)
    service.reload()
    assert (shown(service)["user"], shown(service)["data"]) == (8, {"user": BOB})
