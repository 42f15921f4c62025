"""The one door to randomness."""

import secrets

from dojang.wire import base64url

__all__ = ["digits", "random_bytes", "token", "uuid"]


def random_bytes(count: int) -> bytes:
    """Return `count` bytes from the operating system's generator."""
    return secrets.token_bytes(count)


def token(count: int) -> str:
    """Return `count` random bytes as canonical base64url: 16 give 22 characters, 32 give 43."""
    return base64url.encode(secrets.token_bytes(count))


def digits(count: int) -> str:
    """Return `count` random decimal digits, each text of them as likely as any other."""
    return f"{secrets.randbelow(10**count):0{count}}"


def uuid() -> str:
    """Return a random UUID, version 4: 122 random bits as 36 characters (RFC 9562 section 5.4)."""
    digits = secrets.token_bytes(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
