"""The only JSON: text equal to JavaScript's `JSON.stringify`, and a strict reading of it."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring
from typing import Any, cast

from dojang.errors import Malformed, NotJson
from dojang.wire.js import number

__all__ = ["MAX_DEPTH", "dumps", "loads", "loads_any", "loads_object"]

#: Objects and lists inside each other. Far beyond any session, well inside both recursion limits.
MAX_DEPTH = 128

#: Object members that look like array indexes come first, in numeric order (ECMA-262 10.1.11.1).
_MAX_INDEX = 2**32 - 2

#: Up to here every integer is a double (ECMA-262 21.1.2.6).
_MAX_SAFE = 2**53 - 1


def dumps(value: object, *, root: str = "session") -> str:
    """Return `value` as the text JavaScript's `JSON.stringify` gives for the same value.

    No spaces, non-ASCII as it is, lone surrogates escaped, `1.0` as `1`, members that look like
    array indexes first. An integer that JavaScript would round is refused rather than changed.

    Args:
        value: `None`, `bool`, `int`, `float`, `str`, and lists, tuples and mappings of them, at
            most `MAX_DEPTH` inside each other. Keys are `str`.
        root: What to call the outermost value in an error.

    Raises:
        NotJson: Something else is in it, NaN or an infinity, or an integer whose digits
            JavaScript would change; the error names where.

    Source: ECMA-262 section 25.5.2.
    """
    text = _plain(value)
    if text is not None:
        return text
    pieces: list[str] = []
    try:
        _write(value, pieces.append, MAX_DEPTH)
    except _Unwritable as unwritable:
        raise NotJson(_path(root, unwritable.steps), unwritable.problem) from None
    return "".join(pieces)


def loads(text: str | bytes, *, exact: bool = False) -> Any:
    """Return the value that JavaScript's `JSON.parse` gives for `text`.

    Whole numbers without an exponent are `int`, with the digits JavaScript would write.

    Args:
        text: Any text is safe to pass. Bytes are UTF-8 without a byte order mark. Lone surrogates
            may be escaped.
        exact: Whether an integer that JavaScript would round is refused, for what Python wrote.

    Raises:
        Malformed: Not JSON, a member twice, NaN, a number beyond what a double holds, or deeper
            than `MAX_DEPTH`.

    Source: RFC 8259; ECMA-262 section 25.5.1, except that duplicates are refused.
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        value = _decode(decoded, exact=exact)
    except (ValueError, RecursionError):
        wanted = "expected JSON without duplicates, NaN or excessive depth"
        raise Malformed(f"{wanted}, its integers as doubles" if exact else wanted) from None
    if decoded.count("[") + decoded.count("{") > MAX_DEPTH and not _shallow(value, MAX_DEPTH):
        raise Malformed(f"expected JSON at most {MAX_DEPTH} deep")
    return value


def loads_any(text: str) -> Any:
    """Return the value that `text` spells, though it has members twice, NaN or an infinity.

    For files that other programs wrote and people look at, never for what is trusted: of a member
    that stands twice the last counts.

    Args:
        text: Any text is safe to pass.

    Raises:
        Malformed: Not even that.

    Source: RFC 8259 section 4.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("expected JSON") from None


def loads_object(text: str | bytes, *, exact: bool = False) -> dict[str, Any]:
    """Return the JSON object that `text` spells.

    Raises:
        Malformed: As `loads`, or the text spells something other than an object.
    """
    value = loads(text, exact=exact)
    if not isinstance(value, dict):
        raise Malformed("expected a JSON object")
    return cast("dict[str, Any]", value)


# The C encoder is ten times as fast as the writer below, and differs from JavaScript only in what
# this finds in its text: numbers with a point, an exponent or more digits than a double holds, keys
# that were no text or look like an index, and lone surrogates. A text that merely looks so takes
# the long way and comes out the same.
_DIFFERS = re.compile(
    r"(?:^|[:,\[])-?(?:[0-9]+[.eE]|[0-9]{16})"
    r'|"(?:-?[0-9][^"]*|true|false|null)":'
    r"|[\ud800-\udfff]"
)
_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode


def _plain(value: object) -> str | None:
    try:
        text = _encode(value)
    except (TypeError, ValueError, RecursionError):
        return None  # the writer below says where and why
    if _DIFFERS.search(text) or text.count("[") + text.count("{") > MAX_DEPTH:
        return None
    return text


class _Unwritable(Exception):
    def __init__(self, problem: str) -> None:
        self.problem = problem
        self.steps: list[str | int] = []


def _write(value: object, put: Any, depth: int) -> None:
    match value:
        case str():
            put(_text(value))
        case None:
            put("null")
        case bool():
            put("true" if value else "false")
        case int():
            put(_integer(value))
        case float():
            put(_finite_number(value))
        case list() | tuple():
            _write_list(cast("Iterable[object]", value), put, depth)
        case Mapping():
            _write_object(cast("Mapping[object, object]", value), put, depth)
        case _:
            raise _Unwritable(f"is a {type(value).__name__}, which JSON does not have")


def _write_list(items: Iterable[object], put: Any, depth: int) -> None:
    if not depth:
        raise _Unwritable(f"is nested deeper than {MAX_DEPTH}")
    separator = "["
    for index, item in enumerate(items):
        put(separator)
        separator = ","
        try:
            _write(item, put, depth - 1)
        except _Unwritable as unwritable:
            unwritable.steps.append(index)
            raise
    put("[]" if separator == "[" else "]")


def _write_object(members: Mapping[object, object], put: Any, depth: int) -> None:
    if not depth:
        raise _Unwritable(f"is nested deeper than {MAX_DEPTH}")
    separator = "{"
    for key in _in_order(members):
        put(separator + _text(key) + ":")
        separator = ","
        try:
            _write(members[key], put, depth - 1)
        except _Unwritable as unwritable:
            unwritable.steps.append(key)
            raise
    put("{}" if separator == "{" else "}")


def _in_order(members: Mapping[object, object]) -> Iterable[str]:
    for key in members:
        if not isinstance(key, str):
            raise _Unwritable(f"has the key {key!r}, a {type(key).__name__}; JSON keys are text")
    keys = cast("Mapping[str, object]", members)
    indexes = [key for key in keys if _is_index(key)]
    if not indexes:
        return keys
    return [*sorted(indexes, key=int), *(key for key in keys if not _is_index(key))]


def _is_index(key: str) -> bool:
    if not (key.isascii() and key.isdigit() and len(key) <= len(str(_MAX_INDEX))):
        return False
    return (key == "0" or key[0] != "0") and int(key) <= _MAX_INDEX


def _text(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return _text_with_surrogates(value)
    return encode_basestring(value)


def _text_with_surrogates(value: str) -> str:
    # JavaScript sees UTF-16: two halves that happen to meet are one character.
    joined = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return "".join(
        f"\\u{ord(char):04x}" if "\ud800" <= char <= "\udfff" else char
        for char in encode_basestring(joined)
    )


def _integer(value: int) -> str:
    if -_MAX_SAFE <= value <= _MAX_SAFE:
        return int.__repr__(value)
    try:
        text = number.text(float(value))
    except OverflowError:
        raise _Unwritable("is an integer beyond what JavaScript can hold; store text") from None
    if text != int.__repr__(value):
        raise _Unwritable(f"is {value}, which JavaScript would write as {text}; store it as text")
    return text


def _finite_number(value: float) -> str:
    if not math.isfinite(value):
        raise _Unwritable(f"is {value}, which JSON does not have")
    return number.text(value)


def _path(root: str, steps: list[str | int]) -> str:
    path = ""
    for step in reversed(steps):
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".") or root


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("beyond what a double holds")
    return value


def _whole(text: str) -> int | float:
    value = int(text)
    if -_MAX_SAFE <= value <= _MAX_SAFE:
        return value
    rounded = _finite(text)
    return rounded if abs(rounded) >= number.EXPONENT_FROM else int(number.text(rounded))


def _exactly(text: str) -> int:
    value = _whole(text)
    if isinstance(value, float) or value != int(text):
        raise ValueError("an integer that JavaScript would round")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


#: Numbers that JavaScript may read otherwise than Python: long ones, and those with an exponent.
_ODD_NUMBER = re.compile(r"[0-9]{16}|[0-9][eE]")
_decode_plain = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_no_constant).decode
_decode_odd = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_whole,
    parse_float=_finite,
    parse_constant=_no_constant,
).decode
_decode_exact = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_exactly,
    parse_float=_finite,
    parse_constant=_no_constant,
).decode


def _decode(text: str, *, exact: bool) -> Any:
    if not _ODD_NUMBER.search(text):
        return _decode_plain(text)
    return _decode_exact(text) if exact else _decode_odd(text)


def _shallow(value: object, depth: int) -> bool:
    match value:
        case list():
            return depth > 0 and all(_shallow(item, depth - 1) for item in cast("Any", value))
        case dict():
            return depth > 0 and all(
                _shallow(item, depth - 1) for item in cast("dict[str, Any]", value).values()
            )
        case _:
            return True
