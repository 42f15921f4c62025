"""Waiting for another thread: without blocking where an event loop runs, by blocking elsewhere."""

import asyncio
import time
from concurrent.futures import Future
from typing import TypeVar

from dojang import blocking

__all__ = ["loop_to_wait_on", "pause", "running_loop", "settled"]

T = TypeVar("T")


async def settled(future: "Future[T]") -> T:
    """Return the result of `future`.

    In a thread without a running event loop this blocks and never suspends, so that `blocking.run`
    may drive it.
    """
    if running_loop() is None:
        return future.result()
    return await asyncio.wrap_future(future)


async def pause(seconds: float) -> None:
    """Wait for a while; blocking where no event loop runs.

    Raises:
        Misuse: As for `loop_to_wait_on`.
    """
    if loop_to_wait_on() is None:
        time.sleep(seconds)  # noqa: ASYNC251 - there is no loop to hold up
    else:
        await asyncio.sleep(seconds)


def loop_to_wait_on() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that runs in this thread, or None where waiting means blocking.

    Whoever is about to begin what has to be waited for asks this first: what was handed to a
    thread, a task or a server is done, whether or not somebody still waits for it.

    Raises:
        Misuse: A loop runs, and `blocking.run` drives the caller, which can wait on neither.
    """
    loop = running_loop()
    if loop is not None and blocking.is_driving():
        raise blocking.suspended()
    return loop


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that runs in this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
