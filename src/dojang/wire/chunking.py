"""How one value is cut into several cookies, `<name>.0`, `<name>.1` ..., and joined again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dojang.errors import Misuse, TooLarge

__all__ = ["Chunking", "Reading"]

Reading = Literal["to-the-gap", "every-piece"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunking:
    """The rules of one peer; those of iron-session 9 unless others are given.

    Args:
        most: Pieces at most, written and read; `<name>.<most>` and beyond are other cookies.
        piece: Characters of the value in each piece, or None for as many as a browser keeps.
        reading: `to-the-gap`: pieces end at the first gap, and count only without a whole cookie,
            or beside an empty one.
            `every-piece`: all pieces belong to the value, so that a gap spoils it; a whole cookie
            beside a good row of pieces is another candidate.
        writing: Whether a value too large for one cookie is cut. Pieces are read either way.

    Raises:
        Misuse: `most` or `piece` is less than 1.
    """

    most: int = 4
    piece: int | None = None
    reading: Reading = "to-the-gap"
    writing: bool = True

    def __post_init__(self) -> None:
        if self.most < 1 or (self.piece is not None and self.piece < 1):
            raise Misuse("a value is cut into at least 1 piece of at least 1 character")

    def names(self, name: str) -> list[str]:
        """Return what the pieces of the cookie `name` are called, in their order."""
        return [f"{name}.{index}" for index in range(self.most)]

    def join(self, name: str, whole: Sequence[str], pieces: Mapping[str, str]) -> list[str]:
        """Return the values that a request may mean by `name`.

        Args:
            name: Of the whole cookie.
            whole: The values of cookies of that very name, in their order.
            pieces: Those of its pieces, by name.
        """
        if self.reading == "to-the-gap":
            row = "".join(self._row(name, pieces))
            return [*whole] if any(whole) or not row else [row]
        there = [value for piece in self.names(name) if (value := pieces.get(piece))]
        found = [value for value in whole if value]
        if not there:
            return found
        if len(there) == len([*self._row(name, pieces)]):
            return [*found, "".join(there)]
        return ["".join([*found[:1], *there])]

    def cut(self, name: str, text: str, room: int) -> dict[str, str]:
        """Return the value of each cookie that carries `text`, by name.

        Args:
            name: Of the whole cookie.
            text: Cookie octets.
            room: Bytes that a cookie has for name and value beside its attributes.

        Raises:
            TooLarge: Too large for as many as there are at most.
        """
        # Where name and attributes are long, pieces are smaller than the peer's: it joins any size.
        names = self.names(name)
        whole, piece = (
            max(0, min(room - len(longest), self.piece or room)) for longest in (name, names[-1])
        )
        if len(text) <= whole:
            return {name: text}
        if len(text) > piece * self.most:
            raise TooLarge(
                f"the value of {name} takes {len(text)} bytes, and {self.most} cookies hold "
                f"{piece * self.most}: store less in the session, or keep it on the server",
                size=len(text),
                limit=piece * self.most,
            )
        starts = range(0, len(text), piece)
        return {names[index]: text[at : at + piece] for index, at in enumerate(starts)}

    def _row(self, name: str, pieces: Mapping[str, str]) -> Iterator[str]:
        for piece in self.names(name):
            if not pieces.get(piece):
                return
            yield pieces[piece]
