"""A key, bound to the algorithms it may be used with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dojang.errors import Misuse
from dojang.extras import extra
from dojang.wire import base64url
from dojang.wire.jose import algorithms as known
from dojang.wire.jose import members, secret
from dojang.wire.jose.thumbprint import thumbprint
from dojang.wire.js.text import utf8

if TYPE_CHECKING:
    from dojang.wire.jose.asymmetric import Native

__all__ = ["Key"]


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
        public: The public members of its JWK; empty for a secret.
    """

    kty: str
    algorithms: tuple[str, ...]
    kid: str | None
    private: bool
    secret: bytes = b""
    native: "Native | None" = None
    public: Mapping[str, str]

    @classmethod
    def from_secret(
        cls,
        value: str | bytes,
        *,
        algorithms: Sequence[str] = ("HS256",),
        kid: str | None = None,
        allow_short: bool = False,
    ) -> "Key":
        """Return a shared secret as a key.

        Args:
            value: Text counts in UTF-8. For an HMAC at least as long as its hash (32, 48 or 64
                bytes), for a key wrapping exactly as long as its name says.
            algorithms: What it is used with: HMACs, or ways to encrypt.
            kid: How tokens name it.
            allow_short: Take a short HMAC secret all the same, as jose and jsonwebtoken do: for
                secrets that a peer already has, never for a new one.

        Raises:
            WeakSecret: It is empty, too short, of the wrong length, or the text of a key that has
                a public half, which anybody could sign with.
            Misuse: An algorithm is not for secrets.

        Source: RFC 7518 sections 3.2 and 4; RFC 8725 sections 3.1 and 3.5.
        """
        data = utf8(value) if isinstance(value, str) else value
        chosen = known.fitting("oct", None, tuple(algorithms))
        secret.check(data, chosen, allow_short=allow_short)
        return cls(kty="oct", algorithms=chosen, kid=kid, private=True, secret=data, public={})

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
                kind of key, or that encrypt where `use` or `key_ops` say so.
            allow_short: As in `from_secret`.

        Raises:
            Malformed: A member is missing, not canonical base64url or not a key.
            WeakSecret: A secret that is short, RSA below 2,048 bits or of a known faulty maker.
            Misuse: `algorithms`, `alg`, `use` and the kind of key do not fit each other.
            MissingExtra: Anything but a secret, and joserfc is not installed.

        Source: RFC 7517 section 4, RFC 7518 section 6.
        """
        kty, chosen = members.text(jwk, "kty"), members.purpose(jwk, algorithms)
        kid = members.text(jwk, "kid") if "kid" in jwk else None
        if kty == "oct":
            data = base64url.decode(members.text(jwk, "k"))
            return cls.from_secret(data, algorithms=chosen, kid=kid, allow_short=allow_short)
        own = members.key_members(jwk)
        with extra("jose"):
            from dojang.wire.jose import asymmetric  # noqa: PLC0415 - guarded
        return cls(
            kty=kty,
            algorithms=chosen,
            kid=thumbprint(own) if kid is None else kid,
            private="d" in own,
            native=asymmetric.from_jwk(own),
            public={name: own[name] for name in members.PUBLIC[kty]},
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
        jwk = {**self.public, "use": "sig" if self.signs else "enc"}
        if len(self.algorithms) == 1:
            jwk["alg"] = self.algorithms[0]
        return jwk if self.kid is None else {**jwk, "kid": self.kid}

    @property
    def signs(self) -> bool:
        """Whether this key is for signatures; if not, it is for encryption."""
        return known.signs(self.algorithms[0])

    def __repr__(self) -> str:
        return f"Key({self.kty}, {', '.join(self.algorithms)}, kid={self.kid!r})"
