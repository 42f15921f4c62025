"""Texts that were tampered with: all the small ways there are, and any number of wild ones."""

import random
import string
from collections.abc import Iterator, Sequence

#: What a character is changed into: all that prints, and what should not be there at all.
CHARACTERS = string.printable + "\x00\x7fé한\ud800"

#: What formats are made of.
_PIECES = [b"*", b".", b"~2", b"%", b"=", b"==", b"%2A", b"s:", b"j:", b"Fe26.2", b"..", b"{}"]
_PIECES += [b"\x00", b"\n", "é".encode(), b"\xed\xa0\x80", b"null", b"9" * 17, b"-1", b"eyJ"]


def changes(text: str) -> Iterator[str]:
    """Yield `text` with one character changed, for every place and character."""
    for place, old in enumerate(text):
        for new in CHARACTERS:
            if new != old:
                yield text[:place] + new + text[place + 1 :]


def cuts(text: str) -> Iterator[str]:
    """Yield `text` with a character gone or doubled, and all its beginnings and ends."""
    for place, char in enumerate(text):
        yield text[:place] + text[place + 1 :]
        yield text[:place] + char + text[place:]
        yield text[:place]
        yield text[place + 1 :]


def swaps(text: str, other: str, between: str) -> Iterator[str]:
    """Yield `text` with two fields in each other's place, gone, empty, or out of `other`."""
    fields, others = text.split(between), other.split(between)
    for one in range(len(fields)):
        yield between.join(fields[:one] + fields[one + 1 :])
        yield between.join([*fields[:one], "", *fields[one + 1 :]])
        for two, field in enumerate(others):
            yield between.join([*fields[:one], field, *fields[one + 1 :]])
            if one < two < len(fields):
                swapped = list(fields)
                swapped[one], swapped[two] = swapped[two], swapped[one]
                yield between.join(swapped)


def mutated(seeds: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """Yield `count` texts made of `seeds` by some changes to their bytes."""
    chance = random.Random(seed)
    raw = [text.encode("utf-8", "surrogatepass") for text in seeds]
    for _ in range(count):
        data = bytearray(chance.choice(raw))
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            _change(data, raw, chance)
        encoding, errors = chance.choice((("latin-1", "strict"), ("utf-8", "surrogateescape")))
        yield data.decode(encoding, errors)


def _change(data: bytearray, raw: Sequence[bytes], chance: random.Random) -> None:
    start = chance.randint(0, len(data))
    end = min(len(data), start + chance.choice((1, 1, 2, 16, 64)))
    match chance.randrange(7):
        case 0:
            data[start:end] = chance.randbytes(end - start)
        case 1 if start < end:
            data[start] ^= 1 << chance.randrange(8)
        case 2:
            del data[start:end]
        case 3:
            data[start:start] = data[start:end] * chance.choice((1, 1, 2, 500))
        case 4:
            data[start:end] = chance.choice(_PIECES)
        case 5:
            other = chance.choice(raw)
            data[start:] = other[chance.randint(0, len(other)) :]
        case _:
            data[start:start] = chance.choice(_PIECES)
