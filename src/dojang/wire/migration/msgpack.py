"""MessagePack, as far as it says what JSON says."""

import math
import struct

from dojang.errors import Malformed
from dojang.wire.json import MAX_DEPTH

__all__ = ["loads"]

# What the first byte of a value says.
_SMALL, _NEGATIVE = range(0x80), range(0xE0, 0x100)
_MAPS, _ARRAYS, _TEXTS = range(0x80, 0x90), range(0x90, 0xA0), range(0xA0, 0xC0)
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
_BYTES = range(0xC4, 0xC7)
_NUMBERS = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h",
    0xD2: ">i", 0xD3: ">q",
}  # fmt: skip

#: Those whose length is a number of its own: what they are, and how that is laid out.
_LONG = {
    0xD9: (_TEXTS, ">B"), 0xDA: (_TEXTS, ">H"), 0xDB: (_TEXTS, ">I"),
    0xDC: (_ARRAYS, ">H"), 0xDD: (_ARRAYS, ">I"), 0xDE: (_MAPS, ">H"), 0xDF: (_MAPS, ">I"),
}  # fmt: skip


def loads(data: bytes) -> object:
    """Return the value that `data` spells.

    Args:
        data: Any bytes are safe to pass.

    Raises:
        Malformed: Not MessagePack, more than one value, deeper than JSON may be, or something in it
            that JSON does not have: bytes, a time, a member whose name is no text or stands twice.

    Source: the MessagePack specification; msgspec 0.22.0.
    """
    reader = _Reader(data)
    value = reader.value(MAX_DEPTH)
    if reader.left:
        raise Malformed("more than one value")
    return value


class _Reader:
    """Goes through bytes once."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def value(self, depth: int) -> object:
        first = self._take(1)[0]
        if first in _SMALL:
            return first
        if first in _NEGATIVE:
            return first - _NEGATIVE.stop
        if first in _CONSTANTS:
            return _CONSTANTS[first]
        if first in _NUMBERS:
            return _finite(self._number(_NUMBERS[first]))
        kind, length = self._sized(first)
        if kind is _TEXTS:
            return self._text(length)
        # Each member takes a byte at least: a length that is a lie costs nothing.
        if length > self.left or depth < 1:
            raise Malformed("cut short, or too deep")
        if kind is _ARRAYS:
            return [self.value(depth - 1) for _ in range(length)]
        return self._map(length, depth - 1)

    def _sized(self, first: int) -> tuple[range, int]:
        """Return what begins here, and how many bytes or members it has."""
        if first in _LONG:
            kind, layout = _LONG[first]
            return kind, int(self._number(layout))
        for kind in (_MAPS, _ARRAYS, _TEXTS):
            if first in kind:
                return kind, first - kind.start
        what = "bytes" if first in _BYTES else "a value of a type"
        raise Malformed(f"{what} that JSON does not have")

    def _map(self, length: int, depth: int) -> dict[str, object]:
        members: dict[str, object] = {}
        for _ in range(length):
            name = self.value(depth)
            if not isinstance(name, str) or name in members:
                raise Malformed("a member whose name is no text, or stands twice")
            members[name] = self.value(depth)
        return members

    def _text(self, length: int) -> str:
        try:
            return self._take(length).decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("a text that is not UTF-8") from None

    def _number(self, layout: str) -> float:
        number: float
        (number,) = struct.unpack(layout, self._take(struct.calcsize(layout)))
        return number

    def _take(self, count: int) -> bytes:
        if count > self.left:
            raise Malformed("cut short")
        self._at += count
        return self._data[self._at - count : self._at]


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise Malformed(f"{number}, which JSON does not have")
    return number
