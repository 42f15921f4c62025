"""Blocking work beside an event loop, inline where there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from anyio import CapacityLimiter, fail_after, to_thread
from anyio.lowlevel import RunVar

from dojang.auth.errors import TooBusy

__all__ = ["Queue", "off_loop"]

T = TypeVar("T")


async def off_loop(
    work: Callable[[], T],
    *,
    limiter: CapacityLimiter | None = None,
    seconds: float | None = None,
) -> T:
    """Return `work()`, from a worker thread when an event loop runs in this one.

    Without a loop the coroutine never suspends, so `coro.send(None)` finishes it.

    Args:
        work: Blocking and self-contained; it is never abandoned half way, unless by `seconds`.
        limiter: Bounds the threads; anyio's own 40 by default.
        seconds: How long an event loop waits, while the thread goes on; None for as long as it
            takes.

    Raises:
        TimeoutError: `seconds` have passed.
    """
    if not _loop_is_running():
        return work()
    if seconds is None:
        return await to_thread.run_sync(work, limiter=limiter)
    with fail_after(seconds):
        return await to_thread.run_sync(work, limiter=limiter, abandon_on_cancel=True)


class Queue:
    """A bounded number of worker threads behind a bounded line of callers.

    Each event loop has a line of its own. Without a loop the work runs in the calling
    thread, and the server's number of threads is the bound.
    """

    def __init__(self, *, workers: int, waiting: int) -> None:
        """Keep the bounds.

        Args:
            workers: Threads at work at once, 1 or more.
            waiting: Callers that may wait for one, 0 or more.
        """
        self.workers = workers
        self.limit = workers + waiting
        self._lines = RunVar[_Line]("dojang-queue")

    async def run(self, work: Callable[[], T]) -> T:
        """Return `work()`, once it is this caller's turn.

        Raises:
            TooBusy: `workers` + `waiting` callers are there already.
        """
        if not _loop_is_running():
            return work()
        line = self._line()
        if line.callers >= self.limit:
            raise TooBusy(self.limit)
        line.callers += 1
        try:
            return await off_loop(work, limiter=line.limiter)
        finally:
            line.callers -= 1

    def _line(self) -> "_Line":
        line = self._lines.get(None)
        if line is None:
            line = _Line(CapacityLimiter(self.workers))
            self._lines.set(line)
        return line


@dataclass(slots=True)
class _Line:
    limiter: CapacityLimiter
    # Counted here and not by the limiter, which does not see a caller before its first await.
    callers: int = 0


def _loop_is_running() -> bool:
    try:
        to_thread.current_default_thread_limiter()
    except RuntimeError:  # anyio's answer, in every version, where no loop runs
        return False
    return True
