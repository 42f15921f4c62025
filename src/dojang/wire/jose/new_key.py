"""New keys for signing, as PEM that `Key.from_pem` reads."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dojang.errors import Misuse

__all__ = ["SIGNING", "new_pem"]

Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

_RSA_BITS, _RSA_EXPONENT = 3072, 65537

# OpenSSL draws from the same generator of the system that `entropy` does.
_MAKERS: dict[str, Callable[[], Private]] = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "RS256": lambda: rsa.generate_private_key(_RSA_EXPONENT, _RSA_BITS),
}

#: What a new key may sign with.
SIGNING = tuple(_MAKERS)


def new_pem(algorithm: str) -> str:
    """Return a fresh private key, unencrypted, in PKCS #8.

    Args:
        algorithm: ES256, EdDSA (Ed25519) or RS256 (3,072 bits).

    Raises:
        Misuse: It is none of these.

    Source: RFC 7518 section 3, RFC 8037; NIST SP 800-57 part 1 for the size of RSA.
    """
    if algorithm not in _MAKERS:
        raise Misuse(f"a new key signs with {', '.join(SIGNING)}, and not {algorithm!r}")
    private = _MAKERS[algorithm]()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
