"""JWT: claims as a signed or an encrypted token (RFC 7519)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dojang.errors import Oversized
from dojang.wire import json
from dojang.wire.jose import jws, key_management
from dojang.wire.jose.claims import Expected
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jws import Keys

__all__ = ["MAX_LENGTH", "Jwt", "decrypt", "encrypt", "sign", "verify"]

#: Characters, inclusive: four cookies, and twice what servers take in a header line.
MAX_LENGTH = 16_384

_ANYTHING = Expected()


@dataclass(frozen=True, slots=True, repr=False)
class Jwt:
    """What a token says, once it is known to be authentic and what was expected.

    Attributes:
        claims: The JSON object, fresh for each call.
        header: The protected header.
        key: The one that made it.
    """

    claims: dict[str, Any]
    header: Mapping[str, Any]
    key: Key


def sign(claims: Mapping[str, object], header: Mapping[str, object], *, key: Key) -> str:
    """Return `claims` as a signed token; claims and header keep their order.

    Args:
        claims: A JSON object.
        header: Its `alg` is one of the key's.
        key: A secret or the private half of a pair.

    Raises:
        NotJson: Something in `claims` or `header` is not JSON.
        Misuse: The key does not sign with this `alg`.
        MissingExtra: Not an HMAC, and joserfc is not installed.

    Source: RFC 7519 section 7.1; jose 6.2.17 (`SignJWT`).
    """
    return jws.sign(json.dumps(claims, root="claims").encode("utf-8"), header, key=key)


def verify(text: str, keys: Key | Keys, *, now: int, expected: Expected = _ANYTHING) -> Jwt:
    """Return what `sign` was given, once signature and claims hold.

    Args:
        text: Any text is safe to pass.
        keys: The key, or what gives the keys to try for a header.
        now: Unix milliseconds.
        expected: What it must say; `exp` and `nbf` are judged in any case.

    Raises:
        Oversized: Longer than `MAX_LENGTH`; nothing in it was looked at.
        Malformed: Not a signed token over a JSON object.
        UnknownKey: There is no key for its header.
        WrongAlgorithm: Its key is not used with its `alg`.
        BadSignature: No key made it.
        Rejected: It does not say what is expected; see `Expected.check`.
        MissingExtra: Not an HMAC, and joserfc is not installed.

    Source: RFC 7519 section 7.2; jose 6.2.17 (`jwtVerify`).
    """
    _check_length(text)
    found = jws.verify(text, keys)
    claims = json.loads_object(found.payload)
    expected.check(claims, now=now, header=found.header)
    return Jwt(claims, found.header, found.key)


def encrypt(
    claims: Mapping[str, object],
    header: Mapping[str, object],
    *,
    key: Key,
    iv: bytes | None = None,
) -> str:
    """Return `claims` as an encrypted token.

    Args:
        claims: A JSON object.
        header: Its `alg` is one of the key's.
        key: A secret or the public half of a pair.
        iv: As `key_management.encrypt`.

    Raises:
        NotJson: Something in `claims` or `header` is not JSON.
        Misuse: The key does not encrypt with this `alg` and `enc`.
        MissingExtra: As `key_management.encrypt`.

    Source: RFC 7519 section 7.1; jose 6.2.17 (`EncryptJWT`).
    """
    plaintext = json.dumps(claims, root="claims").encode("utf-8")
    return key_management.encrypt(plaintext, header, key=key, iv=iv)


def decrypt(text: str, keys: Key | Keys, *, now: int, expected: Expected = _ANYTHING) -> Jwt:
    """Return what `encrypt` was given, once tag and claims hold.

    Args:
        text: Any text is safe to pass.
        keys: The key, or what gives the keys to try for a header.
        now: Unix milliseconds.
        expected: What it must say; `exp` and `nbf` are judged in any case.

    Raises:
        Oversized: Longer than `MAX_LENGTH`; nothing in it was looked at.
        Malformed: Not an encrypted token over a JSON object.
        UnknownKey: There is no key for its header.
        WrongAlgorithm: Its key is not used with its `alg`, or `enc` is not read.
        BadSignature: No key opens it.
        Rejected: It does not say what is expected; see `Expected.check`.
        MissingExtra: As `key_management.decrypt`.

    Source: RFC 7519 section 7.2; jose 6.2.17 (`jwtDecrypt`).
    """
    _check_length(text)
    found = key_management.decrypt(text, keys)
    claims = json.loads_object(found.plaintext)
    expected.check(claims, now=now, header=found.header)
    return Jwt(claims, found.header, found.key)


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise Oversized(f"{len(text)} characters, at most {MAX_LENGTH} are looked at")
