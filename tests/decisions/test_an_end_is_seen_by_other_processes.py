"""Four real processes and a real clock: what ends in one is refused in three, whatever happens.

In a log that has 100,000 live revocations of others.
"""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dojang import blocking, clock
from dojang.errors import Unavailable
from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.stores import urls
from dojang.stores.postgres import revocations as in_postgres
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser
from tests.conftest import SECRET
from tests.counts import scaled
from tests.decisions.test_how_soon_an_end_is_seen import fill
from tests.redis import RedisServer, redis_with_sentinels, until

BOUND = 1.0

#: Seconds that a busy machine may take to answer.
_BUSY = 2.0

#: Renewed by every request that answers.
LIFETIME = Lifetime(idle=600, absolute=3600, renew=0)


def process(url: str) -> Sessions:
    log: Any = urls.open_store(url)
    log.__class__ = counting(type(log))
    home = ClientSide(IronSeal(SECRET), revocations=Revocations(log, max_staleness=BOUND))
    return Sessions(home, lifetime=LIFETIME)


def counting(kind: type[Any]) -> type[Any]:
    """A store of the same kind that counts how often it was asked what was revoked."""

    class Counting(kind):  # type: ignore[misc]
        asked = 0

        async def revocations(self, **options: Any) -> Any:
            self.asked += 1
            return await super().revocations(**options)

    return Counting


def answer(url: str) -> None:
    """Say of each cookie that comes in whether it is good: what one of the others runs."""
    sessions = process(url)
    browser = Browser(sessions)
    for line in sys.stdin:
        browser.cookies, renews = json.loads(line)
        visit = browser.open()
        try:
            verdict = str(visit.session.user or visit.session.rejected)
            if renews:
                browser.close(visit)
        except Unavailable:
            verdict = "unavailable"
        log: Any = sessions.strategy.revocations.log  # type: ignore[union-attr]
        print(json.dumps([verdict, browser.cookies, log.asked]), flush=True)  # noqa: T201 - to the test


class Other:
    """A process of its own, that is asked through a pipe."""

    def __init__(self, url: str) -> None:
        command = f"from {__name__} import answer; answer({url!r})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        self.asked = 0

    def verdict(self, browser: Browser, *, renews: bool = False) -> str:
        """Whose session it is, or why not; renewed, the browser has another cookie then."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([browser.cookies, renews]) + "\n")
        self._process.stdin.flush()
        verdict, cookies, self.asked = json.loads(self._process.stdout.readline())
        if renews:
            browser.cookies = cookies
        return str(verdict)

    def close(self) -> None:
        self._process.communicate(timeout=30)


@dataclass
class Four:
    """One process here, and three others."""

    url: str
    here: Sessions
    there: list[Other]

    def sign_in(self) -> Browser:
        browser = Browser(self.here)
        browser.visit(lambda session: session.login("ada"))
        return browser

    def verdicts(self, browser: Browser) -> list[str]:
        return [one.verdict(browser) for one in self.there]

    def takes(self, browser: Browser, verdict: str) -> float:
        """Return how many seconds it takes until all say so, from now on."""
        began = time.monotonic()
        until(lambda: self.verdicts(browser) == [verdict] * 3)
        return time.monotonic() - began


@contextmanager
def four(url: str) -> Iterator[Four]:
    with ExitStack() as stack:
        there = [Other(url) for _ in range(3)]
        for one in there:
            stack.callback(one.close)
        here = process(url)
        stack.callback(here.close)
        made = Four(url, here, there)
        assert made.verdicts(Browser(here)) == ["missing"] * 3  # they are there
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgres", "redis"])
def processes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Four]:
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{folder}/log.db"
        elif request.param == "redis":
            server = RedisServer(folder / "redis")
            stack.callback(server.kill)
            url = server.start().url
        else:
            url = request.getfixturevalue("postgres").url
        log: Any = urls.open_store(url)
        fill(log, clock.now, scaled(100_000))
        log.close()
        made = stack.enter_context(four(url))
        made.takes(made.sign_in(), "ada")  # all have all of it by then
        yield made


def log_out(browser: Browser) -> None:
    browser.visit(lambda session: session.logout())


def test_a_logout_is_refused_in_three_other_processes_within_the_bound(processes: Four) -> None:
    browser, staying = processes.sign_in(), processes.sign_in()
    stolen = browser.twin()
    assert processes.takes(stolen, "ada") < BOUND + _BUSY
    log_out(browser)
    assert processes.takes(stolen, "revoked") < BOUND + _BUSY
    assert processes.verdicts(staying) == ["ada"] * 3


def test_a_renewal_that_races_a_logout_in_another_process_does_not_escape_it(
    processes: Four,
) -> None:
    browser = processes.sign_in()
    assert processes.takes(browser, "ada") < BOUND + _BUSY
    stolen = [browser.twin() for _ in processes.there]
    had: list[Browser] = []
    renewed = threading.Barrier(4)

    def renew(one: Other, copy: Browser) -> float:
        for n in range(100_000):
            if n == 5:
                renewed.wait(30)
            if one.verdict(copy, renews=True) == "revoked":
                return time.monotonic()
            had.append(copy.twin())
        raise AssertionError("it went on for ever")

    with ThreadPoolExecutor(3) as pool:
        ends = [pool.submit(renew, *pair) for pair in zip(processes.there, stolen, strict=True)]
        renewed.wait(30)
        log_out(browser)
        out = time.monotonic()
        assert all(end.result() - out < BOUND + _BUSY for end in ends)
    good = {one.header: one for one in had if one.cookies}
    assert len(good) >= 15
    for one in [*good.values()][-9:]:
        assert processes.verdicts(one) == ["revoked"] * 3


def test_a_move_to_a_new_id_that_races_an_end_in_another_process_does_not_escape_it(
    processes: Four,
) -> None:
    browser = processes.sign_in()
    there = process(processes.url)
    moving = browser.twin()
    moving.sessions = there
    visit = moving.open()
    visit.session.rotate()
    handle = browser.twin().visit(lambda session: session.handle)
    assert blocking.run(processes.here.end(handle))
    moving.close(visit)
    assert moving.visit(lambda session: session.user) is None
    assert processes.takes(browser, "revoked") < BOUND + _BUSY
    there.close()


def test_each_process_asks_the_store_once_in_the_bound_however_many_requests(
    processes: Four,
) -> None:
    browser = processes.sign_in()
    assert processes.takes(browser, "ada") < BOUND + _BUSY
    before, began = [one.asked for one in processes.there], time.monotonic()
    rounds = 0
    while time.monotonic() - began < 2 * BOUND:
        assert processes.verdicts(browser) == ["ada"] * 3
        rounds += 1
    assert rounds > 20
    spans = (time.monotonic() - began) / BOUND
    for one, asked in zip(processes.there, before, strict=True):
        assert one.asked - asked <= spans + 1


@pytest.mark.parametrize("processes", ["postgres"], indirect=True)
def test_an_entry_that_commits_late_is_seen_by_those_who_looked_before(processes: Four) -> None:
    slow, quick = processes.sign_in(), processes.sign_in()
    handle = slow.twin().visit(lambda session: session.handle)
    now = processes.here.clock()
    entry = {"generation": "", "now": now, "handle": handle, "owner": None, "not_before": 0}
    with psycopg.connect(processes.url) as connection:
        connection.execute(in_postgres._REVOKE, {**entry, "exempt": None, "expires": now + 10**7})
        other = threading.Thread(target=lambda: log_out(quick.twin()))
        other.start()
        # It has got its number, and is not committed: everybody looks in the meantime.
        asked = [one.asked for one in processes.there]
        until(lambda: processes.verdicts(slow) == ["ada"] * 3 and all_asked(processes, asked))
        assert processes.verdicts(quick) == ["ada"] * 3
    other.join()
    assert processes.takes(slow, "revoked") < BOUND + _BUSY
    assert processes.takes(quick, "revoked") < BOUND + _BUSY


def all_asked(processes: Four, before: list[int]) -> bool:
    return all(one.asked > n for one, n in zip(processes.there, before, strict=True))


def test_what_redis_kept_stays_ended_and_what_it_forgot_ends_all_from_before(
    tmp_path: Path,
) -> None:
    on_disk = ["--appendonly", "yes", "--appendfsync", "always"]
    server = RedisServer(tmp_path / "redis", on_disk).start()
    try:
        with four(server.url) as processes:
            browser, staying = processes.sign_in(), processes.sign_in()
            stolen = browser.twin()
            assert processes.takes(stolen, "ada") < BOUND + _BUSY
            log_out(browser)

            # A restart with all that was written: nothing changes.
            server.kill()
            server.start()
            assert processes.takes(stolen, "revoked") < BOUND + _BUSY
            assert processes.takes(staying, "ada") < BOUND + _BUSY

            # A flush: nobody knows any more what was ended, so that everything before it is.
            server.ask("FLUSHALL")
            assert processes.takes(staying, "revoked") < BOUND + _BUSY
            anew = processes.sign_in()
            assert processes.takes(anew, "ada") < BOUND + _BUSY
            assert processes.verdicts(stolen) == ["revoked"] * 3

            # A restart that remembers nothing is the same; the one after it too.
            for _ in range(2):
                server.kill()
                shutil.rmtree(tmp_path / "redis" / "appendonlydir")
                server.start()
                assert processes.takes(anew, "revoked") < BOUND + _BUSY
                anew = patient(processes.sign_in)
    finally:
        server.kill()


def test_what_was_ended_before_a_failover_of_redis_stays_ended(tmp_path: Path) -> None:
    """With `?wait=1`: who is told that a session is over knows that a replica has it too."""
    with redis_with_sentinels(tmp_path) as watched, four(f"{watched.url}?wait=1") as processes:
        browser, staying = processes.sign_in(), processes.sign_in()
        stolen = browser.twin()
        assert processes.takes(stolen, "ada") < BOUND + _BUSY
        log_out(browser)
        watched.primary().kill()
        # While the store cannot be asked they go by what they know; then nobody is let in.
        until(lambda: processes.verdicts(stolen) == ["revoked"] * 3)
        until(lambda: processes.verdicts(staying) == ["ada"] * 3)
        patient(lambda: log_out(staying.twin()))
        assert processes.takes(staying, "revoked") < BOUND + _BUSY
        assert processes.verdicts(stolen) == ["revoked"] * 3


def patient(work: Callable[[], Any]) -> Any:
    """Return what it gives once the store answers again."""
    results: list[Any] = []

    def works() -> bool:
        try:
            results.append(work())
        except Unavailable:
            return False
        return True

    until(works)
    return results[0]
