"""What a terminal gets to see: text that it cannot misread, and that it has letters for."""

import codecs
import sys
from io import TextIOWrapper

__all__ = ["escaped", "prepare"]

_ESCAPING = "dojang-escape"


def escaped(text: str) -> str:
    """Return `text` with whatever a terminal would obey or cannot show as JSON escapes.

    Args:
        text: Any text is safe to pass; line ends stay.
    """
    return "".join(char if char.isprintable() or char == "\n" else _escape(char) for char in text)


def prepare() -> None:
    """Let standard output and error take every text, whatever encoding they have."""
    codecs.register_error(_ESCAPING, _replacement)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_ESCAPING)


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{int.from_bytes(units[at : at + 2]):04x}" for at in range(0, len(units), 2))


def _replacement(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(_escape(char) for char in wrong), error.end
