"""Timing what a store is asked."""

import inspect
import time
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from prometheus_client import Histogram

from dojang.errors import Unavailable
from dojang.stores.whole import WholeStore

__all__ = ["time_calls"]

#: What all stores of ours can be asked.
_VERBS = tuple(name for name, _ in inspect.getmembers(WholeStore, inspect.iscoroutinefunction))


def time_calls(store: WholeStore, seconds: Histogram) -> None:
    """Time every call of a store from here on.

    Args:
        store: Of this server alone. It stays what it is, with what it can do: only its verbs are
            wrapped.
        seconds: With the labels `verb` and `outcome`.
    """
    for verb in _VERBS:
        setattr(store, verb, _timed(verb, getattr(store, verb), seconds))


def _timed(
    verb: str, call: Callable[..., Awaitable[Any]], seconds: Histogram
) -> Callable[..., Awaitable[Any]]:
    @wraps(call)
    async def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the verb has them
        began, outcome = time.perf_counter(), "ok"
        try:
            return await call(*args, **kwargs)
        except Unavailable:
            outcome = "unavailable"
            raise
        except Exception:
            outcome = "refused"
            raise
        finally:
            seconds.labels(verb, outcome).observe(time.perf_counter() - began)

    return timed
