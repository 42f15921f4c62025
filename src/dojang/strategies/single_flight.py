"""One caller does what many need; across the tasks, event loops and threads of a process."""

import asyncio
import threading
import time
from concurrent.futures import Future

from dojang.errors import Unavailable
from dojang.stores.drivers.waiting import running_loop

__all__ = ["Flight", "SingleFlight"]

#: Seconds after which nobody waits for a flight any more: its loop was stopped, or it hangs.
_ABANDONED = 30.0


class Flight:
    """Work that is under way, and how it went.

    Attributes:
        number: Those that began later have a higher one.
        arrived: Whether the work is done.
        trouble: Why it could not be done. Where it is neither done nor in trouble, as after a
            cancellation, somebody else has to do it.
    """

    def __init__(self, number: int) -> None:
        """Begin."""
        self.number = number
        self.arrived = False
        self.trouble: Unavailable | None = None
        self._began = time.monotonic()
        self._landed: Future[None] = Future()
        self._landed.set_running_or_notify_cancel()  # one who waits and is cancelled cancels nobody

    @property
    def patience(self) -> float:
        """Seconds for which it is worth waiting."""
        return self._began + _ABANDONED - time.monotonic()

    def will_do(self, since: int) -> bool:
        """Return whether to wait for it, or to go by how it went; see `SingleFlight.board`."""
        if self._landed.done():
            return self.number > since and (self.arrived or self.trouble is not None)
        return self.patience > 0

    def land(self) -> None:
        """Wake those who wait."""
        self._landed.set_result(None)

    async def landed(self) -> None:
        """Wait until it is over, or abandoned; blocking where no event loop runs."""
        if running_loop() is not None:
            await asyncio.wait([asyncio.wrap_future(self._landed)], timeout=self.patience)
            return
        try:
            self._landed.result(max(0, self.patience))
        except TimeoutError:
            return


class SingleFlight:
    """At most one flight is under way, unless one was abandoned."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._latest: Flight | None = None
        self.begun = 0

    def board(self, *, since: int) -> tuple[Flight, bool]:
        """Return the flight that will do, or a new one; and whether it is the caller's.

        Whoever is given one has to `land` it, whatever happens.

        Args:
            since: How many had begun when the caller came: one that began later will do even if it
                is over; earlier ones, while they are under way.
        """
        with self._lock:
            latest = self._latest
            if latest is not None and latest.will_do(since):
                return latest, False
            self.begun += 1
            self._latest = Flight(self.begun)
            return self._latest, True

    def is_latest(self, flight: Flight) -> bool:
        """Return whether nobody has taken over."""
        return self._latest is flight
