"""JWE in its compact form, with the key used as it is: `dir` (RFC 7516, RFC 7518 4.5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dojang.errors import BadSignature, Malformed, Misuse, UnknownKey, WrongAlgorithm
from dojang.wire import base64url, entropy
from dojang.wire.jose import header as headers
from dojang.wire.jose.content import ENCRYPTIONS, Encrypted, Encryption

__all__ = ["Decrypted", "Keys", "decrypt", "encrypt"]

_PARTS = 5

#: Gives the keys to try for a header, none when it names one that we do not have.
Keys = Callable[[Mapping[str, Any]], Sequence[bytes]]


@dataclass(frozen=True, slots=True, repr=False)
class Decrypted:
    """What a token held, once its tag was found good.

    Attributes:
        plaintext: The bytes that were encrypted.
        header: The protected header.
        key: The one that made it.
    """

    plaintext: bytes
    header: Mapping[str, Any]
    key: bytes


def encrypt(
    plaintext: bytes, header: Mapping[str, object], *, key: bytes, iv: bytes | None = None
) -> str:
    """Return `plaintext` as `header..iv.ciphertext.tag`.

    Args:
        plaintext: Any bytes.
        header: Written in its own order; `alg` is `dir`, `enc` one of `ENCRYPTIONS`.
        key: Exactly as long as `enc` wants it.
        iv: For tests that need the same token twice; random otherwise, always.

    Raises:
        Misuse: The header asks for something else, or the key has another length.
    """
    encryption = ENCRYPTIONS.get(str(header.get("enc")))
    if header.get("alg") != "dir" or encryption is None:
        raise Misuse(f"write alg dir and enc one of {', '.join(ENCRYPTIONS)}, not {dict(header)!r}")
    if len(key) != encryption.key_bytes:
        raise Misuse(f"{header['enc']} wants a key of {encryption.key_bytes} bytes, not {len(key)}")
    protected = headers.write(header)
    made = encryption.encrypt(
        plaintext, protected.encode("ascii"), key, iv or entropy.random_bytes(encryption.iv_bytes)
    )
    parts = (base64url.encode(part) for part in (made.iv, made.ciphertext, made.tag))
    return ".".join((protected, "", *parts))


def decrypt(text: str, keys: Keys) -> Decrypted:
    """Return what `encrypt` was given.

    Args:
        text: Any text is safe to pass.
        keys: Asked once the header is known to be one of ours in form.

    Raises:
        Oversized: Longer than `MAX_TOKEN`; nothing in it was looked at.
        Malformed: Not five parts of canonical base64url with a JSON header, or one with a member
            that changes the meaning of the token (`zip`, `crit`).
        WrongAlgorithm: `alg` or `enc` is not one that we read.
        UnknownKey: There is no key for this header, of the length that `enc` wants.
        BadSignature: No key made the token.

    Source: RFC 7516 section 5.2.
    """
    parts = headers.parts(text, _PARTS)
    protected, encrypted_key, *rest = parts
    header = headers.read(protected)
    encryption = ENCRYPTIONS.get(str(header.get("enc")))
    if header["alg"] != "dir" or encryption is None:
        raise WrongAlgorithm("the token is encrypted in a way that is not read here")
    if encrypted_key:
        raise Malformed("expected an empty second part: the key of dir is not in the token")
    found = Encrypted(*(base64url.decode(part) for part in rest))
    candidates = [key for key in keys(header) if len(key) == encryption.key_bytes]
    if not candidates:
        raise UnknownKey("the token names a key that we do not have, or one of another length")
    return _first_that_opens(found, protected.encode("ascii"), encryption, candidates, header)


def _first_that_opens(
    found: Encrypted,
    aad: bytes,
    encryption: Encryption,
    candidates: Sequence[bytes],
    header: Mapping[str, Any],
) -> Decrypted:
    for key in candidates:
        try:
            return Decrypted(encryption.decrypt(found, aad, key), header, key)
        except BadSignature:
            continue
    raise BadSignature("no key made this token")
