"""Many callers of one moment share a round trip, and none can harm another (CVE-2023-28858)."""

import asyncio
from collections.abc import Sequence

import pytest

from dojang.errors import Unavailable
from dojang.stores.drivers.gathering import Gatherer


class Wire:
    """A connection that answers in order, when it is told to, as Redis does on one socket."""

    def __init__(self) -> None:
        self.trips: list[list[str]] = []
        self.broken: Exception | None = None
        self._go = asyncio.Event()

    def let_go(self) -> None:
        self._go.set()

    async def send(self, asks: Sequence[str]) -> list[str | Exception]:
        self.trips.append(list(asks))
        await self._go.wait()
        if self.broken is not None:
            raise self.broken
        return [LookupError(ask) if ask == "bad" else ask.upper() for ask in asks]


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def asking(gatherer: Gatherer[str, str], *asks: str) -> list[asyncio.Task[str]]:
    return [asyncio.ensure_future(gatherer.ask(ask)) for ask in asks]


def test_a_lone_caller_is_sent_at_once_and_without_a_task() -> None:
    async def scene() -> None:
        wire = Wire()
        wire.let_go()
        gatherer = Gatherer("the store", wire.send)
        before = asyncio.all_tasks()
        assert [await gatherer.ask(ask) for ask in "abc"] == ["A", "B", "C"]
        assert wire.trips == [["a"], ["b"], ["c"]]
        assert asyncio.all_tasks() == before

    asyncio.run(scene())


def test_those_that_come_while_one_is_under_way_share_the_next_trip() -> None:
    async def scene() -> None:
        wire = Wire()
        tasks = asking(Gatherer("the store", wire.send), *"abcde")
        await turns()
        assert wire.trips == [["a"]]
        wire.let_go()
        assert await asyncio.gather(*tasks) == list("ABCDE")
        assert wire.trips == [["a"], ["b", "c", "d", "e"]]

    asyncio.run(scene())


def test_a_trip_is_capped() -> None:
    async def scene() -> None:
        wire = Wire()
        tasks = asking(Gatherer("the store", wire.send, at_most=2), *"abcdef")
        await turns()
        wire.let_go()
        assert await asyncio.gather(*tasks) == list("ABCDEF")
        assert wire.trips == [["a"], ["b", "c"], ["d", "e"], ["f"]]

    asyncio.run(scene())


def test_one_failing_ask_does_not_fail_its_batch() -> None:
    async def scene() -> None:
        wire = Wire()
        tasks = asking(Gatherer("the store", wire.send), "a", "b", "bad", "c")
        await turns()
        wire.let_go()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(answers.pop(2), LookupError)
        assert answers == ["A", "B", "C"]

    asyncio.run(scene())


@pytest.mark.parametrize("leaving", range(5))
def test_a_cancelled_caller_neither_receives_nor_leaves_behind_the_reply_of_another(
    leaving: int,
) -> None:
    async def scene() -> None:
        wire = Wire()
        gatherer = Gatherer("the store", wire.send)
        tasks = asking(gatherer, *"abcde")
        await turns()
        tasks[leaving].cancel()
        await turns()
        wire.let_go()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(answers[leaving], asyncio.CancelledError)
        assert [a for n, a in enumerate(answers) if n != leaving] == [
            letter for n, letter in enumerate("ABCDE") if n != leaving
        ]
        assert await gatherer.ask("next") == "NEXT"

    asyncio.run(scene())


def test_who_is_cancelled_before_the_trip_is_not_sent() -> None:
    async def scene() -> None:
        wire = Wire()
        tasks = asking(Gatherer("the store", wire.send), *"abc")
        await turns()
        tasks[1].cancel()
        wire.let_go()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert wire.trips == [["a"], ["c"]]

    asyncio.run(scene())


def test_a_broken_trip_is_unavailable_for_each_with_an_error_of_its_own_and_the_next_goes_out() -> (
    None
):
    async def scene() -> None:
        wire = Wire()
        wire.broken = ConnectionResetError("gone")
        gatherer = Gatherer("the store", wire.send)
        tasks = asking(gatherer, *"abc")
        await turns()
        wire.let_go()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [str(answer) for answer in answers] == ["the store does not answer: gone"] * 3
        assert len({id(answer) for answer in answers}) == 3
        wire.broken = None
        assert await gatherer.ask("a") == "A"

    asyncio.run(scene())


def test_when_the_loop_closes_whoever_waits_is_told() -> None:
    async def scene() -> None:
        wire = Wire()
        gatherer = Gatherer("the store", wire.send)
        first, second = asking(gatherer, *"ab")
        await turns()
        first.cancel()
        await turns()
        (serving,) = asyncio.all_tasks() - {first, second, asyncio.current_task()}
        serving.cancel()
        with pytest.raises(Unavailable, match="is being closed"):
            await second

    asyncio.run(scene())
