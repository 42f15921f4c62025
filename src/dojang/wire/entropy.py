"""The one door to randomness."""

import secrets

from dojang.wire import base64url

__all__ = ["random_bytes", "token"]


def random_bytes(count: int) -> bytes:
    """Return `count` bytes from the operating system's generator."""
    return secrets.token_bytes(count)


def token(count: int) -> str:
    """Return `count` random bytes as canonical base64url: 16 give 22 characters, 32 give 43."""
    return base64url.encode(secrets.token_bytes(count))
