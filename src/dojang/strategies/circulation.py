"""What is still out there: cookies of other kinds, and of secrets that were retired."""

import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from dojang.errors import Unavailable
from dojang.stores.documents import Documents
from dojang.strategies.sightings import Sightings, add, all_kinds

__all__ = ["RETIRED", "Circulation", "Sighting"]

_LOG = logging.getLogger("dojang")

#: Under which cookies of our own kind are counted that an older secret made.
RETIRED = "retired secret"

#: Milliseconds between two notes of one process in the store: a migration takes weeks.
_NOTED_EVERY = 60_000


@dataclass(frozen=True, slots=True)
class Sighting:
    """How often something old came, and when last.

    Attributes:
        count: Answers of this process in which one was made anew; requests that come together with
            one cookie count one each.
        last: Of the last one, in unix milliseconds.
    """

    count: int
    last: int


class Circulation:
    """Counts, safe between threads. What no longer grows may be given up."""

    def __init__(self, store: object = None) -> None:
        """Begin with nothing seen.

        Args:
            store: Where all processes add up what they saw, once a minute; counted in this process
                alone if it keeps no documents.
        """
        self._lock = threading.Lock()
        self._store = store if isinstance(store, Documents) else None
        self._seen: dict[str, Sighting] = {}
        self._noted: dict[str, Sighting] = {}

    async def count(self, name: str, *, now: int) -> None:
        """Note that a cookie of this kind was made anew, and log it.

        Args:
            name: Of its kind.
            now: Unix milliseconds.
        """
        with self._lock:
            before = self._seen.get(name, Sighting(0, now))
            after = self._seen[name] = Sighting(before.count + 1, max(before.last, now))
            noted = self._noted.get(name, Sighting(0, 0))
            due = self._store is not None and now - noted.last >= _NOTED_EVERY
            if due:
                self._noted[name] = after
        _LOG.info("a session came from %s and was made anew (%d so far)", name, after.count)
        if due:
            await self._note(name, after.count - noted.count, noted, now=now)

    @property
    def seen(self) -> Mapping[str, Sighting]:
        """What came to this process so far, by kind."""
        with self._lock:
            return dict(self._seen)

    async def everywhere(self, *, now: int) -> Mapping[str, Sightings]:
        """Return what came to all processes, by kind.

        What comes within a minute after a process noted something is noted with the next.

        Args:
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer.
        """
        return {} if self._store is None else await all_kinds(self._store, now=now)

    async def _note(self, name: str, count: int, noted: Sighting, *, now: int) -> None:
        # The session is kept already: whoever brought it does not wait for a count, or fail by it.
        assert self._store is not None
        done = False
        with suppress(Unavailable):
            done = await add(self._store, name, count, now=now)
        if not done:
            with self._lock:
                self._noted[name] = Sighting(noted.count, now)
