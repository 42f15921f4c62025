"""What jose does in its own way: secrets of any length, and spans of time in words.

Its tokens are those of `jwt`: header and claims in the order in which they are given.
"""

from collections.abc import Sequence

from dojang.wire.jose.algorithms import HMAC_HASHES
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.spans import jose_seconds

__all__ = ["numeric_date", "secret_key"]


def secret_key(secret: str | bytes, *, algorithms: Sequence[str] | None = None) -> Key:
    """Return what jose takes as `new TextEncoder().encode(secret)`: any length but none.

    Args:
        secret: Text counts in UTF-8.
        algorithms: Those accepted; by default the three HMACs.

    Raises:
        WeakSecret: It is empty, or the text of a key.
        Misuse: An algorithm is not for secrets.

    Source: jose 6.2.17, which takes an HMAC secret of any length.
    """
    return Key.from_secret(secret, algorithms=algorithms or (*HMAC_HASHES,), allow_short=True)


def numeric_date(when: float | str, *, now: int) -> float:
    """Return the unix seconds that `setExpirationTime`, `setNotBefore` and `setIssuedAt` write.

    Args:
        when: Unix seconds, written as they are; or a span such as `2h` or `5 minutes ago`.
        now: Unix milliseconds.

    Raises:
        Misuse: A text that is not a span.

    Source: jose 6.2.17 (`jwt_claims_set`).
    """
    return now // 1000 + jose_seconds(when) if isinstance(when, str) else when
