"""The public name of a session that has an id."""

import hashlib

from dojang.wire import base64url

__all__ = ["handle_of"]


def handle_of(id: str) -> str:
    """Return the handle of a session id: what a store files it under and device lists show.

    The first 128 bits of its SHA-256. Who knows a handle cannot find an id that has it.
    """
    return base64url.encode(hashlib.sha256(id.encode("utf-8")).digest()[:16])
