"""Counting what becomes of refresh tokens."""

import threading

__all__ = ["Tally"]


class Tally:
    """Exact counters of one process, safe between threads.

    Attributes:
        rotated: Uses that replaced the live token.
        raced: Uses of a token that was just replaced, which were given the live one.
        reused: Uses of a token that was replaced long before, each of which ended its family.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.rotated = 0
        self.raced = 0
        self.reused = 0

    def rotate(self) -> None:
        """Count a use of the live token."""
        with self._lock:
            self.rotated += 1

    def race(self) -> None:
        """Count a use of a token that was just replaced."""
        with self._lock:
            self.raced += 1

    def reuse(self) -> None:
        """Count a use that ended a family."""
        with self._lock:
            self.reused += 1
