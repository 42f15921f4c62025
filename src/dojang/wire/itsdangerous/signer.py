"""`<value>.<signature>` as itsdangerous signs it, with its four ways to a key."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Literal

from dojang.errors import BadSignature, Misuse, Oversized
from dojang.wire import base64url
from dojang.wire.keyring import Keyring
from dojang.wire.python.timed import utf8

__all__ = ["MAX_SIGNED", "Derivation", "Digest", "Signer"]

#: Characters that are looked at, inclusive; what reads cookies looks at fewer.
MAX_SIGNED = 1 << 20

Digest = Literal["sha1", "sha224", "sha256", "sha384", "sha512"]
Derivation = Literal["django-concat", "concat", "hmac", "none"]

_DIGESTS = ("sha1", "sha224", "sha256", "sha384", "sha512")
_SEPARATOR = "."


class Signer:
    """Signs text with the newest key; what any of them signed is good."""

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        salt: str = "itsdangerous.Signer",
        digest: Digest = "sha1",
        derivation: Derivation = "django-concat",
    ) -> None:
        """Take the secrets as the other side has them.

        Args:
            secrets: One or several, newest first (the peer's own list has the newest last).
            salt: Keeps apart what is signed for different purposes with one secret.
            digest: Of the signature and of the derivation.
            derivation: The peer's `key_derivation`.

        Raises:
            WeakSecret: There is no secret, or one is empty.
            Misuse: A digest or derivation that the peer does not have.

        Source: itsdangerous 2.2.0 (`Signer`).
        """
        if digest not in _DIGESTS:
            raise Misuse(f"digest is one of {', '.join(_DIGESTS)}, not {digest!r}")
        self._digest: Digest = digest
        ring = secrets if isinstance(secrets, Keyring) else Keyring.dictated(secrets)
        self._keys = [_derived(secret, salt.encode(), digest, derivation) for secret in ring]

    def sign(self, value: str) -> str:
        """Return `<value>.<signature>`.

        Args:
            value: Text that UTF-8 can carry.

        Raises:
            Malformed: `value` has half a surrogate pair.
        """
        return f"{value}{_SEPARATOR}{self._signature(utf8(value), self._keys[0])}"

    def unsign(self, text: str) -> tuple[str, bool]:
        """Return the value that `sign` was given, and whether the newest key signed it.

        Args:
            text: Any text is safe to pass. Of a signature the one canonical spelling is good; the
                peer decodes any.

        Raises:
            Oversized: Longer than `MAX_SIGNED`; nothing in it was looked at.
            BadSignature: There is no signature, or no key made it.
            Malformed: It has half a surrogate pair.
        """
        if len(text) > MAX_SIGNED:
            raise Oversized(f"{len(text)} characters, at most {MAX_SIGNED} are looked at")
        value, separator, signature = text.rpartition(_SEPARATOR)
        signed, given = utf8(value), utf8(signature)
        for key in self._keys if separator else ():
            if hmac.compare_digest(self._signature(signed, key).encode(), given):
                return value, key is self._keys[0]
        raise BadSignature("no key made this signature")

    def _signature(self, signed: bytes, key: bytes) -> str:
        return base64url.encode(hmac.digest(key, signed, self._digest))


def _derived(secret: bytes, salt: bytes, digest: Digest, derivation: Derivation) -> bytes:
    match derivation:
        case "django-concat":
            return hashlib.new(digest, salt + b"signer" + secret).digest()
        case "concat":
            return hashlib.new(digest, salt + secret).digest()
        case "hmac":
            return hmac.digest(secret, salt, digest)
        case "none":
            return secret
        case _:
            raise Misuse(f"derivation is django-concat, concat, hmac or none, not {derivation!r}")
