"""What a terminal gets to see: text that it cannot misread, and that it has letters for."""

import codecs
import sys
from io import TextIOWrapper

from dojang.wire.printable import escape, escaped

__all__ = ["escaped", "prepare"]

_ESCAPING = "dojang-escape"


def prepare() -> None:
    """Let standard output and error take every text, whatever encoding they have."""
    codecs.register_error(_ESCAPING, _replacement)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_ESCAPING)


def _replacement(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(escape(char) for char in wrong), error.end
