"""Shared secrets: how long they have to be, and what is none."""

import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dojang.errors import WeakSecret
from dojang.wire.jose.algorithms import HMAC_HASHES, SECRET_BYTES

__all__ = ["check"]

#: Begins of keys in PEM, OpenSSH and JWK, whatever stands before them.
_KEY_TEXT = re.compile(rb'-----BEGIN |(?:^|\s)(?:ssh|sk|ecdsa)-[a-z0-9@.-]+ AAAA|"kty"\s*:')


def check(secret: bytes, algorithms: tuple[str, ...], *, allow_short: bool) -> None:
    """Return if `secret` may be used with each of `algorithms`.

    Args:
        secret: Any bytes.
        algorithms: Of those for secrets.
        allow_short: Whether an HMAC may have less than its hash is long.

    Raises:
        WeakSecret: It is empty, too short, of the wrong length, or the text of a key that has a
            public half, which anybody could sign with.

    Source: RFC 7518 sections 3.2 and 4; RFC 8725 sections 3.1 and 3.5.
    """
    if not secret:
        raise WeakSecret("a secret is empty; `dojang keys new` prints a good one")
    if _KEY_TEXT.search(secret) or _is_public_der(secret):
        raise WeakSecret("this is the text of a key, not a secret: Key.from_pem or from_jwk")
    for algorithm in algorithms:
        _check_length(len(secret), algorithm, allow_short=allow_short)


def _check_length(size: int, algorithm: str, *, allow_short: bool) -> None:
    wanted = SECRET_BYTES.get(algorithm, size)
    if algorithm not in HMAC_HASHES:
        if size != wanted:
            raise WeakSecret(f"{algorithm} wants a secret of {wanted} bytes, not {size}")
    elif size < wanted and not allow_short:
        raise WeakSecret(
            f"a secret of {size} bytes is too short for {algorithm}, at least {wanted} are "
            "needed; `dojang keys new` prints a good one"
        )


def _is_public_der(data: bytes) -> bool:
    if not data.startswith(b"\x30"):
        return False
    try:
        load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True
