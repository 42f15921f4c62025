"""The lines of a file, one at a time, whatever is in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["LONGEST", "Line", "Lines"]

#: Bytes of a line, and of a record of several lines; inclusive.
LONGEST = 256 * 1024

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        number: Counted from 1.
        text: With its end; empty where it cannot be read.
        why: Why it cannot be read, or empty.
    """

    number: int
    text: str
    why: str = ""


class Lines:
    """Reads a file line by line, and keeps none.

    Attributes:
        read: Bytes so far.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Take an open file, at its beginning."""
        self._file = file
        self.read = 0

    def __iter__(self) -> Iterator[Line]:
        """Yield the lines; each as text, or with the reason why it is none."""
        number = 0
        while octets := self._file.readline(LONGEST + 1):
            number += 1
            self.read += len(octets)
            if len(octets) > LONGEST:
                self._skip(octets)
                yield Line(number, "", f"longer than {LONGEST} bytes")
            else:
                yield _line(number, octets.removeprefix(_BOM) if number == 1 else octets)

    def _skip(self, octets: bytes) -> None:
        while octets and not octets.endswith(b"\n"):
            octets = self._file.readline(LONGEST)
            self.read += len(octets)


def _line(number: int, octets: bytes) -> Line:
    try:
        return Line(number, octets.decode())
    except UnicodeDecodeError as error:
        return Line(number, "", f"not UTF-8: byte {error.start + 1} of the line")
