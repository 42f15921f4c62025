"""However often a cookie of another kind comes, and whatever else happens, it is one session."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dojang import blocking, peers
from dojang.errors import Unavailable
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.record import Record
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.documents import Document
from dojang.stores.memory import MemoryStore
from dojang.stores.postgres import PostgresStore
from dojang.stores.redis import RedisStore
from dojang.stores.revocation_log import Pulled
from dojang.stores.sqlite import SqliteStore
from dojang.strategies import moved_in
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.strategies.spill import Spill
from dojang.testing import Clock
from dojang.wire.cookies import Cookie
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.keyring import Keyring
from tests.browser import Browser, put
from tests.conftest import SECRET
from tests.counts import scaled
from tests.redis import RedisServer

OLD = "the secret of the system that was there before"
NEWER = "the secret that took the place of ours, in time"
AT_ONCE = 8
DAY = 86_400

Open = Callable[[], Any]
Host = Callable[..., Sessions]


@pytest.fixture(params=["memory", "sqlite", "postgres", "redis"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    if request.param == "memory":
        shared = MemoryStore()
        return lambda: shared
    if request.param == "sqlite":
        return lambda: SqliteStore(tmp_path / "sessions.db")
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return lambda: PostgresStore(url)
    redis: RedisServer = request.getfixturevalue("redis")
    redis.ask("FLUSHALL")
    return lambda: RedisStore(redis.url)


@pytest.fixture(params=["on the server", "in a cookie"])
def host(request: pytest.FixtureRequest, open_store: Open, clock: Clock) -> Host:
    """Make a host of its own: nothing in common with another but the store."""
    return lambda **how: make_host(request.param, open_store(), clock, **how)


def make_host(
    home: str, store: Any, clock: Clock, *, secrets: Sequence[str] = (SECRET,), **how: Any
) -> Sessions:
    limit, lifetime = how.get("limit"), how.get("lifetime")
    accepts = {"starlette": peers.Starlette(OLD)}
    if home == "in a cookie":
        in_cookie = ClientSide(IronSeal(list(secrets)), revocations=store, limit=limit)
        return Sessions(
            in_cookie, lifetime=lifetime, principal="user", accepts=accepts, clock=clock
        )
    return Sessions(
        ServerSide(store, limit=limit),
        secret=secrets,
        lifetime=lifetime,
        principal="user",
        accepts=accepts,
        clock=clock,
    )


def old_cookie(clock: Clock, user: str = "ada", **data: Any) -> str:
    """Return a Cookie header as an application of Starlette's had it sent."""
    before = Browser(Sessions(peers.Starlette(OLD), clock=clock))
    before.visit(put(user=user, **data))
    return before.header


async def visit(sessions: Sessions, cookies: str, work: Callable[[Session], Any]) -> list[Any]:
    """Return what `work` returned, why there is no session, and the new cookie."""
    visit = await sessions.open(cookies)
    done, why = work(visit.session), visit.session.rejected
    lines = await visit.close(200)
    ours = [line for line in lines if line.startswith(sessions.cookie.name)]
    kept = [line.partition(";")[0] for line in ours if "Max-Age=0" not in line]
    return [done, why, *kept]


def user(session: Session) -> object:
    return session.user


def logout(session: Session) -> None:
    session.logout()


def rotate(session: Session) -> object:
    if session.user is not None:
        session.rotate()
    return session.user


async def at_once(hosts: Sequence[Sessions], cookies: str, work: Any) -> Sequence[list[Any]]:
    each = (visit(hosts[n % len(hosts)], cookies, work) for n in range(AT_ONCE))
    return tuple(await asyncio.gather(*each))


def close(*hosts: Sessions) -> None:
    for one in hosts:
        one.close()


def test_a_dead_text_that_comes_many_times_at_once_is_nobody_each_time(
    host: Host, clock: Clock
) -> None:
    async def go() -> None:
        hosts = [host(), host()]
        old = old_cookie(clock)
        *_, new = await visit(hosts[0], old, user)
        await visit(hosts[0], new, logout)
        clock.tick(2)
        for _ in range(scaled(500)):
            for work in (user, rotate):
                for who, why, *kept in await at_once(hosts, old, work):
                    assert (who, why in {"unknown", "revoked"}, kept) == (None, True, [])
        assert await hosts[1].list("ada") == []
        close(*hosts)

    asyncio.run(go())


def test_threads_that_bring_a_dead_text_at_once_are_nobody_too(
    tmp_path: Path, clock: Clock
) -> None:
    here = make_host("on the server", SqliteStore(tmp_path / "s.db"), clock)
    browser = Browser(here)
    name, _, text = old_cookie(clock).partition("=")
    browser.cookies = {name: text}
    copies = [browser.twin() for _ in range(scaled(2_000))]
    browser.visit(user)
    browser.visit(logout)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(lambda copy: copy.visit(user), copies)) == {None}
    assert blocking.run(here.list("ada")) == []
    here.close()


def test_a_text_that_comes_many_times_at_once_becomes_one_session(host: Host, clock: Clock) -> None:
    async def go() -> None:
        hosts = [host(), host()]
        for n in range(scaled(200)):
            name = f"ada{n}"
            came = await at_once(hosts, old_cookie(clock, name), user)
            assert {who for who, *_ in came} == {name}
            assert len(await hosts[0].list(name)) == 1
            for _, _, cookie in came:
                assert (await visit(hosts[1], cookie, user))[0] == name
        close(*hosts)

    asyncio.run(go())


def test_threads_that_bring_a_text_at_once_bring_one_session_and_lose_nothing(
    tmp_path: Path, clock: Clock
) -> None:
    hosts = [make_host("on the server", SqliteStore(tmp_path / "s.db"), clock) for _ in range(2)]
    name, _, text = old_cookie(clock).partition("=")

    def come(n: int) -> Browser:
        browser = Browser(hosts[n % 2])
        browser.cookies = {name: text}
        browser.visit(put(**{f"of{n}": n}))
        return browser

    with ThreadPoolExecutor(AT_ONCE) as pool:
        browsers = list(pool.map(come, range(AT_ONCE)))
    assert len({browser.cookie for browser in browsers}) == 1
    data = browsers[0].visit(lambda session: session.copy())
    assert data == {"user": "ada"} | {f"of{n}": n for n in range(AT_ONCE)}
    close(*hosts)


def test_a_new_secret_brings_nothing_back_and_loses_nobody(host: Host, clock: Clock) -> None:
    async def go() -> None:
        before, after = host(), host(secrets=(NEWER, SECRET))
        dead, alive = old_cookie(clock, "ada"), old_cookie(clock, "eve")
        *_, new = await visit(before, dead, user)
        await visit(before, alive, user)
        await visit(before, new, logout)
        clock.tick(2)
        assert (await visit(after, dead, user))[0] is None
        assert (await visit(after, alive, user))[0] == "eve"
        assert len(await after.list("eve")) == 1
        close(before, after)

    asyncio.run(go())


def test_signing_out_everywhere_holds_at_a_host_that_has_not_heard_of_it(
    host: Host, clock: Clock
) -> None:
    async def go() -> None:
        here, there = host(), host()
        old = old_cookie(clock)
        clock.tick(2)
        await visit(here, old_cookie(clock, "bob"), user)  # it knows the log as of now
        await there.end_all("ada")
        assert (await visit(here, old, user))[:2] == [None, "revoked"]
        assert await there.list("ada") == []
        close(here, there)

    asyncio.run(go())


def test_nobody_slips_in_who_comes_at_the_moment_of_signing_out_everywhere(
    host: Host, clock: Clock
) -> None:
    async def go() -> None:
        here, there = host(), host()
        olds = {f"ada{n}": old_cookie(clock, f"ada{n}") for n in range(scaled(1_000))}
        clock.tick(2)
        for n, (name, old) in enumerate(olds.items()):

            async def end(name: str = name, later: int = n % 8) -> None:
                for _ in range(later):
                    await asyncio.sleep(0)
                await there.end_all(name)

            (_, _, *kept), _ = await asyncio.gather(visit(here, old, user), end())
            clock.tick(2)
            for cookie in kept:
                for one in (here, there):
                    assert (await visit(one, cookie, user))[0] is None
            assert await here.list(name) == []
        close(here, there)

    asyncio.run(go())


@pytest.mark.parametrize("when_full", ["oldest-out", "refuse"])
def test_a_dead_text_ends_nobody_where_sessions_are_limited(
    host: Host, clock: Clock, when_full: Any
) -> None:
    async def go() -> None:
        here = host(limit=Limit(1, when_full))
        old = old_cookie(clock)
        *_, moved = await visit(here, old, user)
        await visit(here, moved, logout)
        *_, new = await visit(here, "", lambda session: session.login("ada"))
        clock.tick(2)
        assert (await visit(here, old, user))[0] is None
        assert (await visit(here, new, user))[0] == "ada"
        close(here)

    asyncio.run(go())


@pytest.mark.parametrize("when_full", ["oldest-out", "refuse"])
def test_a_limit_counts_what_moves_in(host: Host, clock: Clock, when_full: Any) -> None:
    async def go() -> None:
        here = host(limit=Limit(1, when_full))
        kept: list[str] = []
        for n in range(4):
            clock.tick(2)
            kept += (await visit(here, old_cookie(clock, n=n), user))[2:]
        clock.tick(2)
        alive = [(await visit(here, cookie, user))[0] for cookie in kept]
        assert alive.count("ada") == len(await here.list("ada")) == 1
        assert alive[0 if when_full == "refuse" else -1] == "ada"
        close(here)

    asyncio.run(go())


def test_who_finds_no_room_can_sign_out_and_comes_in_once_there_is_room(
    host: Host, clock: Clock
) -> None:
    async def go() -> None:
        here = host(limit=Limit(1, "refuse"))
        *_, first = await visit(here, old_cookie(clock, n=1), user)
        second = old_cookie(clock, n=2)
        assert await visit(here, second, user) == [None, "no-room"]
        assert len(await visit(here, second, lambda session: session.login("bob"))) == 3
        leaving = await here.open(second)
        leaving.session.clear()
        assert [line[:19] for line in await leaving.close(200)] == ["session=; Max-Age=0"]
        await visit(here, first, logout)
        assert (await visit(here, second, user))[0] == "ada"
        close(here)

    asyncio.run(go())


def test_a_text_is_good_for_nothing_once_its_session_was_idle_for_too_long(
    host: Host, clock: Clock
) -> None:
    async def go() -> None:
        here = host(lifetime=Lifetime(idle=3600, absolute=30 * DAY))
        old = old_cookie(clock)
        await visit(here, old, user)
        for hours in (2, 24):
            clock.tick(hours * 3600)
            assert (await visit(here, old, user))[0] is None
        close(here)

    asyncio.run(go())


@pytest.mark.parametrize("hours", [1, 25, 13 * 24])
def test_without_an_absolute_limit_an_end_is_remembered_for_as_long_as_the_text_lives(
    open_store: Open, clock: Clock, hours: int
) -> None:
    async def go() -> None:
        before, after = (
            make_host("on the server", open_store(), clock, lifetime=Lifetime(absolute=None))
            for _ in range(2)
        )
        old = old_cookie(clock)
        clock.tick(60)
        await before.end_all("ada")
        clock.tick(hours * 3600)
        assert (await visit(after, old, user))[:2] == [None, "revoked"]
        close(before, after)

    asyncio.run(go())


@pytest.mark.parametrize("begun", [True, False])
def test_a_login_from_before_the_log_of_what_ended_is_taken_in_and_ended_like_others(
    open_store: Open, clock: Clock, begun: bool
) -> None:
    async def go() -> None:
        there = ServerSide(MemoryStore(), keys=Keyring.of(OLD))
        before = Sessions(there, cookie=Cookie(name="sid"), clock=clock)
        _, _, old = await visit(before, "", lambda session: session.login("ada"))
        clock.tick(3600)
        home = ClientSide(IronSeal(SECRET), revocations=open_store())
        here = Sessions(home, accepts={"before": before}, clock=clock)
        if begun:
            await visit(here, "", lambda session: session.login("eve"))
        who, _, new = await visit(here, old, user)
        assert who == "ada"
        clock.tick(60)
        await visit(here, "", lambda session: session.login("bob"))
        assert (await visit(here, new, user))[0] == "ada"
        assert await here.end_all("ada") == 1
        clock.tick(2)
        for cookie in (old, new):
            assert (await visit(here, cookie, user))[0] is None
        close(here)

    asyncio.run(go())


@pytest.mark.parametrize("revocable", [True, False])
def test_what_is_too_large_for_its_cookie_becomes_one_session_on_the_server(
    open_store: Open, clock: Clock, revocable: bool
) -> None:
    async def go() -> None:
        there = ServerSide(MemoryStore(), keys=Keyring.of(OLD))
        before = Sessions(there, cookie=Cookie(name="sid"), clock=clock)
        _, _, old = await visit(before, "", put(user="ada", large="x" * 6_000))
        log = open_store() if revocable else None
        server = ServerSide(open_store())
        home = Spill(ClientSide(IronSeal(SECRET), revocations=log), server)
        accepts = {"before": before}
        here = Sessions(home, secret=SECRET, principal="user", accepts=accepts, clock=clock)
        visits = [await here.open(old) for _ in range(3)]
        for n, one in enumerate(visits):
            one.session[f"of{n}"] = n
        for one in visits:
            await one.close(200)
        data, _, new = await visit(here, old, lambda session: session.copy())
        assert {name: data[name] for name in ("of0", "of1", "of2")} == {
            "of0": 0, "of1": 1, "of2": 2,
        }  # fmt: skip
        assert len(await server.list("ada", now=clock())) == 1
        await visit(here, new, logout)
        clock.tick(2)
        assert (await visit(here, old, user))[0] is None
        close(here)

    asyncio.run(go())


class Failing(MemoryStore):
    """Does not answer one call of all that concern what moves in, with the work done or not."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.fails_at = 0
        self.does_it = False

    async def _call(self, call: Any) -> Any:
        self.calls += 1
        if self.calls != self.fails_at:
            return await call
        if self.does_it:
            await call
        else:
            call.close()
        raise Unavailable("time-out")

    async def document(self, name: str, *, now: int) -> Document | None:
        found: Document | None = await self._call(super().document(name, now=now))
        return found

    async def put(self, before: Document | None, after: Document, *, now: int) -> bool:
        done: bool = await self._call(super().put(before, after, now=now))
        return done

    async def insert(self, record: Record, *, now: int, limit: Limit | None = None) -> None:
        await self._call(super().insert(record, now=now, limit=limit))

    async def revocations(self, *, after: int, now: int) -> Pulled:
        pulled: Pulled = await self._call(super().revocations(after=after, now=now))
        return pulled


@pytest.mark.parametrize("home", ["on the server", "in a cookie"])
@pytest.mark.parametrize("does_it", [True, False])
@pytest.mark.parametrize("fails_at", range(1, 7))
def test_a_store_that_does_not_answer_between_two_steps_leaves_nothing_that_can_come_back(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, home: str, fails_at: int, does_it: bool
) -> None:
    monkeypatch.setattr(moved_in, "_LOOK_EVERY", 0)
    store = Failing()
    here = make_host(home, store, clock)
    store.fails_at, store.does_it = fails_at, does_it
    browser = Browser(here)
    name, _, text = old_cookie(clock).partition("=")
    browser.cookies = {name: text}
    copy = browser.twin()
    try:
        browser.visit(user)
    except Unavailable:
        browser.visit(user)
    assert browser.visit(user) == "ada"
    assert len(blocking.run(here.list("ada"))) == 1
    browser.visit(logout)
    clock.tick(2)
    for _ in range(3):
        assert copy.twin().visit(user) is None
    assert blocking.run(here.list("ada")) == []


class Slow(MemoryStore):
    """Keeps the first who stores something waiting, before it is stored."""

    suspends = True

    def __init__(self) -> None:
        super().__init__()
        self.came, self.goes_on = asyncio.Event(), asyncio.Event()

    async def insert(self, record: Record, *, now: int, limit: Limit | None = None) -> None:
        if not self.came.is_set():
            self.came.set()
            await self.goes_on.wait()
        await super().insert(record, now=now, limit=limit)


@pytest.mark.parametrize("home", ["on the server", "in a cookie"])
@pytest.mark.parametrize("over", [True, False])
def test_who_was_taken_for_dead_and_is_only_slow_brings_nothing_back(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, home: str, over: bool
) -> None:
    monkeypatch.setattr(moved_in, "_LOOK_EVERY", 0)

    async def go() -> None:
        store = Slow()
        here, there = (make_host(home, store, clock) for _ in range(2))
        old = old_cookie(clock)
        slow = asyncio.create_task(visit(here, old, user))
        await store.came.wait()
        who, _, cookie = await visit(there, old, user)
        assert who == "ada"
        if over:
            await visit(there, cookie, logout)
            clock.tick(2)
        store.goes_on.set()
        assert (await slow)[0] == (None if over else "ada")
        assert len(await there.list("ada")) == (0 if over else 1)

    asyncio.run(go())
