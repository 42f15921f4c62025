"""Pickle is a program and not a format: whoever loads one runs whatever is in it."""

from dojang.errors import Malformed

__all__ = ["refuse"]

#: What every pickle begins with since protocol 2, and nothing else here that is longer.
_BEGIN = b"\x80"


def refuse(data: bytes, remedy: str) -> None:
    """Look at the first byte, and load nothing.

    Raises:
        Malformed: It is a pickle.
    """
    if data.startswith(_BEGIN) and len(data) > 1:
        raise Malformed(f"pickled, and loading a pickle runs whatever is in it; {remedy}")
