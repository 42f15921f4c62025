"""What the verbs of the store ask of a layout: single records, whoever they belong to."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from dojang.errors import Unavailable
from dojang.session.record import Record
from dojang.stores.catalogue import Unreadable

__all__ = ["SLACK", "Layout", "Reading", "glob", "lives_for", "readable"]

#: Milliseconds for which what is over is kept, so that clocks that differ end no session early.
SLACK = 60_000

#: What came of reading one record: one that cannot be read is no reason to stop at it.
Reading: TypeAlias = Record | Unreadable | None


class Layout(Protocol):
    """One way to put records into Redis."""

    @property
    def by_id(self) -> bool:
        """Whether records are filed under the id itself."""
        ...

    @property
    def pattern(self) -> bytes:
        """What the keys of records match, and no others, as `SCAN` takes it."""
        ...

    def name(self, record: Record) -> bytes:
        """Return what an index calls `record`."""
        ...

    def listed_until(self, record: Record, *, now: int) -> int | None:
        """Return how long an index keeps `record`, in unix milliseconds; None for ever."""
        ...

    async def find(self, handle: str, id: str) -> Record | None:
        """Return the record, retired or not.

        Raises:
            Unavailable: It cannot be read.
        """
        ...

    async def at(self, names: Sequence[bytes]) -> Sequence[Reading]:
        """Return the records that an index calls so."""
        ...

    async def under(self, keys: Sequence[bytes]) -> Sequence[Reading]:
        """Return the records under those keys."""
        ...

    async def insert(self, record: Record, *, now: int) -> bool:
        """Store a record; say whether its place was free."""
        ...

    async def swap(self, before: Record, after: Record, *, now: int) -> None:
        """Store `after` where `before` is, with the clocks of what is there.

        Raises:
            Gone: There is nothing there.
            Conflict: Its data have changed.
        """
        ...

    async def retire(self, before: Record, *, now: int, until: int | None) -> Record:
        """End `before`, because a newer one takes its place; until then it reads as rotated.

        Returns:
            What was there in the end: `before`, or as it was touched since.

        Raises:
            Gone: There is nothing there.
            Conflict: Its data have changed.
        """
        ...

    async def touch(self, record: Record, *, now: int) -> bool:
        """Move expiry and "last seen"; say whether it was there."""
        ...

    async def remove(self, handle: str) -> Reading:
        """End a session; return what it was."""
        ...

    async def clear(self, keys: Sequence[bytes]) -> int:
        """End the sessions under those keys; say how many were there."""
        ...

    async def remove_named(self, name: bytes) -> Reading:
        """End the session that an index calls so; return what it was."""
        ...


def readable(reading: Reading) -> Record | None:
    """Return the record that was read.

    Raises:
        Unavailable: It could not be.
    """
    if isinstance(reading, Unreadable):
        raise Unavailable(reading.why)
    return reading


def lives_for(record: Record, now: int) -> int | None:
    """Return the milliseconds for which Redis keeps `record`, or None for ever.

    A span and not an instant, because the clock of Redis may be another one.
    """
    return None if record.expires is None else max(0, record.expires - now) + SLACK


def glob(text: bytes) -> bytes:
    """Return a pattern that matches `text` and nothing else."""
    return b"".join(
        b"\\" + bytes([char]) if char in b"\\*?[]^-" else bytes([char]) for char in text
    )
