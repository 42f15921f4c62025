"""What sessions can be copied from."""

from typing import Any, Protocol

from dojang.session.handle import handle_of
from dojang.session.record import Record
from dojang.stores.catalogue import Page
from dojang.wire import json

__all__ = ["Foreign", "Source", "a_record"]


class Source(Protocol):
    """Sessions that can be gone through: those of a store, or of another framework."""

    @property
    def by_id(self) -> bool:
        """Whether the ids of sessions are known, and not only their hashes."""
        ...

    async def scan(self, *, after: str = "", limit: int = 500, now: int) -> Page:
        """Return the next live sessions; see `Catalogue.scan`."""
        ...

    async def count(self, *, now: int) -> int:
        """Return how many there are, those that cannot be read too.

        Raises:
            Unavailable: They are out of reach.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class Foreign(Source, Protocol):
    """Sessions of another framework, which can be looked up one by one too."""

    @property
    def suspends(self) -> bool:
        """Whether looking one up may wait for an event loop."""
        ...

    async def look_up(self, id: str, *, now: int) -> Record | None:
        """Return the live session that a cookie with that id stands for, or None.

        Raises:
            Malformed: It cannot be read; the error says why.
            Unavailable: They are out of reach.
        """
        ...


def a_record(id: str, data: dict[str, Any], *, expires: int | None, now: int) -> Record:
    """Return the record of a session that began elsewhere, under the handle of its id there.

    Args:
        id: What the cookie holds there.
        data: The application's.
        expires: Unix milliseconds, or None for never.
        now: Unix milliseconds; when it began, as nothing else is known.

    Raises:
        NotJson: `data` hold something that JSON does not have.
    """
    return Record(
        handle=handle_of(id), id=id, data=json.dumps(data), created=now, expires=expires, seen=now
    )
