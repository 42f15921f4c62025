"""Which algorithms there are, and which of them a kind of key can be used with."""

from dojang.errors import Misuse

__all__ = [
    "CURVES",
    "HMAC_HASHES",
    "SECRET_BYTES",
    "default_algorithms",
    "fitting",
    "signs",
]

#: The hash of each HMAC; its keys are as long as its hash, at least (RFC 7518 3.2).
HMAC_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}

_HMAC_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}
_WRAP_BYTES = {f"A{bits}{kind}": bits // 8 for kind in ("KW", "GCMKW") for bits in (128, 192, 256)}

#: Bytes that a secret has: at least, for the three HMACs; exactly, for the wrappings.
SECRET_BYTES = {**_HMAC_BYTES, **_WRAP_BYTES}

#: Bytes of a coordinate, by `crv`.
CURVES = {"P-256": 32, "P-384": 48, "P-521": 66}

_ECDH = ("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW")

#: What signs, by `kty` and `crv`.
_SIGNING: dict[tuple[str, str | None], tuple[str, ...]] = {
    ("oct", None): tuple(HMAC_HASHES),
    ("RSA", None): ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA", "Ed25519"),
    ("OKP", "Ed448"): ("EdDSA", "Ed448"),
}

#: What encrypts; RSA1_5 and PBES2 are left out for good.
_ENCRYPTING: dict[tuple[str, str | None], tuple[str, ...]] = {
    ("oct", None): ("dir", *_WRAP_BYTES),
    ("RSA", None): ("RSA-OAEP", "RSA-OAEP-256"),
    **{("EC", curve): _ECDH for curve in CURVES},
    ("OKP", "X25519"): _ECDH,
    ("OKP", "X448"): _ECDH,
}


def fitting(kty: str, crv: str | None, algorithms: tuple[str, ...]) -> tuple[str, ...]:
    """Return `algorithms` if a key of this kind can be used with each of them, for one purpose.

    Raises:
        Misuse: There is none, one does not fit, or some sign and others encrypt.
    """
    kind = kty, crv
    for table in (_SIGNING, _ENCRYPTING):
        if algorithms and set(algorithms) <= set(table.get(kind, ())):
            return algorithms
    able = ", ".join(_SIGNING.get(kind, ()) + _ENCRYPTING.get(kind, ()))
    raise Misuse(
        f"a key of {crv or kty} signs or encrypts, with {able or 'nothing that is known here'}; "
        f"not {', '.join(algorithms) or 'with no algorithm at all'}"
    )


def default_algorithms(kty: str, crv: str | None, use: str | None) -> tuple[str, ...]:
    """Return what a key of this kind may do when nobody says: sign, unless its use is `enc`.

    Raises:
        Misuse: Nothing: such a key signs nothing, or nobody says how a secret encrypts.
    """
    kind = kty, crv
    signing, encrypting = _SIGNING.get(kind, ()), _ENCRYPTING.get(kind, ())
    if kty == "oct" and use == "enc":
        raise Misuse(f"name the algorithm of this secret: one of {', '.join(encrypting)}")
    able = encrypting if use == "enc" or not signing else signing
    if not able:
        raise Misuse(f"a key of {crv or kty} signs and encrypts with nothing that is known here")
    return able


def signs(algorithm: str) -> bool:
    """Return whether `algorithm` makes signatures; if not, it encrypts."""
    return any(algorithm in able for able in _SIGNING.values())
