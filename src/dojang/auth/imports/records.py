"""The records of a file: rows of CSV under a header, or a JSON object in each line."""

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from dojang.auth.imports.lines import LONGEST, Line, Lines
from dojang.errors import Malformed, Misuse
from dojang.wire import json

__all__ = ["Form", "Record", "Records", "Unread"]

Form = Literal["csv", "jsonl"]

#: What stands between the fields of a row; the one that the header has most of.
_DELIMITERS = ",;\t"

_MISTAKEN = "save it as CSV in UTF-8, with the names of the columns in the first line"


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        line: Where it begins; counted from 1.
        fields: By name.
    """

    line: int
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that holds no record.

    Attributes:
        line: Counted from 1.
        why: The reason, without anything of the line in it.
    """

    line: int
    why: str


class Records:
    """Reads a file record by record, and keeps none; what cannot be read costs its own line."""

    def __init__(self, file: BinaryIO, form: Form) -> None:
        """Read the header of CSV.

        Args:
            file: Open, at its beginning.
            form: `csv`, with a header; or `jsonl`, an object in each line.

        Raises:
            Misuse: It is empty, has no header, or one that names a column twice; or it is one JSON
                document, and no lines.
        """
        self._lines = Lines(file)
        self._coming = iter(self._lines)
        self._again = deque[Line]()
        self._form = form
        self._delimiter = ","
        self.header: Sequence[str] | None = None
        if form == "csv":
            self.header = self._header()
        else:
            self._look_at_first()

    @property
    def read(self) -> int:
        """Bytes of the file that were read so far."""
        return self._lines.read

    def __iter__(self) -> Iterator[Record | Unread]:
        """Yield the records, and the lines that hold none; empty lines are passed over."""
        while (line := self._next()) is not None:
            if line.why:
                yield Unread(line.number, line.why)
            elif line.text.strip():
                yield self._row(line) if self._form == "csv" else _object(line)

    def _next(self) -> Line | None:
        return self._again.popleft() if self._again else next(self._coming, None)

    def _header(self) -> Sequence[str]:
        line = self._next()
        if line is None:
            raise Misuse("the file is empty")
        self._delimiter = max(_DELIMITERS, key=line.text.count)
        cells = None if "\0" in line.text else self._cells(line)
        if line.why or cells is None:
            raise Misuse(f"the first line is no header: {_MISTAKEN}")
        names = [cell.strip() for cell in cells]
        twice = next((name for name in names if name and names.count(name) > 1), None)
        if twice is not None:
            raise Misuse(f"the header names {twice[:40]!r} twice")
        return names

    def _look_at_first(self) -> None:
        """Look at the first line before the file is read as lines, of which each would be wrong."""
        line = self._next()
        if line is None:
            raise Misuse("the file is empty")
        text = line.text.strip()
        if text.startswith("[") or text.endswith(("[", "{")):
            raise Misuse(
                "the file is one JSON document, and not an object in each line: "
                "`jq -c '.[]' FILE`, or `jq -c '.users[]' FILE`, makes lines of it"
            )
        self._again.append(line)

    def _row(self, line: Line) -> Record | Unread:
        header = self.header or ()
        cells = self._cells(line)
        if cells is None:
            return Unread(line.number, "a quote is not closed, or stands where none may be")
        if len(cells) != len(header):
            return Unread(line.number, f"{len(cells)} columns, where the header has {len(header)}")
        return Record(line.number, dict(zip(header, cells, strict=True)))

    def _cells(self, first: Line) -> Sequence[str] | None:
        """Return the fields that begin in a line; None, with the lines after it left to come."""
        taken: list[Line] = []
        try:
            rows = csv.reader(self._joined(first, taken), delimiter=self._delimiter, strict=True)
            return next(rows)
        except (csv.Error, StopIteration):
            self._again.extendleft(reversed(taken))
            return None

    def _joined(self, first: Line, taken: list[Line]) -> Iterator[str]:
        """Yield a line, and as many of the next as a field in quotes goes on in."""
        yield first.text
        size = len(first.text)
        while size <= LONGEST and (line := self._next()) is not None:
            taken.append(line)
            if line.why:
                return
            size += len(line.text)
            yield line.text


def _object(line: Line) -> Record | Unread:
    try:
        return Record(line.number, json.loads_object(line.text))
    except Malformed:
        return Unread(line.number, "no JSON object, of which there has to be one in each line")
