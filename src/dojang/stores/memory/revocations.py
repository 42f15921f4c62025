"""The log of revocations in memory."""

import threading
from bisect import bisect_right
from dataclasses import replace

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
        self._number = 0
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
            self._number += 1
            self._entries.append(replace(revocation, number=self._number))

    async def revocations(self, *, after: int, now: int) -> Pulled:
        with self._log_lock:
            generation = "" if self._begun is None else self._generation
            begun = now if self._begun is None else self._begun
            live = sum(entry.expires > now for entry in self._entries)
            new = self._entries[bisect_right(self._entries, after, key=_number) :]
        entries = [entry for entry in new if entry.expires > now]
        return Pulled(generation, begun, live, entries)

    def _tidy_log(self, now: int) -> None:
        if len(self._entries) < self._tidy_log_beyond:
            return
        self._entries = [entry for entry in self._entries if entry.expires > now]
        self._tidy_log_beyond = max(_TIDY_BEYOND, 2 * len(self._entries))

    def _begin(self, now: int) -> None:
        if self._begun is None:
            self._begun = now


def _number(entry: Revocation) -> int:
    return entry.number
