"""The two content encryptions of session tokens, with the key as it is (RFC 7518 5.2, 5.3)."""

import hmac
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from dojang.errors import BadSignature, Malformed

__all__ = ["ENCRYPTIONS", "Encrypted", "Encryption"]


@dataclass(frozen=True, slots=True)
class Encrypted:
    """The three parts of a token that an encryption makes."""

    iv: bytes
    ciphertext: bytes
    tag: bytes


class Encryption(Protocol):
    """One value of the header `enc`."""

    @property
    def key_bytes(self) -> int:
        """Bytes of the key, exactly."""
        ...

    @property
    def iv_bytes(self) -> int:
        """Bytes of the IV, exactly."""
        ...

    def encrypt(self, plaintext: bytes, aad: bytes, key: bytes, iv: bytes) -> Encrypted:
        """Return `plaintext` encrypted, and authenticated together with `aad`."""
        ...

    def decrypt(self, parts: Encrypted, aad: bytes, key: bytes) -> bytes:
        """Return the plaintext.

        Raises:
            BadSignature: The key did not make these parts with this `aad`.
            Malformed: A part has a size that the encryption never makes.
        """
        ...


class AesGcm:
    """AES in Galois/Counter Mode, with a tag of 128 bits (RFC 7518 5.3)."""

    iv_bytes = 12

    def __init__(self, key_bytes: int) -> None:
        """Take the size of the key."""
        self.key_bytes = key_bytes

    def encrypt(self, plaintext: bytes, aad: bytes, key: bytes, iv: bytes) -> Encrypted:
        """See `Encryption`."""
        sealed = AESGCM(key).encrypt(iv, plaintext, aad)
        return Encrypted(iv, sealed[:-_GCM_TAG], sealed[-_GCM_TAG:])

    def decrypt(self, parts: Encrypted, aad: bytes, key: bytes) -> bytes:
        """See `Encryption`."""
        _check_sizes(parts, iv=self.iv_bytes, tag=_GCM_TAG)
        try:
            return AESGCM(key).decrypt(parts.iv, parts.ciphertext + parts.tag, aad)
        except InvalidTag:
            raise BadSignature("no key made this token") from None


class AesCbcHmac:
    """AES in CBC mode, then HMAC over all of it (RFC 7518 5.2): half the key is for each."""

    iv_bytes = 16

    def __init__(self, key_bytes: int, digest: str) -> None:
        """Take the size of the whole key and the hash of the HMAC."""
        self.key_bytes = key_bytes
        self._half = key_bytes // 2
        self._digest = digest

    def encrypt(self, plaintext: bytes, aad: bytes, key: bytes, iv: bytes) -> Encrypted:
        """See `Encryption`."""
        padder = padding.PKCS7(128).padder()
        padded = padder.update(plaintext) + padder.finalize()
        ciphertext = Cipher(AES(key[self._half :]), CBC(iv)).encryptor().update(padded)
        return Encrypted(iv, ciphertext, self._tag(ciphertext, aad, key, iv))

    def decrypt(self, parts: Encrypted, aad: bytes, key: bytes) -> bytes:
        """See `Encryption`; nothing is decrypted before the tag has been found good."""
        _check_sizes(parts, iv=self.iv_bytes, tag=self._half)
        if not hmac.compare_digest(self._tag(parts.ciphertext, aad, key, parts.iv), parts.tag):
            raise BadSignature("no key made this token")
        try:
            decryptor = Cipher(AES(key[self._half :]), CBC(parts.iv)).decryptor()
            padded = decryptor.update(parts.ciphertext) + decryptor.finalize()
            unpadder = padding.PKCS7(128).unpadder()
            return unpadder.update(padded) + unpadder.finalize()
        except ValueError:
            raise Malformed("the token is authentic, but its ciphertext is not padded") from None

    def _tag(self, ciphertext: bytes, aad: bytes, key: bytes, iv: bytes) -> bytes:
        signed = aad + iv + ciphertext + (len(aad) * 8).to_bytes(8, "big")
        return hmac.digest(key[: self._half], signed, self._digest)[: self._half]


_GCM_TAG = 16

#: By the name in the header `enc`.
ENCRYPTIONS: dict[str, Encryption] = {
    "A256GCM": AesGcm(32),
    "A256CBC-HS512": AesCbcHmac(64, "sha512"),
}


def _check_sizes(parts: Encrypted, *, iv: int, tag: int) -> None:
    if len(parts.iv) != iv or len(parts.tag) != tag:
        raise Malformed(
            f"expected an IV of {iv} bytes and a tag of {tag}, found {len(parts.iv)} and "
            f"{len(parts.tag)}"
        )
