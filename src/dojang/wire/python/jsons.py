"""JSON as Python's `json` writes it, which peers in Python sign."""

import json
from collections.abc import Mapping
from typing import cast

from dojang.errors import NotJson
from dojang.wire.json import dumps as checked

__all__ = ["dumps"]


def dumps(
    value: object, *, compact: bool = True, ascii: bool = True, ordered: bool = False
) -> bytes:
    """Return `value` as the text that `json.dumps` gives for it, in UTF-8.

    Args:
        value: What `dojang.wire.json.dumps` takes.
        compact: Whether without spaces.
        ascii: Whether every other character is escaped.
        ordered: Whether members stand in the order of their names.

    Raises:
        NotJson: Something in it is not JSON, an integer that JavaScript would round, or, where it
            would not be escaped, half a surrogate pair.

    Source: Python 3.11 (`json.dumps`).
    """
    checked(value)  # for what it refuses, and where it says that stands
    text = json.dumps(
        value,
        ensure_ascii=ascii,
        separators=(",", ":") if compact else None,
        sort_keys=ordered,
        default=_object,
    )
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotJson("session", "has half a surrogate pair, which UTF-8 cannot carry") from None


def _object(value: object) -> dict[str, object]:
    # All that is JSON to us and not to Python: a mapping that is no dict.
    return dict(cast("Mapping[str, object]", value))
