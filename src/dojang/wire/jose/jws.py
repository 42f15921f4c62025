"""JWS in its compact form: `header.payload.signature` (RFC 7515)."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dojang.errors import BadSignature, Misuse, UnknownKey, WrongAlgorithm
from dojang.extras import extra
from dojang.wire import base64url
from dojang.wire.jose import header as headers
from dojang.wire.jose.algorithms import HMAC_HASHES
from dojang.wire.jose.header import Encoding
from dojang.wire.jose.jwk import Key

__all__ = ["Keys", "Verified", "sign", "verify"]

_PARTS = 3

#: Gives the keys to try for a header, none when it names one that we do not have.
Keys = Callable[[Mapping[str, Any]], Sequence[Key]]


@dataclass(frozen=True, slots=True, repr=False)
class Verified:
    """What a token held, once its signature was found good.

    Attributes:
        payload: The bytes that were signed.
        header: The protected header.
        key: The one that made it.
    """

    payload: bytes
    header: Mapping[str, Any]
    key: Key


def sign(
    payload: bytes,
    header: Mapping[str, object],
    *,
    key: Key,
    header_encoding: Encoding = "utf-8",
) -> str:
    """Return `payload` as `header.payload.signature`.

    Args:
        payload: Any bytes.
        header: Written in its own order; its `alg` is one of the key's.
        key: A secret or the private half of a pair.
        header_encoding: `latin-1` for jsonwebtoken.

    Raises:
        Misuse: The key is not for this `alg`, or is only the public half.
        NotJson: Something in `header` is not JSON.
        MissingExtra: Not an HMAC, and joserfc is not installed.

    Source: RFC 7515 section 5.1.
    """
    algorithm = str(header.get("alg"))
    if algorithm not in key.algorithms or not key.signs:
        raise Misuse(f"a key for {', '.join(key.algorithms)} does not sign with {algorithm}")
    if not key.private:
        raise Misuse("the public half of a key does not sign")
    signed = f"{headers.write(header, header_encoding)}.{base64url.encode(payload)}"
    return f"{signed}.{base64url.encode(_signature(signed.encode('ascii'), algorithm, key))}"


def verify(text: str, keys: Key | Keys, *, header_encoding: Encoding = "utf-8") -> Verified:
    """Return what `sign` was given.

    Args:
        text: Any text is safe to pass.
        keys: The key; or what gives the keys to try, asked once the header is known to be one of
            ours in form. The header chooses among them by its `alg`, and never more than that.
        header_encoding: `latin-1` for jsonwebtoken.

    Raises:
        Oversized: Longer than `MAX_TOKEN`; nothing in it was looked at.
        Malformed: Not three parts of canonical base64url with a JSON header, or one with a member
            that changes the meaning of the token or brings a key along (`crit`, `jwk`).
        UnknownKey: There is no key for this header.
        WrongAlgorithm: No key of these is used with this `alg`; `none` is used with no key.
        BadSignature: No key made the token.
        MissingExtra: Not an HMAC, and joserfc is not installed.

    Source: RFC 7515 section 5.2, RFC 8725 section 3.1.
    """
    parts = headers.parts(text, _PARTS)
    header = headers.read(parts[0], header_encoding)
    candidates = (keys,) if isinstance(keys, Key) else keys(header)
    if not candidates:
        raise UnknownKey("the token names a key that we do not have")
    algorithm: str = header["alg"]
    fitting = [key for key in candidates if algorithm in key.algorithms and key.signs]
    if not fitting:
        raise WrongAlgorithm("the token is signed in a way that its key is not used with")
    payload, signature = base64url.decode(parts[1]), base64url.decode(parts[2])
    signed = f"{parts[0]}.{parts[1]}".encode("ascii")
    for key in fitting:
        if _is_good(signed, signature, algorithm, key):
            return Verified(payload, header, key)
    raise BadSignature("no key made this token")


def _signature(data: bytes, algorithm: str, key: Key) -> bytes:
    if key.native is None:
        return hmac.digest(key.secret, data, HMAC_HASHES[algorithm])
    with extra("jose"):
        from dojang.wire.jose import asymmetric  # noqa: PLC0415 - guarded
    return asymmetric.sign(data, algorithm, key.native)


def _is_good(data: bytes, signature: bytes, algorithm: str, key: Key) -> bool:
    if key.native is None:
        return hmac.compare_digest(_signature(data, algorithm, key), signature)
    with extra("jose"):
        from dojang.wire.jose import asymmetric  # noqa: PLC0415 - guarded
    return asymmetric.verify(data, signature, algorithm, key.native)
