"""What `dojang inspect` found, in a terminal and for programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.console import Group
from rich.highlighter import JSONHighlighter
from rich.json import JSON
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dojang.cli.printing import put
from dojang.cli.terminal import escaped
from dojang.inspection import Guess, Opening
from dojang.wire import json

__all__ = ["Inspected", "as_json", "show"]


@dataclass(frozen=True, slots=True)
class Inspected:
    """Everything that is known of one token.

    Attributes:
        name: Of the cookie, or empty.
        guess: What it is.
        opening: What came of the secrets; None where none was given.
        weak: For each secret what is wrong with it.
        now: Unix milliseconds.
    """

    name: str
    guess: Guess
    opening: Opening | None
    weak: list[str | None]
    now: int

    @property
    def expires(self) -> int | None:
        """When it ends, in unix milliseconds; None where it does not, or nobody can tell."""
        inside = self.opening.expires if self.opening else None
        return inside if inside is not None else self.guess.expires

    @property
    def payload(self) -> object:
        """What is inside; None where nobody can tell."""
        inside = self.opening.payload if self.opening else None
        return inside if inside is not None else self.guess.payload


def as_json(found: Inspected) -> str:
    """Return it as JSON, which has no secret in it."""
    guess, opening = found.guess, found.opening
    weak = [{"secret": number, "problem": problem} for number, problem in _weak(found)]
    document = {
        "name": found.name or None,
        "kind": guess.kind,
        "title": guess.title,
        "confidence": guess.confidence,
        "facts": guess.facts,
        "payload": found.payload,
        "expires": found.expires,
        "secret": opening.secret if opening else None,
        "accepted": opening.refused is None if opening else None,
        "refused": opening.refused.code if opening and opening.refused else None,
        "weak_secrets": weak,
    }
    return escaped(json.dumps(document, root="token"))


def show(found: Inspected) -> None:
    """Print it."""
    put(Group(*_lines(found)))


def _lines(found: Inspected) -> Iterator[Text | Table | Padding]:
    title = Text(found.guess.title, "bold") + Text(f"  {found.guess.confidence}", "not bold dim")
    yield title
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    for name, value in _rows(found):
        table.add_row(name, escaped(value) if isinstance(value, str) else value)
    yield Padding(table, (0, 0, 0, 2))
    payload = found.payload
    if payload is not None:
        yield Text()
        yield Padding(_pretty(payload), (0, 0, 0, 2))
    for number, problem in _weak(found):
        yield Text()
        yield Text(f"! secret {number} is {problem}; `dojang keys new` prints a good one", "yellow")


def _pretty(payload: object) -> Text:
    text = JSON(json.dumps(payload, root="payload"), indent=2).text.plain
    return JSONHighlighter()(escaped(text))


def _rows(found: Inspected) -> Iterator[tuple[str, str | Text]]:
    if found.name:
        yield "cookie", found.name
    yield from found.guess.facts.items()
    if found.expires is not None:
        yield "ends", moment(found.expires, found.now)
    opening = found.opening
    if opening is None:
        readable = found.payload is not None
        yield "inside", Text("anybody can read it" if readable else "needs a secret", "dim")
        return
    if opening.secret is not None:
        newest = "" if opening.secret == 1 else ", not the newest"
        yield "made by", f"secret {opening.secret} of {len(found.weak)}{newest}"
    if opening.note:
        yield "note", opening.note
    if opening.refused is None:
        yield "accepted", Text("yes, now", "green")
    else:
        yield "accepted", Text(f"no: {opening.refused.code}, {opening.refused}", "bold red")


def _weak(found: Inspected) -> list[tuple[int, str]]:
    return [(number, problem) for number, problem in enumerate(found.weak, 1) if problem]


def moment(instant: int, now: int) -> str:
    """Return an instant and how far away it is."""
    try:
        when = datetime.fromtimestamp(instant / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return f"{instant} ms"
    distance = timedelta(seconds=round(abs(instant - now) / 1000))
    told = f"in {distance}" if instant > now else f"{distance} ago"
    return f"{when:%Y-%m-%d %H:%M:%S} UTC, {told}"
