"""A QR code as the outline of its dark squares, for an SVG that stands in the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import segno

__all__ = ["Picture", "picture"]

_QUIET = 4  # squares around it that are light. Source: ISO/IEC 18004 section 5.3.8


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws.

    Attributes:
        size: Of its side, in squares.
        path: For the `d` of one `<path>`.
    """

    size: int
    path: str


def picture(text: str) -> Picture:
    """Return the QR code of `text`, which phones read off a screen."""
    code = segno.make_qr(text, error="m")
    rows = [[bool(square) for square in row] for row in code.matrix]
    return Picture(
        size=len(rows) + 2 * _QUIET,
        path="".join(line for y, row in enumerate(rows) for line in _runs(row, y + _QUIET)),
    )


def _runs(row: list[bool], y: int) -> Iterator[str]:
    x = _QUIET
    for dark, squares in groupby(row):
        length = len(list(squares))
        if dark:
            yield f"M{x} {y}h{length}v1h-{length}z"
        x += length
