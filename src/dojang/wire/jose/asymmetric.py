"""Keys with a public half, and what they sign: through joserfc (the extra `jose`)."""

from collections.abc import Mapping
from typing import Any, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from dojang.errors import Malformed

__all__ = ["Native", "from_jwk", "jwk_of_pem", "sign", "verify"]

Native = RSAKey | ECKey | OKPKey

#: Whatever joserfc and cryptography say about a key that is none.
_NO_KEY = (JoseError, ValueError, KeyError, TypeError, UnsupportedAlgorithm)


def from_jwk(jwk: Mapping[str, str]) -> Native:
    """Return the key of a JWK that holds the members of its `kty` and nothing else.

    Raises:
        Malformed: The members are no key: a point that is not on its curve, halves of two pairs.
    """
    try:
        native = cast("Native", JWKRegistry.import_key(dict(jwk)))
        if isinstance(native, OKPKey):
            _check_halves(native, jwk)
    except _NO_KEY:
        raise Malformed(f"the members of this {jwk.get('kty')} key are not a key") from None
    return native


def jwk_of_pem(pem: bytes) -> dict[str, Any]:
    """Return the JWK of a key in PEM: private as PKCS #8, public as SubjectPublicKeyInfo.

    Raises:
        Malformed: Not such a key, or one behind a password.
    """
    try:
        private = b"PRIVATE KEY" in pem
        loaded = load_pem_private_key(pem, None) if private else load_pem_public_key(pem)
        kind = _kind(loaded)
        return {"kty": kind.key_type, **kind.binding.convert_raw_key_to_dict(loaded, private)}
    except _NO_KEY:
        raise Malformed("expected a PEM of PKCS #8 or SubjectPublicKeyInfo, unencrypted") from None


def sign(data: bytes, algorithm: str, key: Native) -> bytes:
    """Return the signature of `data` under a private key that fits `algorithm`."""
    return JWSRegistry.algorithms[algorithm].sign(data, key)


def verify(data: bytes, signature: bytes, algorithm: str, key: Native) -> bool:
    """Return whether `key`, which fits `algorithm`, made `signature` over `data`."""
    return JWSRegistry.algorithms[algorithm].verify(data, signature, key)


def _kind(loaded: object) -> type[Native]:
    if isinstance(loaded, RSAPrivateKey | RSAPublicKey):
        return RSAKey
    if isinstance(loaded, EllipticCurvePrivateKey | EllipticCurvePublicKey):
        return ECKey
    return OKPKey


def _check_halves(native: OKPKey, jwk: Mapping[str, str]) -> None:
    # cryptography computes the public half and never looks at the one that stands there.
    if OKPKey.import_key(native.public_key).as_dict()["x"] != jwk["x"]:
        raise ValueError("halves of two pairs")
