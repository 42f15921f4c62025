"""What became of each line of an import, in a file."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from dojang.auth.imports import Outcome
from dojang.errors import Misuse
from dojang.wire import json

__all__ = ["Report"]

_COLUMNS = ("line", "verdict", "their_id", "user_id", "why")


class Report:
    """A file of CSV or of JSON lines, as its name ends; or nothing."""

    def __init__(self, file: Path | None, *, of: str) -> None:
        """Begin the file anew.

        Args:
            file: Where it is; None for nowhere.
            of: The file that is imported, which has to be another one.

        Raises:
            Misuse: It cannot be written, its name ends otherwise, or it is what is imported.
        """
        self._file = file
        if file is not None:
            if file.suffix not in {".csv", ".jsonl"}:
                raise Misuse(f"--report {str(file)!r}: its name has to end in .csv or .jsonl")
            with _trouble(file):
                if file.exists() and Path(of).exists() and file.samefile(of):
                    raise Misuse(f"--report {str(file)!r} is the file that is imported")
                file.write_text(_csv([_COLUMNS]) if file.suffix == ".csv" else "", "utf-8")

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Write one line for each.

        Raises:
            Misuse: The file cannot be written.
        """
        if self._file is None:
            return
        rows = [_cells(outcome) for outcome in outcomes]
        text = _csv(rows) if self._file.suffix == ".csv" else "".join(map(_json, rows))
        with _trouble(self._file), self._file.open("a", encoding="utf-8", newline="") as file:
            file.write(text)


@contextmanager
def _trouble(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Misuse(f"{str(file)!r} cannot be written: {error.strerror}") from None


def _cells(outcome: Outcome) -> Sequence[object]:
    return outcome.line, outcome.verdict, outcome.theirs, outcome.user, outcome.why


def _csv(rows: Sequence[Sequence[object]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _json(row: Sequence[object]) -> str:
    return json.dumps(dict(zip(_COLUMNS, row, strict=True))) + "\n"
