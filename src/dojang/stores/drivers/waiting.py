"""Waiting for another thread: without blocking where an event loop runs, by blocking elsewhere."""

import asyncio
from concurrent.futures import Future
from typing import TypeVar

__all__ = ["running_loop", "settled"]

T = TypeVar("T")


async def settled(future: "Future[T]") -> T:
    """Return the result of `future`.

    In a thread without a running event loop this blocks and never suspends, so that `blocking.run`
    may drive it.
    """
    if running_loop() is None:
        return future.result()
    return await asyncio.wrap_future(future)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that runs in this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
