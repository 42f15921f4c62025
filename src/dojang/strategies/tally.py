"""Counting what concurrent requests cost each other."""

import threading

__all__ = ["Tally"]


class Tally:
    """Exact counters, safe between threads.

    Attributes:
        overwritten: Members that somebody else had changed and that we wrote over.
        dropped: Requests whose changes were not written, because the session was ended, rotated
            or had changed its principal meanwhile.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.overwritten = 0
        self.dropped = 0

    def overwrote(self, members: int) -> None:
        """Count members written over."""
        with self._lock:
            self.overwritten += members

    def drop(self) -> None:
        """Count a request whose changes were not written."""
        with self._lock:
            self.dropped += 1
