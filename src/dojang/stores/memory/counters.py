"""Counters in memory."""

import threading

from dojang.stores.counters import Hit, judge
from dojang.stores.names import bounded

__all__ = ["MemoryCounters"]

#: Keys beyond which those with nothing left to count are dropped.
_TIDY_BEYOND = 1_000


class MemoryCounters:
    """The instants of what was counted, with the end of each."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._hits: dict[str, list[int]] = {}
        self._last: dict[str, int] = {}
        self._tidy_beyond = _TIDY_BEYOND
        self._count_lock = threading.Lock()

    async def hit(self, key: str, *, limit: int, window: int, now: int) -> Hit:
        bounded(key)
        with self._count_lock:
            counted = [at for at in self._hits.get(key, ()) if at > now - window]
            result = judge(counted, limit=limit, window=window, now=now)
            if result.allowed:
                counted.append(now)
                self._last[key] = now + window
            self._hits[key] = counted
            self._tidy(now)
            return result

    async def take_back(self, key: str) -> bool:
        with self._count_lock:
            counted = self._hits.get(key)
            if not counted:
                return False
            counted.pop()
            return True

    async def forget(self, key: str) -> bool:
        with self._count_lock:
            self._last.pop(key, None)
            return self._hits.pop(key, None) is not None

    def _tidy(self, now: int) -> None:
        if len(self._hits) < self._tidy_beyond:
            return
        for key in [key for key, end in self._last.items() if end <= now]:
            del self._hits[key], self._last[key]
        self._tidy_beyond = max(_TIDY_BEYOND, 2 * len(self._hits))
