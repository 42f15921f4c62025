"""The log of revocations in memory."""

import threading

from dojang.session.fence import Revocation
from dojang.stores.revocation_log import Pulled
from dojang.wire import entropy

__all__ = ["MemoryRevocations"]


#: Entries beyond which those that are over are dropped.
_TIDY_BEYOND = 1_000


class MemoryRevocations:
    """A list, of which what is over is dropped whenever it has doubled."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._entries: list[Revocation] = []
        self._dropped = 0
        self._tidy_log_beyond = _TIDY_BEYOND
        self._generation = entropy.token(8)
        self._begun: int | None = None
        self._log_lock = threading.Lock()

    async def begin(self, *, now: int) -> None:
        with self._log_lock:
            self._begin(now)

    async def revoke(self, revocation: Revocation, *, now: int) -> None:
        with self._log_lock:
            self._begin(now)
            self._tidy_log(now)
            self._entries.append(revocation)

    async def revocations(self, *, after: int, now: int) -> Pulled:
        with self._log_lock:
            generation = "" if self._begun is None else self._generation
            begun = now if self._begun is None else self._begun
            live = sum(entry.expires > now for entry in self._entries)
            new = self._entries[max(0, after - self._dropped) :]
            cursor = self._dropped + len(self._entries)
        entries = [entry for entry in new if entry.expires > now]
        return Pulled(generation, begun, live, cursor, entries)

    def _tidy_log(self, now: int) -> None:
        if len(self._entries) < self._tidy_log_beyond:
            return
        live = [entry for entry in self._entries if entry.expires > now]
        self._dropped += len(self._entries) - len(live)
        self._entries = live
        self._tidy_log_beyond = max(_TIDY_BEYOND, 2 * len(live))

    def _begin(self, now: int) -> None:
        if self._begun is None:
            self._begun = now
