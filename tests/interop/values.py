"""Values of a case that JSON lacks, turned into what a reader works with."""

import base64
from typing import Any

from dojang.wire import json
from dojang.wire.js.date import to_iso

UNDEFINED = object()


def plain(value: Any) -> Any:
    """Return a payload as the JSON value that every writer makes of it."""
    match value:
        case {"$date": int(milliseconds)}:
            return to_iso(milliseconds)
        case {"$json": str(text)}:
            return json.loads(text)
        case {"$undefined": True}:
            return UNDEFINED
        case {"$b64": str(text)}:
            return base64.b64decode(text)
        case {"$hex": str(text)}:
            return bytes.fromhex(text)
        case dict():
            members = {key: plain(member) for key, member in value.items()}
            return {key: member for key, member in members.items() if member is not UNDEFINED}
        case list():
            items = [plain(item) for item in value]
            return [None if item is UNDEFINED else item for item in items]
        case _:
            return value


def same(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal, where 1.0 equals 1 and true equals neither."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
