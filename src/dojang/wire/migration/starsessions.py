"""What starsessions stores."""

from dataclasses import dataclass
from typing import Any, cast

from dojang.wire import json

__all__ = ["PREFIX", "Stored", "read"]

#: Of its keys, unless the store was given another.
PREFIX = "starsessions."

_METADATA = "__metadata__"

#: Seconds at the end of the calendar.
_LAST = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Stored:
    """One session.

    Attributes:
        data: The application's.
        created: When it began, in unix milliseconds; None where that is not said.
        seen: When it was last used, likewise.
        lasting: Whether its cookie outlives the browser.
    """

    data: dict[str, Any]
    created: int | None
    seen: int | None
    lasting: bool


def read(value: bytes) -> Stored:
    """Return the session that a value spells.

    Args:
        value: What is stored; any bytes are safe to pass.

    Raises:
        Malformed: Not a JSON object, as the serializer writes that it comes with.

    Source: starsessions 2.2.1 (`SessionHandler.save`).
    """
    data = json.loads_object(value, exact=True)
    found = data.pop(_METADATA, None)
    known = cast("dict[str, object]", found if isinstance(found, dict) else {})
    return Stored(
        data,
        _instant(known.get("created")),
        _instant(known.get("last_access")),
        lasting=known.get("lifetime") != 0,
    )


def _instant(seconds: object) -> int | None:
    if not isinstance(seconds, int | float) or not 0 <= seconds <= _LAST:
        return None
    return int(seconds * 1000)
