"""A key, bound to the algorithms it may be used with."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dojang.errors import Malformed, Misuse, WeakSecret
from dojang.extras import extra
from dojang.wire import base64url
from dojang.wire.jose import algorithms as known
from dojang.wire.jose import roca
from dojang.wire.jose.thumbprint import thumbprint
from dojang.wire.js.text import utf8

if TYPE_CHECKING:
    from dojang.wire.jose.asymmetric import Native

__all__ = ["Key"]

#: Bits of an RSA modulus, inclusive (RFC 7518 3.3).
MIN_RSA = 2048

#: What makes up a key, by `kty`: the public members, then the private ones.
_MEMBERS = {
    "EC": (("crv", "x", "y"), ("d",)),
    "OKP": (("crv", "x"), ("d",)),
    "RSA": (("n", "e"), ("d", "p", "q", "dp", "dq", "qi")),
}

#: Begins of keys in PEM, OpenSSH and JWK, whatever stands before them.
_KEY_TEXT = re.compile(rb'-----BEGIN |(?:^|\s)(?:ssh|sk|ecdsa)-[a-z0-9@.-]+ AAAA|"kty"\s*:')


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class Key:
    """One key; made by `from_secret`, `from_jwk` or `from_pem`.

    Attributes:
        kty: `oct`, `RSA`, `EC` or `OKP`.
        algorithms: The values of `alg` it is used with and no others, its own choice first.
        kid: How tokens name it, or None for a secret without a name.
        private: Whether it signs and decrypts; a secret always does.
        secret: The bytes of a secret, empty for other keys.
        native: joserfc's form of every other key.
        members: The public members of its JWK; empty for a secret.
    """

    kty: str
    algorithms: tuple[str, ...]
    kid: str | None
    private: bool
    secret: bytes = b""
    native: "Native | None" = None
    members: Mapping[str, str]

    @classmethod
    def from_secret(
        cls,
        secret: str | bytes,
        *,
        algorithms: Sequence[str] = ("HS256",),
        kid: str | None = None,
        allow_short: bool = False,
    ) -> "Key":
        """Return a shared secret as a key.

        Args:
            secret: Text counts in UTF-8. For an HMAC at least as long as its hash (32, 48 or 64
                bytes), for a key wrapping exactly as long as its name says.
            algorithms: What it is used with; HMACs, or one way to encrypt.
            kid: How tokens name it.
            allow_short: Take a short HMAC secret all the same, as jose and jsonwebtoken do: for
                secrets that a peer already has, never for a new one.

        Raises:
            WeakSecret: It is empty, too short, of the wrong length, or the text of a key that has
                a public half, which anybody could sign with.
            Misuse: An algorithm is not for secrets.

        Source: RFC 7518 sections 3.2 and 4; RFC 8725 sections 3.1 and 3.5.
        """
        data = utf8(secret) if isinstance(secret, str) else secret
        chosen = known.fitting("oct", None, tuple(algorithms))
        if not data:
            raise WeakSecret("a secret is empty; `dojang keys new` prints a good one")
        if _KEY_TEXT.search(data) or _is_public_der(data):
            raise WeakSecret("this is the text of a key, not a secret: Key.from_pem or from_jwk")
        for algorithm in chosen:
            _check_length(len(data), algorithm, allow_short=allow_short)
        return cls(kty="oct", algorithms=chosen, kid=kid, private=True, secret=data, members={})

    @classmethod
    def from_jwk(
        cls,
        jwk: Mapping[str, Any],
        *,
        algorithms: Sequence[str] | None = None,
        allow_short: bool = False,
    ) -> "Key":
        """Return the key that a JWK describes.

        Args:
            jwk: Any JSON object is safe to pass. `kid` is kept; a key with a public half that has
                none is named by its thumbprint.
            algorithms: What it is used with; by default its `alg`, else all that sign with its
                kind of key, or that encrypt where `use` is `enc`.
            allow_short: As in `from_secret`.

        Raises:
            Malformed: A member is missing, not canonical base64url or not a key.
            WeakSecret: A secret that is short, RSA below 2,048 bits or of a known faulty maker.
            Misuse: `algorithms`, `alg`, `use` and the kind of key do not fit each other.
            MissingExtra: Anything but a secret, and joserfc is not installed.

        Source: RFC 7517 section 4, RFC 7518 section 6.
        """
        kty, crv = _text(jwk, "kty"), None
        if kty in {"EC", "OKP"}:
            crv = _text(jwk, "crv")
        kid = _text(jwk, "kid") if "kid" in jwk else None
        chosen = _algorithms(jwk, kty, crv, algorithms)
        if kty == "oct":
            secret = base64url.decode(_text(jwk, "k"))
            return cls.from_secret(secret, algorithms=chosen, kid=kid, allow_short=allow_short)
        members = _members(jwk, kty)
        _check_sizes(members, kty)
        with extra("jose"):
            from dojang.wire.jose import asymmetric  # noqa: PLC0415 - guarded
        return cls(
            kty=kty,
            algorithms=chosen,
            kid=thumbprint(members) if kid is None else kid,
            private="d" in members,
            native=asymmetric.from_jwk(members),
            members={name: members[name] for name in ("kty", *_MEMBERS[kty][0])},
        )

    @classmethod
    def from_pem(
        cls, pem: str | bytes, *, algorithms: Sequence[str] | None = None, kid: str | None = None
    ) -> "Key":
        """Return a key in PEM.

        Args:
            pem: PKCS #8 of a private key or SubjectPublicKeyInfo of a public one; blanks around
                it change nothing.
            algorithms: As in `from_jwk`.
            kid: How tokens name it; its thumbprint by default.

        Raises:
            Malformed: Not such a PEM.
            WeakSecret: RSA below 2,048 bits or of a known faulty maker.
            Misuse: `algorithms` do not fit the kind of key.
            MissingExtra: joserfc is not installed.

        Source: RFC 7468 sections 10 and 13.
        """
        with extra("jose"):
            from dojang.wire.jose import asymmetric  # noqa: PLC0415 - guarded
        data = pem.encode("utf-8", "replace") if isinstance(pem, str) else pem
        jwk = asymmetric.jwk_of_pem(data.strip())
        return cls.from_jwk({**jwk, **({} if kid is None else {"kid": kid})}, algorithms=algorithms)

    @property
    def public_jwk(self) -> dict[str, str]:
        """The JWK of the public half: no private member, with `kid`, `use`, and `alg` if one.

        Raises:
            Misuse: A secret has no public half.
        """
        if self.kty == "oct":
            raise Misuse("a shared secret has no public half and is never published")
        jwk = {**self.members, "use": "sig" if self.signs else "enc"}
        if len(self.algorithms) == 1:
            jwk["alg"] = self.algorithms[0]
        return jwk if self.kid is None else {**jwk, "kid": self.kid}

    @property
    def signs(self) -> bool:
        """Whether this key is for signatures; if not, it is for encryption."""
        return self.algorithms[0] in _SIGNATURES

    def __repr__(self) -> str:
        return f"Key({self.kty}, {', '.join(self.algorithms)}, kid={self.kid!r})"


_SIGNATURES = {
    *known.HMAC_HASHES,
    *(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)),
    "EdDSA",
    "Ed25519",
    "Ed448",
}


def _algorithms(
    jwk: Mapping[str, Any], kty: str, crv: str | None, asked: Sequence[str] | None
) -> tuple[str, ...]:
    own = (_text(jwk, "alg"),) if "alg" in jwk else None
    chosen = tuple(asked) if asked is not None else own
    use = jwk.get("use")
    if chosen is None:
        chosen = known.default_algorithms(kty, crv, use)
        if kty == "oct":
            chosen = _affordable(jwk, chosen)
    fitting = known.fitting(kty, crv, chosen)
    signs = fitting[0] in _SIGNATURES
    if use not in {None, "sig" if signs else "enc"}:
        raise Misuse(f"a key whose use is not for {', '.join(fitting)}")
    return fitting


def _affordable(jwk: Mapping[str, Any], chosen: tuple[str, ...]) -> tuple[str, ...]:
    # A secret that says nothing about itself is for the HMACs it is long enough for.
    size = len(base64url.decode(_text(jwk, "k")))
    return tuple(name for name in chosen if known.SECRET_BYTES[name] <= size) or chosen[:1]


def _text(jwk: Mapping[str, Any], name: str) -> str:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise Malformed(f"expected a JWK with the member {name} as text")
    return value


def _members(jwk: Mapping[str, Any], kty: str) -> dict[str, str]:
    if kty not in _MEMBERS:
        raise Malformed("expected a JWK of kty EC, OKP, RSA or oct")
    if "oth" in jwk:
        raise Malformed("an RSA key of more than two primes, which is not read here")
    public, private = _MEMBERS[kty]
    names = [*public, *(name for name in private if name in jwk)]
    members = {name: _text(jwk, name) for name in names}
    for name, value in members.items():
        if name != "crv":
            base64url.decode(value)
    return {"kty": kty, **members}


def _check_sizes(members: Mapping[str, str], kty: str) -> None:
    if kty == "RSA":
        modulus = int.from_bytes(base64url.decode(members["n"]), "big")
        if modulus.bit_length() < MIN_RSA:
            raise WeakSecret(f"an RSA key of {modulus.bit_length()} bits, at least {MIN_RSA}")
        if roca.is_weak(modulus):
            raise WeakSecret("an RSA key that a faulty library made (CVE-2017-15361): replace it")
    elif kty == "EC":
        size = known.CURVES[members["crv"]]
        if any(len(base64url.decode(members[name])) != size for name in ("x", "y")):
            raise Malformed(f"expected coordinates of {size} bytes on {members['crv']}")


def _check_length(size: int, algorithm: str, *, allow_short: bool) -> None:
    wanted = known.SECRET_BYTES.get(algorithm)
    if wanted is None:
        return
    if algorithm in known.HMAC_HASHES:
        if size < wanted and not allow_short:
            raise WeakSecret(
                f"a secret of {size} bytes is too short for {algorithm}, at least {wanted} are "
                "needed; `dojang keys new` prints a good one"
            )
    elif size != wanted:
        raise WeakSecret(f"{algorithm} wants a secret of {wanted} bytes, not {size}")


def _is_public_der(data: bytes) -> bool:
    if not data.startswith(b"\x30"):
        return False
    try:
        load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True
