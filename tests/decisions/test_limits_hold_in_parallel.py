"""Of many who sign in at one moment as many stay as there may, wherever their sessions live."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Revoked
from dojang.session.limit import Limit
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.postgres import PostgresStore
from dojang.stores.redis import RedisStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser
from tests.conftest import SECRET
from tests.redis import RedisServer

AT_ONCE = 50

Open = Callable[[], Any]


@pytest.fixture(params=["memory", "sqlite", "postgres", "redis"])
def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    if request.param == "memory":
        shared = MemoryStore()
        return lambda: shared
    if request.param == "sqlite":
        return lambda: SqliteStore(tmp_path / "log.db")
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return lambda: PostgresStore(url)
    redis: RedisServer = request.getfixturevalue("redis")
    redis.ask("FLUSHALL")
    return lambda: RedisStore(redis.url)


def host(log: Any, clock: Callable[[], int], limit: Limit) -> Sessions:
    """A host of its own: nothing in common with another but the log."""
    revocations = Revocations(log, max_staleness=0)
    return Sessions(ClientSide(IronSeal(SECRET), revocations=revocations, limit=limit), clock=clock)


async def sign_in(sessions: Sessions) -> str:
    """Sign in; return the cookie, or nothing where others have ended it by the time it is there."""
    visit = await sessions.open()
    visit.session.login("ada")
    try:
        (line, *_) = await visit.close(200)
    except Revoked:
        return ""
    return line.partition(";")[0]


async def is_in(sessions: Sessions, cookie: str) -> bool:
    visit = await sessions.open(cookie)
    signed_in = visit.session.user is not None
    await visit.close(200)
    return signed_in


@pytest.mark.parametrize("count", [1, 3, 50])
def test_of_fifty_logins_at_one_moment_exactly_as_many_stay_as_may(
    open_log: Open, clock: Clock, count: int
) -> None:
    async def go() -> None:
        hosts = [host(open_log(), clock, Limit(count)) for _ in range(2)]
        before = await sign_in(hosts[0])
        clock.tick(1)
        cookies = await asyncio.gather(*(sign_in(hosts[n % 2]) for n in range(AT_ONCE)))
        alive = [await is_in(hosts[1], cookie) for cookie in cookies if cookie]
        listed = await hosts[0].list("ada")
        assert (sum(alive), len(listed)) == (count, count)
        assert not await is_in(hosts[1], before)
        for one in hosts:
            one.close()

    asyncio.run(go())


def test_of_fifty_threads_that_log_in_exactly_as_many_stay_as_may(
    tmp_path: Path, clock: Clock
) -> None:
    sessions = host(SqliteStore(tmp_path / "log.db"), clock, Limit(3))

    def enter(_: int) -> Browser:
        browser = Browser(sessions)
        with suppress(Revoked):
            browser.visit(lambda session: session.login("ada"))
        return browser

    with ThreadPoolExecutor(16) as pool:
        browsers = list(pool.map(enter, range(AT_ONCE)))
    users = [browser.visit(lambda session: session.user) for browser in browsers]
    assert users.count("ada") == len(blocking.run(sessions.list("ada"))) == 3
    sessions.close()


def test_whoever_signs_in_last_stays_also_where_the_clock_of_the_host_is_slow(
    open_log: Open, clock: Clock
) -> None:
    async def go() -> None:
        fast, slow = (
            host(open_log(), clock_of, Limit(2)) for clock_of in (lambda: clock() + 2000, clock)
        )
        await sign_in(fast)  # the log begins
        clock.tick(60)
        cookies = [await sign_in(one) for one in (fast, fast, slow, slow)]
        assert [await is_in(slow, cookie) for cookie in cookies] == [False, False, True, True]
        assert not any([await is_in(fast, cookie) for cookie in cookies[:2]])
        for one in (fast, slow):
            one.close()

    asyncio.run(go())


def test_what_a_sign_in_did_not_get_to_end_is_ended_by_the_next(clock: Clock) -> None:
    log = MemoryStore()
    sessions = host(log, clock, Limit(1))
    # As a process leaves it that died once its own was listed.
    loose = host(log, clock, Limit(9))
    cookies: list[str] = []
    for one in (loose, loose, sessions):
        cookies.append(blocking.run(sign_in(one)))
        clock.tick(1)
    alive = [blocking.run(is_in(sessions, cookie)) for cookie in cookies]
    assert alive == [False, False, True]
