"""Sessions as people and programs read them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.table import Table
from rich.text import Text

from dojang.session.record import Record
from dojang.stores.catalogue import Unreadable
from dojang.wire import json

__all__ = [
    "as_object",
    "instant",
    "notes",
    "out",
    "print_object",
    "print_table",
    "print_unreadable",
    "printable",
    "progress",
]

#: Columns where nobody looks, as in a file: nothing is cut.
_WIDE = 400

out = Console(highlight=False, markup=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def as_object(record: Record) -> dict[str, Any]:
    """Return a session without its data, for JSON."""
    return {
        "handle": record.handle,
        "user": record.user,
        "created": instant(record.created),
        "seen": instant(record.seen),
        "expires": None if record.expires is None else instant(record.expires),
        "login": None
        if record.login is None
        else {"at": instant(record.login.at), "methods": [*record.login.methods]},
        "remember": record.remember,
        "address": record.device.address,
        "agent": record.device.agent,
    }


def progress(*columns: ProgressColumn) -> Progress:
    """Return a bar for people who look, and nothing for a file."""
    return Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal)


def print_object(value: dict[str, Any]) -> None:
    """Print one line of JSON."""
    out.out(json.dumps(value), highlight=False)


def print_table(records: Iterable[Record]) -> None:
    """Print one line for each session."""
    columns = ("handle", "user", "created", "last seen", "expires", "address", "user agent")
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    table.columns[0].no_wrap = True
    for record in records:
        table.add_row(*(Text(cell) for cell in _cells(record)))
    console = out if out.is_terminal else Console(width=_WIDE, highlight=False)
    console.print(table)


def print_unreadable(verdict: str, sessions: Iterable[Unreadable]) -> None:
    """Print, beside the output, one line for each session that was met in vain."""
    for session in sessions:
        notes.print(printable(f"{verdict}: {session.handle}: {session.why}"))


def instant(milliseconds: int) -> str:
    """Return unix milliseconds as RFC 3339 has them, to the second."""
    at = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return at.isoformat().replace("+00:00", "Z")


def printable(text: str) -> str:
    """Return `text` with what would move the cursor of a terminal, or worse, as escapes."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _cells(record: Record) -> tuple[str, ...]:
    return (
        printable(record.handle),
        "" if record.user is None else printable(str(record.user)),
        instant(record.created),
        instant(record.seen),
        "never" if record.expires is None else instant(record.expires),
        printable(record.device.address),
        printable(record.device.agent),
    )
