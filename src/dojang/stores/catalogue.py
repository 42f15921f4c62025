"""What a store promises whose sessions can be gone through, counted and ended altogether."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dojang.session.record import Record

__all__ = ["Catalogue", "Page", "Unreadable"]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is where a session should be, and is none.

    Attributes:
        handle: The public name of the session that should be there.
        why: What is wrong, without anything of what is there.
    """

    handle: str
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """A part of all sessions.

    Attributes:
        records: Live ones; there may be none although more follow.
        cursor: Where to go on; empty when there is nothing more.
        refused: Those that are there and could not be read.
    """

    records: Sequence[Record]
    cursor: str
    refused: Sequence[Unreadable] = ()


class Catalogue(Protocol):
    """A store that knows all its sessions."""

    async def scan(self, *, after: str = "", limit: int = 500, now: int) -> Page:
        """Return the next live sessions, in an order of the store's own.

        A session that is there all the while is met at least once; one that comes or goes
        meanwhile may be.

        Args:
            after: The cursor of the page before; empty to begin.
            limit: Records wanted; a few more may come.
            now: Unix milliseconds.

        Raises:
            Misuse: `after` is no cursor of this store.
            Unavailable: The store did not answer.
        """
        ...

    async def count(self, *, now: int) -> int:
        """Return how many sessions are live; a store may count those that ended a moment ago.

        Raises:
            Unavailable: The store did not answer.
        """
        ...

    async def clear(self) -> int:
        """End all sessions of everybody; say how many records went.

        Raises:
            Unavailable: The store did not answer.
        """
        ...
