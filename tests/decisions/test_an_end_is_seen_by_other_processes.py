"""Four real processes and a real clock: what ends in one is refused in three."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from dojang import blocking
from dojang.sessions import Sessions
from dojang.stores import urls
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser
from tests.conftest import SECRET
from tests.redis import RedisServer, until

BOUND = 1.0

#: Seconds that a busy machine may take to answer.
_BUSY = 2.0


def process(url: str) -> Sessions:
    revocations = Revocations(urls.open_store(url), max_staleness=BOUND)
    return Sessions(ClientSide(IronSeal(SECRET), revocations=revocations))


def answer(url: str) -> None:
    """Say of each cookie that comes in whether it is good: what one of the others runs."""
    sessions = process(url)
    for line in sys.stdin:
        visit = blocking.run(sessions.open(line.rstrip("\n")))
        print(visit.session.user or visit.session.rejected, flush=True)  # noqa: T201 - to the test


class Other:
    """A process of its own, that is asked through a pipe."""

    def __init__(self, url: str) -> None:
        command = f"from {__name__} import answer; answer({url!r})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip

    def verdict(self, browser: Browser) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(browser.header + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().rstrip("\n")

    def close(self) -> None:
        self._process.communicate(timeout=30)


@contextmanager
def others(url: str) -> Iterator[list[Other]]:
    with ExitStack() as stack:
        started = [Other(url) for _ in range(3)]
        for one in started:
            stack.callback(one.close)
        yield started


@pytest.fixture(params=["sqlite", "postgres", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/log.db"
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis")
        server.ask("FLUSHALL")
        return server.url
    found: str = request.getfixturevalue("postgres_url")
    return found


def sign_in(sessions: Sessions) -> Browser:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    return browser


def seconds_until(verdict: str, browser: Browser, asked: list[Other]) -> float:
    """Return how long it takes until all say so, from now on."""
    began = time.monotonic()
    until(lambda: all(one.verdict(browser) == verdict for one in asked))
    return time.monotonic() - began


def test_a_logout_is_refused_in_three_other_processes_within_the_bound(url: str) -> None:
    here = process(url)
    with others(url) as there:
        browser, staying = sign_in(here), sign_in(here)
        stolen = browser.twin()
        assert [one.verdict(stolen) for one in there] == ["ada"] * 3
        browser.visit(lambda session: session.logout())
        assert seconds_until("revoked", stolen, there) < BOUND + _BUSY
        assert [one.verdict(staying) for one in there] == ["ada"] * 3
    here.close()
