"""An import under way: a file, what becomes of it, and how far it is."""

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import cast

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from dojang import blocking
from dojang.auth.imports import Importing, Outcome, Record, Records, Unread
from dojang.auth.imports.records import Form
from dojang.cli.sessions.output import progress
from dojang.cli.users.import_report import Report
from dojang.errors import Misuse

__all__ = ["SHOWN", "Imported", "opened", "run"]

#: Rejected lines that are shown; a report has them all.
SHOWN = 20

#: Records in one transaction.
_BATCH = 500

_FORMS: dict[str, Form] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}


@dataclass(slots=True)
class Imported:
    """How many lines became what, and some of those that became nothing."""

    imported: int = 0
    there: int = 0
    rejected: int = 0
    without_password: int = 0
    unverified: int = 0
    shown: list[Outcome] = field(default_factory=list[Outcome])

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Count them."""
        for outcome in outcomes:
            setattr(self, outcome.verdict, getattr(self, outcome.verdict) + 1)
            self.without_password += outcome.verdict == "imported" and not outcome.password
            self.unverified += outcome.verdict == "imported" and outcome.claims
            if outcome.verdict == "rejected" and len(self.shown) < SHOWN:
                self.shown.append(outcome)


@contextmanager
def opened(file: str, form: str | None) -> Iterator[tuple[Records, int | None]]:
    """Open a file of accounts, or the standard input for `-`; with its size, where that is known.

    Raises:
        Misuse: It cannot be read, or nobody says what it is.
    """
    kind = cast("Form | None", form) or _FORMS.get(Path(file).suffix.lower())
    if kind not in {"csv", "jsonl"}:
        raise Misuse(f"{file!r}: is that csv or jsonl? say so with --format")
    with ExitStack() as stack:
        with _trouble(file):
            piped = file == "-"
            source = sys.stdin.buffer if piped else stack.enter_context(Path(file).open("rb"))
            found = os.fstat(source.fileno())
            records = Records(source, kind)
        yield records, found.st_size if stat.S_ISREG(found.st_mode) else None


def run(records: Records, importing: Importing, report: Report, *, size: int | None) -> Imported:
    """Import all records, and show how far it is to whoever looks."""
    imported, coming = Imported(), iter(records)
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
    with progress(*columns, TimeRemainingColumn()) as bar:
        task = bar.add_task("", total=size)
        while batch := _next(coming):
            outcomes = blocking.run(importing.take(batch))
            imported.add(outcomes)
            report.add(outcomes)
            said = f"{imported.imported} imported, {imported.rejected} rejected"
            bar.update(task, completed=records.read, description=said)
    return imported


def _next(coming: Iterator[Record | Unread]) -> Sequence[Record | Unread]:
    with _trouble("the file"):
        return list(islice(coming, _BATCH))


@contextmanager
def _trouble(file: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Misuse(f"{file} cannot be read: {error.strerror}") from None
