"""Leases in memory."""

import threading

from dojang.stores.names import bounded

__all__ = ["MemoryLeases"]

#: Leases beyond which those that are over are dropped.
_TIDY_BEYOND = 1_000


class MemoryLeases:
    """Names with their owners."""

    def __init__(self) -> None:
        """Begin with nothing lent."""
        self._leases: dict[str, tuple[str, int]] = {}
        self._tidy_at = _TIDY_BEYOND
        self._lease_lock = threading.Lock()

    async def acquire(self, name: str, owner: str, *, until: int, now: int) -> bool:
        bounded(name)
        with self._lease_lock:
            holder, end = self._leases.get(name, (owner, now))
            if holder != owner and now < end:
                return False
            self._leases[name] = owner, until
            self._tidy(now)
            return True

    async def release(self, name: str, owner: str) -> bool:
        with self._lease_lock:
            holder, _ = self._leases.get(name, ("", 0))
            if holder != owner:
                return False
            del self._leases[name]
            return True

    def _tidy(self, now: int) -> None:
        if len(self._leases) >= self._tidy_at:
            self._leases = {name: kept for name, kept in self._leases.items() if now < kept[1]}
            self._tidy_at = max(_TIDY_BEYOND, 2 * len(self._leases))
