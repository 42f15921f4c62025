"""Keys for the tests of JOSE, made once."""

from functools import cache
from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey

from dojang.wire.jose.jwk import Key

SECRET = "complex_password_at_least_32_characters_long"
NOW = 1_767_225_600_000

#: By algorithm: what joserfc generates a key from.
MAKERS: dict[str, Any] = {
    "RS256": lambda: RSAKey.generate_key(2048),
    "PS384": lambda: RSAKey.generate_key(2048),
    "ES256": lambda: ECKey.generate_key("P-256"),
    "ES384": lambda: ECKey.generate_key("P-384"),
    "ES512": lambda: ECKey.generate_key("P-521"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519"),
    "Ed448": lambda: OKPKey.generate_key("Ed448"),
    "RSA-OAEP": lambda: RSAKey.generate_key(2048),
    "RSA-OAEP-256": lambda: RSAKey.generate_key(2048),
    "ECDH-ES": lambda: ECKey.generate_key("P-256"),
    "ECDH-ES+A256KW": lambda: OKPKey.generate_key("X25519"),
}


@cache
def jwk(algorithm: str) -> dict[str, Any]:
    """Return the private JWK of a key for `algorithm`."""
    return dict(MAKERS[algorithm]().as_dict(private=True))


@cache
def pair(algorithm: str) -> tuple[Key, Key]:
    """Return the private and the public half of a key for `algorithm`."""
    private = Key.from_jwk(jwk(algorithm), algorithms=[algorithm])
    return private, Key.from_jwk(private.public_jwk)
