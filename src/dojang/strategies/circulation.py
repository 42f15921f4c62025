"""What is still out there: cookies of other kinds, and of secrets that were retired."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["RETIRED", "Circulation", "Sighting"]

_LOG = logging.getLogger("dojang")

#: Under which cookies of our own kind are counted that an older secret made.
RETIRED = "retired secret"


@dataclass(frozen=True, slots=True)
class Sighting:
    """How often something old came, and when last.

    Attributes:
        count: Cookies that came and were made anew, in this process.
        last: Of the last one, in unix milliseconds.
    """

    count: int
    last: int


class Circulation:
    """Counts, safe between threads. What no longer grows may be given up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, Sighting] = {}

    def count(self, name: str, *, now: int) -> None:
        """Note that a cookie of this kind was made anew, and log it.

        Args:
            name: Of its kind.
            now: Unix milliseconds.
        """
        with self._lock:
            before = self._seen.get(name, Sighting(0, now))
            after = self._seen[name] = Sighting(before.count + 1, max(before.last, now))
        _LOG.info("a session came from %s and was made anew (%d so far)", name, after.count)

    @property
    def seen(self) -> Mapping[str, Sighting]:
        """What came so far, by kind."""
        with self._lock:
            return dict(self._seen)
