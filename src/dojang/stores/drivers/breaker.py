"""Not asking, for a while, a store that keeps failing."""

import threading
import time
from collections.abc import Callable

from dojang.errors import Unavailable

__all__ = ["Breaker"]


class Breaker:
    """Opens after some failures in a row, and lets one caller try again after a rest.

    While it is open callers are answered at once, instead of each waiting for the same time limit.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = 5,
        rest: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin closed.

        Args:
            name: Of the store, for the error.
            failures: In a row, after which it opens.
            rest: Seconds for which it then stays open.
            clock: Seconds of a clock that never goes back.
        """
        self._name = name
        self._failures = failures
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._open_until = 0.0

    def check(self) -> None:
        """Let a caller pass.

        Raises:
            Unavailable: The store failed until a moment ago.
        """
        with self._lock:
            if self._in_a_row < self._failures:
                return
            left = self._open_until - self._clock()
            if left <= 0:
                # This caller tries; the others rest on until it is known how that went.
                self._open_until = self._clock() + self._rest
                return
        raise Unavailable(
            f"{self._name} failed {self._in_a_row} times in a row; it is asked again in "
            f"{left:.1f} s",
            retry_after=max(1, round(left)),
        )

    def failed(self) -> None:
        """Note that the store did not answer."""
        with self._lock:
            self._in_a_row += 1
            self._open_until = self._clock() + self._rest

    def succeeded(self) -> None:
        """Note that it did."""
        with self._lock:
            self._in_a_row = 0
