"""An issuer that is slow or hangs, hosts whose clocks are apart: still one refresh at a time."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from dojang import blocking
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.tokens import Issued, Upstream, Vault
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser
from tests.conftest import SECRET

LIFE = 600


class Renewed(MemoryStore):
    """Says when a lease was asked for again."""

    def __init__(self) -> None:
        super().__init__()
        self.owners: list[str] = []
        self.again = threading.Event()

    async def acquire(self, name: str, owner: str, *, until: int, now: int) -> bool:
        if owner in self.owners:
            self.again.set()
        self.owners.append(owner)
        return await super().acquire(name, owner, until=until, now=now)


def signed_in(clock: Clock, vault: Vault) -> Browser:
    browser = Browser(Sessions(ClientSide(IronSeal(SECRET)), clock=clock))
    browser.visit(lambda session: session.login("ada"))
    issued = Issued(access="a0", refresh="r0", expires=clock() + LIFE * 1000)
    browser.visit(
        lambda session: blocking.run(Upstream(session, refresh=never, vault=vault).keep(issued))
    )
    return browser


def never(token: str) -> Issued:
    raise AssertionError(token)


async def hang(token: str) -> Issued:
    await asyncio.Event().wait()
    raise AssertionError(token)


def test_a_slow_refresh_in_synchronous_code_keeps_its_lease(clock: Clock) -> None:
    store, used, working = Renewed(), list[str](), threading.Event()
    vault = Vault(store, secret=SECRET, clock=clock)
    browser = signed_in(clock, vault)
    clock.tick(LIFE)

    def refresh(token: str) -> Issued:
        used.append(token)
        clock.tick(60)
        assert store.again.wait(30)
        working.set()
        clock.tick(61)  # the lease that it began with is over
        store.again.clear()
        assert store.again.wait(30)
        return Issued(access="a1", refresh="r1", expires=clock() + LIFE * 1000)

    def ask(_: int) -> Any:
        session = browser.twin().open().session
        return blocking.run(Upstream(session, refresh=refresh, vault=vault, patience=1).token())

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, 0)
        assert working.wait(30)
        second = pool.submit(ask, 1)
        assert (first.result(), second.result(), used) == ("a1", "a1", ["r0"])


def test_hosts_whose_clocks_are_apart_refresh_once(tmp_path: Path, clock: Clock) -> None:
    here = Vault(SqliteStore(tmp_path / "v.db"), secret=SECRET, clock=clock)
    ahead = Vault(SqliteStore(tmp_path / "v.db"), secret=SECRET, clock=lambda: clock() + 50_000)
    browser, used = signed_in(clock, here), list[str]()
    clock.tick(LIFE)

    async def refresh(token: str) -> Issued:
        used.append(token)
        await asyncio.sleep(0.1)
        return Issued(access="a1", refresh="r1", expires=clock() + LIFE * 1000)

    async def ask(vault: Vault) -> str:
        visit = await browser.sessions.open(browser.header)
        return await Upstream(visit.session, refresh=refresh, vault=vault).token()

    async def go() -> list[str]:
        return await asyncio.gather(*(ask(vault) for vault in (here, ahead, here, ahead)))

    assert (asyncio.run(go()), used) == (["a1"] * 4, ["r0"])


def test_with_a_good_token_nobody_waits_for_an_issuer_that_hangs(clock: Clock) -> None:
    vault = Vault(MemoryStore(), secret=SECRET, clock=clock)
    browser = signed_in(clock, vault)
    clock.tick(LIFE - 25)

    async def ask() -> str:
        visit = await browser.sessions.open(browser.header)
        return await Upstream(visit.session, refresh=hang, vault=vault, patience=60).token()

    async def go() -> list[str]:
        async with asyncio.timeout(10):
            return [await ask() for _ in range(30)]

    assert asyncio.run(go()) == ["a0"] * 30


def test_a_refresh_that_failed_is_not_tried_by_everybody_with_a_good_token(clock: Clock) -> None:
    vault = Vault(MemoryStore(), secret=SECRET, clock=clock)
    browser, asked = signed_in(clock, vault), list[str]()
    clock.tick(LIFE - 25)

    def refresh(token: str) -> Issued:
        asked.append(token)
        raise OSError("nobody listens")

    def token(session: Any) -> Any:
        return blocking.run(Upstream(session, refresh=refresh, vault=vault).token())

    assert [browser.visit(token) for _ in range(10)] == ["a0"] * 10
    assert len(asked) == 1
    clock.tick(6)
    assert browser.visit(token) == "a0"
    assert len(asked) == 2
