"""JWE with any key: RSA-OAEP, ECDH-ES and the AES wrappings through joserfc, `dir` as in jwe.py."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dojang.errors import BadSignature, Misuse, UnknownKey, WrongAlgorithm
from dojang.extras import extra
from dojang.wire import base64url
from dojang.wire.jose import header as headers
from dojang.wire.jose import jwe
from dojang.wire.jose.content import ENCRYPTIONS
from dojang.wire.jose.jwk import Key

__all__ = ["CONTENT_KEY_BYTES", "Decrypted", "Keys", "decrypt", "encrypt"]

_PARTS = 5

#: Bytes of the key of the content, by `enc` (RFC 7518 5.1).
CONTENT_KEY_BYTES = {
    "A128GCM": 16,
    "A192GCM": 24,
    "A256GCM": 32,
    "A128CBC-HS256": 32,
    "A192CBC-HS384": 48,
    "A256CBC-HS512": 64,
}

#: Gives the keys to try for a header, none when it names one that we do not have.
Keys = Callable[[Mapping[str, Any]], Sequence[Key]]


@dataclass(frozen=True, slots=True, repr=False)
class Decrypted:
    """What a token held, once its tag was found good.

    Attributes:
        plaintext: The bytes that were encrypted.
        header: The protected header.
        key: The one that opened it.
    """

    plaintext: bytes
    header: Mapping[str, Any]
    key: Key


def encrypt(
    plaintext: bytes, header: Mapping[str, object], *, key: Key, iv: bytes | None = None
) -> str:
    """Return `plaintext` as `header.encrypted key.iv.ciphertext.tag`.

    Args:
        plaintext: Any bytes.
        header: Its `alg` is one of the key's, `enc` one of `CONTENT_KEY_BYTES`. What the key
            management needs (`epk`, `iv`, `tag`) is added behind its members.
        key: A secret or the public half of a pair.
        iv: For tests that need the same token twice, and only where `jwe.encrypt` takes it.

    Raises:
        Misuse: The key is not for this `alg`, or of the wrong length for `dir`.
        MissingExtra: Neither A256GCM nor A256CBC-HS512 with `dir`, and joserfc is not installed.

    Source: RFC 7516 section 5.1.
    """
    algorithm, encryption = str(header.get("alg")), str(header.get("enc"))
    if algorithm not in key.algorithms or key.signs:
        raise Misuse(f"a key for {', '.join(key.algorithms)} does not encrypt with {algorithm}")
    if encryption not in CONTENT_KEY_BYTES:
        raise Misuse(f"write enc as one of {', '.join(CONTENT_KEY_BYTES)}")
    if _is_ours(algorithm, encryption):
        return jwe.encrypt(plaintext, header, key=key.secret, iv=iv)
    if not _fits(key, algorithm, encryption):
        wanted = CONTENT_KEY_BYTES[encryption]
        raise Misuse(f"{encryption} wants a key of {wanted} bytes, not {len(key.secret)}")
    headers.write(header)
    with extra("jose"):
        from dojang.wire.jose import wrapping  # noqa: PLC0415 - guarded
    return wrapping.encrypt(plaintext, dict(header), key.native or key.secret)


def decrypt(text: str, keys: Key | Keys) -> Decrypted:
    """Return what `encrypt` was given.

    Args:
        text: Any text is safe to pass.
        keys: The key; or what gives the keys to try, asked once the header is known to be one of
            ours in form. The header chooses among them by its `alg`, and never more than that.

    Raises:
        Oversized: Longer than `MAX_TOKEN`; nothing in it was looked at.
        Malformed: Not five parts of canonical base64url with a JSON header, or one with a member
            that changes the meaning of the token (`zip`, `crit`).
        UnknownKey: There is no key for this header.
        WrongAlgorithm: No key of these is used with this `alg`, or `enc` is not one that we read.
        BadSignature: No key opens the token; whatever is wrong inside, it is this one error.
        MissingExtra: Neither A256GCM nor A256CBC-HS512 with `dir`, and joserfc is not installed.

    Source: RFC 7516 sections 5.2 and 11.5.
    """
    parts = headers.parts(text, _PARTS)
    header = headers.read(parts[0])
    for part in parts[1:]:
        base64url.decode(part)
    candidates = (keys,) if isinstance(keys, Key) else keys(header)
    if not candidates:
        raise UnknownKey("the token names a key that we do not have")
    algorithm, encryption = header["alg"], str(header.get("enc"))
    fitting = [key for key in candidates if _fits(key, algorithm, encryption) and key.private]
    if not fitting:
        raise WrongAlgorithm("the token is encrypted in a way that its key is not used with")
    for key in fitting:
        try:
            return Decrypted(_open(text, header, key), header, key)
        except BadSignature:
            continue
    raise BadSignature("no key opens this token")


def _fits(key: Key, algorithm: str, encryption: str) -> bool:
    if algorithm not in key.algorithms or key.signs or encryption not in CONTENT_KEY_BYTES:
        return False
    return algorithm != "dir" or len(key.secret) == CONTENT_KEY_BYTES[encryption]


def _is_ours(algorithm: str, encryption: str) -> bool:
    return algorithm == "dir" and encryption in ENCRYPTIONS


def _open(text: str, header: Mapping[str, Any], key: Key) -> bytes:
    if _is_ours(header["alg"], header["enc"]):
        return jwe.decrypt(text, lambda _: [key.secret]).plaintext
    with extra("jose"):
        from dojang.wire.jose import wrapping  # noqa: PLC0415 - guarded
    return wrapping.decrypt(text, header, key.native or key.secret)
