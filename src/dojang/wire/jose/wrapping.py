"""What encrypts and wraps the key of a JWE: through joserfc (the extra `jose`)."""

from collections.abc import Mapping
from typing import Any, cast

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry, decrypt_compact, encrypt_compact
from joserfc.jwk import OctKey

from dojang.errors import BadSignature, Malformed
from dojang.wire import base64url
from dojang.wire.jose.asymmetric import Native

__all__ = ["decrypt", "encrypt"]

#: Whatever joserfc and cryptography say about a token that cannot be opened.
_CLOSED = (JoseError, ValueError, KeyError, TypeError, AttributeError, AssertionError)


class _Registry(JWERegistry):
    # The size of the whole text has been judged.
    max_protected_header_length = max_encrypted_key_length = max_ciphertext_length = 2**31

    def __init__(self, header: Mapping[str, Any]) -> None:
        super().__init__(algorithms=[header["alg"], header["enc"]], strict_check_header=False)


def encrypt(plaintext: bytes, header: dict[str, Any], key: Native | bytes) -> str:
    """Return the token of `plaintext`; `header` and `key` fit each other."""
    return encrypt_compact(header, plaintext, _key(key), registry=_Registry(header))


def decrypt(text: str, header: Mapping[str, Any], key: Native | bytes) -> bytes:
    """Return the plaintext of a token whose `header` was read from it and fits `key`.

    Raises:
        BadSignature: `key` does not open it.
        Malformed: Its ephemeral key brings a private half along.
    """
    ephemeral = header.get("epk")
    if isinstance(ephemeral, dict) and "d" in ephemeral:
        raise Malformed("a header whose epk has a private half")
    try:
        found = decrypt_compact(text, _key(key), registry=_Registry(header))
    except (*_CLOSED, UnsupportedAlgorithm):
        raise BadSignature("this key does not open the token") from None
    return cast("bytes", found.plaintext)


def _key(key: Native | bytes) -> Native | OctKey:
    if isinstance(key, bytes):
        return OctKey.import_key({"kty": "oct", "k": base64url.encode(key)})
    return key
