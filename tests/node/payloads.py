"""What a session may hold, the awkward things more often than chance would have it."""

from collections.abc import Sequence
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from dojang.wire import json
from dojang.wire.js import number
from tests.counts import scaled

__all__ = [
    "ALL_VALUES",
    "INHERITED",
    "OBJECTS",
    "TEXTS",
    "VALUES",
    "altered",
    "counted",
    "objects",
    "written",
]

#: Each property holds for this many payloads in a proof.
counted = settings(max_examples=scaled(2_500), deadline=None)


def _joined(text: str) -> str:
    """Two halves that happen to meet are one character, in JavaScript and here from now on."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


#: Any text of JavaScript, lone surrogates included.
TEXTS = st.text(st.characters(codec=None, categories=None)).map(_joined)

#: Without `__proto__`, which not every library carries.
_KEYS = TEXTS.filter(lambda text: text != "__proto__") | st.sampled_from(
    ["", "0", "2", "10", "01", "-1", "1.5", "4294967294", "4294967295", "constructor", "prototype",
     "toString", "length", "null", "true", "user.id", "persistent", "$b64", "~2", "é", "a b", "."]
)  # fmt: skip

#: Integers that a double holds, with the digits JavaScript writes.
_LARGE = st.integers(2**53, 10**20).map(lambda whole: int(number.text(float(whole))))

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | _LARGE
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)


#: With the name that assigning takes for an object's parent, and `JSON.parse` for a member.
_ALL_KEYS = _KEYS | st.just("__proto__")


def _values(keys: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        _SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )


#: What every object of JavaScript has: a library that looks a name up may find these.
INHERITED = frozenset(
    ["constructor", "toString", "toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf",
     "propertyIsEnumerable", "__proto__", "__defineGetter__", "__defineSetter__",
     "__lookupGetter__", "__lookupSetter__"]
)  # fmt: skip

VALUES = _values(_KEYS)

#: For a library that carries `__proto__` as it carries any other member.
ALL_VALUES = _values(_ALL_KEYS)


def objects(
    *, without: frozenset[str] = frozenset(), proto: bool = False
) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects without the members that a library keeps for itself.

    Args:
        without: Their names.
        proto: Whether a member may be called `__proto__`, at any depth.
    """
    keys, values = (_ALL_KEYS, ALL_VALUES) if proto else (_KEYS, VALUES)
    return st.dictionaries(keys.filter(lambda key: key not in without), values, max_size=5)


OBJECTS = objects()


def altered(data: st.DataObject, text: str, places: Sequence[int], alphabet: str) -> str:
    """Return `text` with another character of `alphabet` at one of `places`."""
    place, drawn = data.draw(st.sampled_from(places)), data.draw(st.sampled_from(alphabet))
    # What is drawn must not depend on a text that is another in every run.
    other = drawn if drawn != text[place] else alphabet[alphabet.index(drawn) - 1]
    return text[:place] + other + text[place + 1 :]


def written(value: object) -> str:
    """Return the one text of a value: two that are equal here are equal in JavaScript."""
    return json.dumps(value)
