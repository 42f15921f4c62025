"""Fe26.2, the seal of @hapi/iron: eight fields joined by `*`, encrypted, then authenticated.

Fe26.2 * password id * salt * iv * ciphertext * expiration * salt of the MAC * MAC
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, CTR

from dojang.errors import BadSignature, Expired, Malformed, Oversized, WeakSecret
from dojang.wire import base64url, entropy
from dojang.wire.iron.passwords import Password, PasswordBook, derive

__all__ = [
    "DEFAULTS",
    "MAX_LENGTH",
    "SKEW_MS",
    "Keys",
    "Parameters",
    "Unsealed",
    "check",
    "new_keys",
    "seal",
    "unseal",
]

PREFIX = "Fe26.2"

#: Characters that are looked at, inclusive; who reads cookies looks at fewer.
MAX_LENGTH = 1 << 20

#: Milliseconds a seal lives beyond its expiration (`timestampSkewSec` of @hapi/iron).
SKEW_MS = 60_000

_FIELDS = 8
_MAC_KEY_BYTES = 32
_IV_BYTES = 16

#: Digits of an expiration: enough for the year 5138, and far from costing anything to read.
_EXPIRATION_DIGITS = 16

Algorithm = Literal["aes-256-cbc", "aes-128-ctr"]
_KEY_BYTES: dict[Algorithm, int] = {"aes-256-cbc": 32, "aes-128-ctr": 16}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What writer and reader agree on outside the seal; the defaults are iron's own."""

    algorithm: Algorithm = "aes-256-cbc"
    encryption_iterations: int = 1
    integrity_iterations: int = 1


DEFAULTS = Parameters()


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The two derived keys of a seal, with the salts they were derived from."""

    encryption_salt: str
    integrity_salt: str
    encryption: bytes
    integrity: bytes


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What a seal held, once its MAC and its time were found good.

    Attributes:
        plaintext: The bytes that were sealed.
        expires: Unix milliseconds, or None for a seal without an end.
        password: The one that made the seal.
        keys: Its keys under the salts of this seal, worth keeping now that they verified.
    """

    plaintext: bytes
    expires: int | None
    password: Password
    keys: Keys


KeyMaker = Callable[[Password, str, str], Keys]


def check(password: Password, parameters: Parameters = DEFAULTS) -> None:
    """Refuse a key that the algorithm cannot take.

    Raises:
        WeakSecret: The key for encryption was given as bytes, too few or too many.
    """
    needed = _KEY_BYTES[parameters.algorithm]
    if isinstance(password.encryption, bytes) and len(password.encryption) != needed:
        raise WeakSecret(
            f"a key of {len(password.encryption)} bytes does not fit {parameters.algorithm}, which "
            f"takes {needed}"
        )


def new_keys(
    password: Password,
    parameters: Parameters = DEFAULTS,
    *,
    salts: tuple[str, str] | None = None,
) -> Keys:
    """Return the keys of `password` under two salts, fresh ones unless given.

    Args:
        password: Text secrets are derived; a key given as bytes has no salt.
        parameters: Algorithm and iterations.
        salts: The salts of encryption and MAC, for tests and for reading.

    Raises:
        WeakSecret: `check` refuses the password.
    """
    check(password, parameters)
    encryption_salt, integrity_salt = salts or (
        "" if isinstance(password.encryption, bytes) else entropy.random_bytes(32).hex(),
        "" if isinstance(password.integrity, bytes) else entropy.random_bytes(32).hex(),
    )
    return Keys(
        encryption_salt,
        integrity_salt,
        derive(
            password.encryption,
            encryption_salt,
            iterations=parameters.encryption_iterations,
            length=_KEY_BYTES[parameters.algorithm],
        ),
        derive(
            password.integrity,
            integrity_salt,
            iterations=parameters.integrity_iterations,
            length=_MAC_KEY_BYTES,
        ),
    )


def seal(
    plaintext: bytes,
    password: Password,
    *,
    expires: int | None,
    parameters: Parameters = DEFAULTS,
    keys: Keys | None = None,
    iv: bytes | None = None,
) -> str:
    """Return `plaintext` encrypted and authenticated under `password`.

    Args:
        plaintext: UTF-8 JSON in every seal of the peers; any bytes here.
        password: Its id is written into the seal.
        expires: Unix milliseconds, or None for never.
        parameters: What the reader will assume.
        keys: Keys derived before, by `new_keys`; derived anew otherwise.
        iv: 16 bytes for tests that need the same seal twice; random otherwise, always.

    Raises:
        WeakSecret: `check` refuses the password.

    Source: @hapi/iron 7.0.1 (`seal`).
    """
    keys = keys or new_keys(password, parameters)
    iv = iv or entropy.random_bytes(_IV_BYTES)
    ciphertext = _encrypt(plaintext, keys.encryption, iv, parameters.algorithm)
    body = "*".join(
        (
            PREFIX,
            password.id,
            keys.encryption_salt,
            base64url.encode(iv),
            base64url.encode(ciphertext),
            "" if expires is None else str(expires),
        )
    )
    return f"{body}*{keys.integrity_salt}*{_mac(body, keys.integrity)}"


def unseal(
    text: str,
    passwords: PasswordBook,
    *,
    now: int,
    parameters: Parameters = DEFAULTS,
    key_maker: KeyMaker | None = None,
) -> Unsealed:
    """Return what `seal` was given, once time and MAC hold.

    The order of checks is iron's: shape, time, password, MAC; so the time is judged before
    anything is known to be authentic. Nothing is decoded before the MAC has been found good.

    Args:
        text: Any text is safe to pass.
        passwords: Those of the reader.
        now: Unix milliseconds. A seal is good until 60 s after its expiration, exclusive.
        parameters: What the writer used.
        key_maker: Gives the keys of a password under two salts; `new_keys` unless given.

    Raises:
        Oversized: Longer than `MAX_LENGTH`; nothing in it was looked at.
        Malformed: Not eight fields of the format.
        Expired: Its time is over.
        UnknownKey: It names a password that `passwords` do not have.
        BadSignature: No password made it.
        WeakSecret: `check` refuses a password of `passwords`.

    Source: @hapi/iron 7.0.1 (`unseal`); the MAC is compared as canonical text. Its salt is empty
    where its key was given as bytes, which the peer does not check.
    """
    if len(text) > MAX_LENGTH:
        raise Oversized(f"{len(text)} characters, at most {MAX_LENGTH} are looked at")
    fields = text.split("*")
    expires = _check_shape(fields)
    if expires is not None and expires <= now - SKEW_MS:
        raise Expired("the seal has expired")
    id, encryption_salt, iv, ciphertext, _, integrity_salt, mac = fields[1:]
    body, _, _ = text[: -len(mac) - 1].rpartition("*")
    make = key_maker or _maker(parameters)
    for password in passwords.named(id):
        if integrity_salt and isinstance(password.integrity, bytes):
            # Nothing is derived with this salt, and it is outside the MAC: any would do.
            continue
        keys = make(password, encryption_salt, integrity_salt)
        if hmac.compare_digest(_mac(body, keys.integrity).encode(), mac.encode("utf-8", "replace")):
            decoded_iv, decoded = base64url.decode(iv), base64url.decode(ciphertext)
            plaintext = _decrypt(decoded, keys.encryption, decoded_iv, parameters.algorithm)
            return Unsealed(plaintext, expires, password, keys)
    raise BadSignature("no password made this seal")


def _check_shape(fields: Sequence[str]) -> int | None:
    if len(fields) != _FIELDS:
        raise Malformed(f"expected {_FIELDS} fields, found {len(fields)}")
    if fields[0] != PREFIX:
        raise Malformed(f"expected a seal that begins with {PREFIX}")
    expiration = fields[5]
    if not expiration:
        return None
    if not (expiration.isascii() and expiration.isdecimal()):
        raise Malformed("expected an expiration in digits")
    if len(expiration) > _EXPIRATION_DIGITS:
        raise Malformed(f"expected an expiration of at most {_EXPIRATION_DIGITS} digits")
    return int(expiration)


def _maker(parameters: Parameters) -> KeyMaker:
    def make(password: Password, encryption_salt: str, integrity_salt: str) -> Keys:
        return new_keys(password, parameters, salts=(encryption_salt, integrity_salt))

    return make


def _mac(body: str, key: bytes) -> str:
    return base64url.encode(hmac.digest(key, body.encode("utf-8", "replace"), "sha256"))


def _encrypt(plaintext: bytes, key: bytes, iv: bytes, algorithm: Algorithm) -> bytes:
    if algorithm == "aes-128-ctr":
        return Cipher(AES(key), CTR(iv)).encryptor().update(plaintext)
    padder = padding.PKCS7(128).padder()
    padded = padder.update(plaintext) + padder.finalize()
    return Cipher(AES(key), CBC(iv)).encryptor().update(padded)


def _decrypt(ciphertext: bytes, key: bytes, iv: bytes, algorithm: Algorithm) -> bytes:
    try:
        if algorithm == "aes-128-ctr":
            return Cipher(AES(key), CTR(iv)).decryptor().update(ciphertext)
        decryptor = Cipher(AES(key), CBC(iv)).decryptor()
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        unpadder = padding.PKCS7(128).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise Malformed("the seal is authentic, but its ciphertext is not of the format") from None
