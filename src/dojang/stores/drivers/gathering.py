"""Asking a distant store once for what many callers want in the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from dojang.errors import Unavailable

__all__ = ["Gatherer"]

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")

#: Asks that share one round trip at most; beyond this the first waits too long for the last.
AT_MOST = 256


class Gatherer(Generic[Ask, Answer]):
    """Sends a lone ask at once, and those that come while one is under way together, next.

    A batch belongs to the gatherer and not to any caller: whoever is cancelled takes nothing away
    from the others and leaves no answer behind that somebody else could receive.

    Not for several threads, and not for several event loops: a driver has one for each loop.
    """

    def __init__(
        self,
        name: str,
        send: Callable[[Sequence[Ask]], Awaitable[Sequence[Answer | Exception]]],
        *,
        at_most: int = AT_MOST,
    ) -> None:
        """Begin with nothing under way.

        Args:
            name: Of the store, for the error.
            send: One round trip: an answer for each ask, in their order, an exception where that
                ask failed; raises when the whole trip did.
            at_most: Asks in one round trip, inclusive.
        """
        self._name, self._send, self._at_most = name, send, at_most
        self._under_way = False
        self._waiting: list[tuple[Ask, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, ask: Ask) -> Answer:
        """Return the answer to `ask`.

        Raises:
            Unavailable: The round trip failed, for everyone who took part in it.
            Exception: What `send` gave back for this ask alone.
        """
        if self._under_way:
            future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            self._waiting.append((ask, future))
            return await future
        self._under_way = True
        try:
            (answer,) = await self._trip([ask])
        finally:
            self._go_on()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _go_on(self) -> None:
        if self._waiting:
            self._task = asyncio.get_running_loop().create_task(self._serve_waiting())
        else:
            self._under_way = False

    async def _serve_waiting(self) -> None:
        batch: list[tuple[Ask, asyncio.Future[Answer]]] = []
        try:
            while batch := self._next_batch():
                answers = await self._trip([ask for ask, _ in batch])
                for (_, future), answer in zip(batch, answers, strict=True):
                    _settle(future, answer)
                # Who was just answered may have another ask, and goes with those who came
                # meanwhile: apart, one half would write on what the other has changed, for ever.
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            for _, future in [*batch, *self._waiting]:
                _settle(future, Unavailable(f"{self._name} is being closed"))
            self._waiting.clear()
            raise
        finally:
            self._under_way = False

    def _next_batch(self) -> list[tuple[Ask, asyncio.Future[Answer]]]:
        wanted = [(ask, future) for ask, future in self._waiting if not future.done()]
        self._waiting = wanted[self._at_most :]
        return wanted[: self._at_most]

    async def _trip(self, asks: Sequence[Ask]) -> Sequence[Answer | Exception]:
        try:
            return await self._send(asks)
        except Unavailable as error:
            # An error of its own for each: a shared one would collect all their tracebacks.
            return [Unavailable(str(error), retry_after=error.retry_after) for _ in asks]
        except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it is
            return [Unavailable(f"{self._name} does not answer: {error}") for _ in asks]


def _settle(future: asyncio.Future[Answer], answer: Answer | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
