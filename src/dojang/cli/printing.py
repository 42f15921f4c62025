"""Printing what Rich lays out."""

import sys

from rich.console import Console, RenderableType
from rich.padding import Padding

__all__ = ["put"]


def put(part: RenderableType, *, width: int | None = None) -> None:
    """Print `part` after an empty line, its lines no longer than they have to be.

    Args:
        part: What Rich shows.
        width: Characters of a line where nobody looks at it, or None for as many as usual.
    """
    console = Console(highlight=False, width=None if sys.stdout.isatty() else width)
    with console.capture() as captured:
        console.print(Padding(part, (1, 0, 0, 1)))
    for line in captured.get().splitlines():
        sys.stdout.write(f"{line.rstrip()}\n")
