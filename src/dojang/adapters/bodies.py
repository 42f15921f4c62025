"""Bodies that are given piece by piece, and closed once (PEP 3333)."""

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Generic, TypeVar

__all__ = ["Body", "close", "followed"]

Piece = TypeVar("Piece")


class Body(Generic[Piece]):
    """Pieces made from those of another body, which is closed with this one."""

    def __init__(self, pieces: Generator[Piece], source: object) -> None:
        """Give `pieces`; `source` is what they are made from."""
        self._pieces = pieces
        self._source = source

    def __iter__(self) -> Iterator[Piece]:
        """Return the pieces."""
        return self._pieces

    def close(self) -> None:
        """Give no more pieces."""
        self._pieces.close()
        close(self._source)


def followed(source: Iterable[Piece], then: Callable[[], object]) -> Body[Piece]:
    """Return the body `source`, and call `then` after its last piece; not if it breaks off."""

    def pieces() -> Generator[Piece]:
        yield from source
        then()

    return Body(pieces(), source)


def close(body: object) -> None:
    """Close a body that can be closed."""
    ending = getattr(body, "close", None)
    if ending is not None:
        ending()
