"""Services and stores are written once; synchronous worlds drive the same coroutines."""

import asyncio

import pytest

from dojang import blocking
from dojang.errors import Misuse
from dojang.sessions import Sessions
from tests.browser import Browser, look, put


def test_a_session_is_opened_and_written_without_an_event_loop(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(put(theme="dark"))
    assert browser.visit(look) == {"theme": "dark"}


def test_a_session_is_opened_and_written_inside_an_event_loop(sessions: Sessions) -> None:
    async def main() -> object:
        visit = await sessions.open()
        visit.session["theme"] = "dark"
        (line,) = await visit.close(200)
        again = await sessions.open(line.partition(";")[0])
        return again.session["theme"]

    assert asyncio.run(main()) == "dark"


def test_a_coroutine_that_waits_is_refused_with_what_to_do() -> None:
    async def waits() -> None:
        await asyncio.sleep(0)

    with pytest.raises(Misuse, match="blocking driver"):
        blocking.run(waits())


def test_driving_returns_what_the_coroutine_returns_and_raises_what_it_raises() -> None:
    async def gives() -> int:
        return 7

    async def breaks() -> None:
        raise KeyError("k")

    assert blocking.run(gives()) == 7
    with pytest.raises(KeyError):
        blocking.run(breaks())
