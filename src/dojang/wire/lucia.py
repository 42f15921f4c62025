"""The session cookie of Lucia 3: an id that nothing signs."""

import base64

from dojang.errors import Malformed, Oversized
from dojang.wire import entropy
from dojang.wire.js import percent

__all__ = ["decode", "encode", "new_id"]

#: Characters that are looked at, inclusive.
MAX_LENGTH = 1_024

_ID_BYTES = 25


def new_id() -> str:
    """Return a random id as Lucia makes them: 200 bits as 40 characters of base32, in lower case.

    Source: Lucia 3.2.2 (`generateIdFromEntropySize`).
    """
    return base64.b32encode(entropy.random_bytes(_ID_BYTES)).decode("ascii").lower()


def encode(id: str) -> str:
    """Return the value of the cookie for a session.

    Args:
        id: Any text that is not empty; an application may have ids of its own.

    Raises:
        Malformed: `id` is empty or has a lone surrogate.

    Source: Lucia 3.2.2, oslo 1.2.1 (`serializeCookie`).
    """
    if not id:
        raise Malformed("expected an id; an empty cookie is one that is deleted")
    return percent.encode(id)


def decode(text: str) -> str:
    """Return the id that `encode` was given; only the store knows whether there is such a session.

    Args:
        text: Any text is safe to pass; only the spelling that `encode` writes is good.

    Raises:
        Oversized: Longer than `MAX_LENGTH`.
        Malformed: Empty, or not percent-encoded as JavaScript does.

    Source: Lucia 3.2.2 (`readSessionCookie`).
    """
    if len(text) > MAX_LENGTH:
        raise Oversized(f"{len(text)} characters, at most {MAX_LENGTH} are looked at")
    id = percent.decode(text)
    if not id or percent.encode(id) != text:
        raise Malformed("expected an id, percent-encoded as JavaScript does")
    return id
