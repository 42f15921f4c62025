"""What a store promises that keeps small texts, each replaced only by who knows what is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from dojang.stores.names import bounded

__all__ = ["Document", "Documents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One text under its name.

    Attributes:
        name: What it is kept under.
        text: The whole of it; two versions differ in their text.
        owner: What it is listed under, the same for all its versions; empty where nobody lists it.
        expires: Unix milliseconds, exclusive; None for never.

    Raises:
        Misuse: Its name, or that of its owner, has more than 2,048 bytes.
    """

    name: str
    text: str
    owner: str = ""
    expires: int | None = None

    def __post_init__(self) -> None:
        bounded(self.name)
        bounded(self.owner)


@runtime_checkable
class Documents(Protocol):
    """A store that keeps documents: families of refresh tokens, keys, tokens of somebody else.

    There is one verb that writes, and it compares: of many that replace the same version at the
    same time, one does. A name with an owner is used once: after it was removed, it may be missing
    from the list if it is put again.
    """

    async def document(self, name: str, *, now: int) -> Document | None:
        """Return what is kept under `name`, or None; what has expired is not there.

        Raises:
            Unavailable: The store did not answer.
        """
        ...

    async def put(self, before: Document | None, after: Document, *, now: int) -> bool:
        """Keep `after` where `before` is; say whether it was there, unchanged.

        Args:
            before: As it was found, under the same name; None for a name that is free.
            after: What takes its place.
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer; it may be done or not.
        """
        ...

    async def discard(self, before: Document) -> bool:
        """Remove what is kept under a name; say whether it was there, unchanged.

        Raises:
            Unavailable: The store did not answer; it may be done or not.
        """
        ...

    async def documents(self, owner: str, *, now: int) -> Sequence[Document]:
        """Return all of an owner, by name.

        Raises:
            Unavailable: The store did not answer.
        """
        ...
