"""What a session may hold, the awkward things more often than chance would have it."""

from collections.abc import Sequence
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from dojang.wire import json
from dojang.wire.js import number
from tests.counts import scaled

__all__ = ["INHERITED", "OBJECTS", "TEXTS", "VALUES", "altered", "counted", "objects", "written"]

#: Each property holds for this many payloads in a proof.
counted = settings(max_examples=scaled(2_500), deadline=None)


def _joined(text: str) -> str:
    """Two halves that happen to meet are one character, in JavaScript and here from now on."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


#: Any text of JavaScript, lone surrogates included.
TEXTS = st.text(st.characters(codec=None, categories=None)).map(_joined)

#: Without `__proto__`, which has tests of its own wherever it means something.
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


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4)


#: What every object of JavaScript has: a library that looks a name up may find these.
INHERITED = frozenset(
    ["constructor", "toString", "toLocaleString", "valueOf", "hasOwnProperty", "isPrototypeOf",
     "propertyIsEnumerable", "__proto__", "__defineGetter__", "__defineSetter__",
     "__lookupGetter__", "__lookupSetter__"]
)  # fmt: skip

VALUES = st.recursive(_SCALARS, _nested, max_leaves=12)


def objects(*, without: frozenset[str] = frozenset()) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects without the members that a library keeps for itself."""
    keys = _KEYS.filter(lambda key: key not in without)
    return st.dictionaries(keys, VALUES, max_size=5)


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
