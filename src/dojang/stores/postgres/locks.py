"""Locks that last until the end of a transaction, by what they are for."""

import hashlib

from dojang.stores.drivers.postgres_connections import Statement

__all__ = ["lock"]


def lock(kind: str, name: str = "") -> Statement:
    """Return the statement that waits until nobody else holds the lock, and then holds it.

    Two names that fall on one number wait for each other without need, which does no harm.

    Args:
        kind: What is locked, as `user`.
        name: Which one.
    """
    text = f"dojang {kind} {name}".encode("utf-8", "surrogatepass")
    number = int.from_bytes(hashlib.sha256(text).digest()[:8], "big", signed=True)
    return "SELECT pg_advisory_xact_lock(%(number)s)", {"number": number}
