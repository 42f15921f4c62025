"""Driving a coroutine that never suspends, so that synchronous code runs the one implementation."""

import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from dojang.errors import Misuse

__all__ = ["is_driving", "run", "suspended"]

T = TypeVar("T")


class _Thread(threading.local):
    drives = False


_THREAD = _Thread()


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the result of `coroutine`, which must finish without waiting for an event loop.

    Costs about a microsecond, against half a millisecond for a loop of its own. Where it would have
    to wait, drivers of dojang refuse before they have begun anything; whether a driver from
    elsewhere has, is its own affair.

    Raises:
        Misuse: It suspended, or would have: something in it needs a running event loop.
    """
    outer, _THREAD.drives = _THREAD.drives, True
    try:
        coroutine.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    finally:
        _THREAD.drives = outer
    coroutine.close()
    raise suspended()


def is_driving() -> bool:
    """Return whether what runs now was called by `run`, and so cannot wait for an event loop."""
    return _THREAD.drives


def suspended() -> Misuse:
    """Return the error of what can neither wait for an event loop nor block the one that runs."""
    return Misuse(
        "an asynchronous store was used from synchronous code; use its blocking driver, "
        "or await the call in async code"
    )
