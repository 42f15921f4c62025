"""The doctor's answers in a terminal, and for programs."""

from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dojang.cli.doctor_question import Asked
from dojang.cli.printing import put
from dojang.cli.terminal import escaped
from dojang.doctor import Reason, Verdict
from dojang.doctor.verdict import grouped
from dojang.doctor.words import address, redacted
from dojang.wire import json

__all__ = ["as_json", "show"]

#: Characters of a line where nobody looks at it.
_UNBROKEN = 1000

_YES, _NO = Text("✓ ", "bold green"), Text("✗ ", "bold red")
_MARKS = {"not-stored": ("✗", "bold red"), "not-sent": ("✗", "bold red"), "note": ("!", "yellow")}


def as_json(answers: list[Asked]) -> str:
    """Return the answers as JSON, without any cookie's value."""
    document = json.dumps(
        [
            {
                "url": address(answer.exchange.url),
                "set_cookie": redacted(answer.set_cookie),
                "browsers": {
                    name: asdict(verdict)
                    for name, verdict in zip(answer.browsers, answer.verdicts, strict=True)
                },
            }
            for answer in answers
        ],
        root="verdicts",
    )
    return escaped(document)


def show(answers: list[Asked], *, everything: bool) -> None:
    """Print the answers.

    Args:
        answers: With their verdicts.
        everything: Whether lines to paste are shown for every reason, or for the first alone.
    """
    for answer in answers:
        # What goes into a file keeps its lines, so that they can be pasted.
        put(Group(*_answer(answer, everything=everything)), width=_UNBROKEN)


def _answer(answer: Asked, *, everything: bool) -> Iterator[Text | Table | Padding]:
    yield Text(redacted(answer.set_cookie), "bold")
    yield Text(_story(answer), "dim")
    yield Text()
    yield _overview(answer.verdicts)
    for index, (reason, browsers) in enumerate(grouped(answer.verdicts)):
        yield Text()
        yield from _reason(reason, browsers, lines=everything or index == 0)


def _story(answer: Asked) -> str:
    exchange = answer.exchange
    where = f"from {address(exchange.url)}"
    if not exchange.pages:
        return f"{where}, visited directly"
    mode = f", credentials {exchange.credentials}" if exchange.way == "fetch" else ""
    return f"{where}, asked by a page of {address(exchange.pages[-1])} ({exchange.way}{mode})"


def _overview(verdicts: tuple[Verdict, ...]) -> Table:
    table = Table.grid(padding=(0, 3, 0, 0))
    for verdict in verdicts:
        table.add_row(
            verdict.browser,
            _word(verdict.stored, "stored", "not stored"),
            _word(verdict.sent, "sent back", "not sent back"),
            Text("" if verdict.confidence == "measured" else verdict.confidence, "dim italic"),
        )
    return table


def _word(good: object, yes: str, no: str) -> Text:
    return _YES + Text(yes) if good else _NO + Text(no)


def _reason(reason: Reason, browsers: list[str], *, lines: bool) -> Iterator[Text | Padding]:
    mark, style = _MARKS[reason.effect]
    title = Text(f"{mark} {reason.code}", style)
    yield title + Text(f"  {', '.join(browsers)}", "not bold dim")
    yield Padding(Text(f"{reason.fact}."), (0, 0, 0, 2))
    yield Padding(Text("→ ", "green") + Text(f"{reason.advice}."), (0, 0, 0, 2))
    if lines and reason.remedies:
        yield Padding(_lines(reason), (0, 0, 0, 4))
    yield Padding(Text(f"{reason.row} · {reason.spec}", "dim"), (0, 0, 0, 2))


def _lines(reason: Reason) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for remedy in reason.remedies:
        for line in remedy.line.splitlines():
            table.add_row(remedy.tool, line)
    return table
