"""What is still out there: cookies of other kinds, and of secrets that were retired."""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from dojang import blocking
from dojang.errors import Unavailable
from dojang.stores.documents import Documents
from dojang.stores.drivers.waiting import running_loop
from dojang.strategies.sightings import Sightings, add, all_kinds
from dojang.strategies.single_flight import SingleFlight

__all__ = ["RETIRED", "Circulation", "Sighting"]

_LOG = logging.getLogger("dojang")

#: Under which cookies of our own kind are counted that an older secret made.
RETIRED = "retired secret"


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
            store: Where all processes add up what they saw; counted in this process alone if it
                keeps no documents.
        """
        self._lock = threading.Lock()
        self._store = store if isinstance(store, Documents) else None
        self._seen: dict[str, Sighting] = {}
        self._new: Counter[str] = Counter()
        self._notes = SingleFlight()

    async def count(self, name: str, *, now: int) -> None:
        """Note that a cookie of this kind was made anew, and log it.

        Args:
            name: Of its kind.
            now: Unix milliseconds.
        """
        with self._lock:
            before = self._seen.get(name, Sighting(0, now))
            after = self._seen[name] = Sighting(before.count + 1, max(before.last, now))
            self._new[name] += 1
            since = self._notes.begun
        _LOG.info("a session came from %s and was made anew (%d so far)", name, after.count)
        if self._store is not None:
            await self._noted(self._store, since, now)

    @property
    def seen(self) -> Mapping[str, Sighting]:
        """What came to this process so far, by kind."""
        with self._lock:
            return dict(self._seen)

    async def everywhere(self, *, now: int) -> Mapping[str, Sightings]:
        """Return what came to all processes, by kind.

        What the store could not take is added with what comes next.

        Args:
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer.
        """
        return {} if self._store is None else await all_kinds(self._store, now=now)

    async def _noted(self, store: Documents, since: int, now: int) -> None:
        """Wait until what is new is in the store: one of those who bring it writes for all."""
        while not (running_loop() is not None and blocking.is_driving()):
            note, is_ours = self._notes.board(since=since)
            if is_ours:
                try:
                    await self._note(store, now)
                finally:
                    note.arrived = True
                    note.land()
                return
            await note.landed()
            if note.number > since:
                return
        await self._note(store, now)  # who cannot wait for others writes beside them

    async def _note(self, store: Documents, now: int) -> None:
        with self._lock:
            left, self._new = self._new, Counter()
        try:
            # The session is kept already: whoever brought it does not fail by a count.
            with suppress(Unavailable):
                for name in tuple(left):
                    if await add(store, name, left[name], now=now):
                        del left[name]
        finally:
            with self._lock:
                self._new.update(left)
