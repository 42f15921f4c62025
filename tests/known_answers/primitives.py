"""Wycheproof's primitives, through the parts of ours that use them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from joserfc.jwe import CompactEncryption, JWERegistry, Recipient

from dojang.errors import Rejected
from dojang.wire.jose import asymmetric, jws, wrapping
from dojang.wire.jose.content import AesCbcHmac, AesGcm, Encrypted, Encryption
from dojang.wire.jose.jwk import Key

__all__ = ["PRIMITIVES", "Primitive"]

Test = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Primitive:
    """How the cases of one file are run.

    Attributes:
        accepts: Whether we accept a case, with the right result.
        is_outside: Whether no token can be like this; `exceptions.OUTSIDE` has these by number.
    """

    accepts: Callable[[Test, Test], bool]
    is_outside: Callable[[Test, Test], bool] = lambda _, __: False


def _hmac(bits: int) -> Primitive:
    algorithm = f"HS{bits}"

    def accepts(_: Test, test: Test) -> bool:
        key = Key.from_secret(_bytes(test, "key"), algorithms=[algorithm], allow_short=True)
        return jws._is_good(_bytes(test, "msg"), _bytes(test, "tag"), algorithm, key)

    def is_cut(group: Test, _: Test) -> bool:
        return bool(group["tagSize"] < bits)

    return Primitive(accepts, is_cut)


def _aead(make: Callable[[int], Encryption], iv_bits: int) -> Primitive:
    def accepts(_: Test, test: Test) -> bool:
        key, message, aad = (_bytes(test, name) for name in ("key", "msg", "aad"))
        parts = Encrypted(*(_bytes(test, name) for name in ("iv", "ct", "tag")))
        encryption = make(len(key))
        try:
            opened = encryption.decrypt(parts, aad, key)
        except Rejected:
            return False
        return opened == message and encryption.encrypt(message, aad, key, parts.iv) == parts

    def has_other_iv(group: Test, _: Test) -> bool:
        return bool(group["ivSize"] != iv_bits)

    return Primitive(accepts, has_other_iv)


def _cbc(_: Test, test: Test) -> bool:
    # Ours opens nothing that is not authentic, so the ciphertext gets its tag first.
    aes, iv, ciphertext = (_bytes(test, name) for name in ("key", "iv", "ct"))
    encryption = AesCbcHmac(2 * len(aes), "sha512")
    key = bytes(len(aes)) + aes
    sealed = Encrypted(iv, ciphertext, encryption._tag(ciphertext, b"", key, iv))
    try:
        opened = encryption.decrypt(sealed, b"", key)
    except Rejected:
        return False
    return opened == _bytes(test, "msg") and encryption.encrypt(opened, b"", key, iv) == sealed


def _signature(algorithm: str) -> Primitive:
    def accepts(group: Test, test: Test) -> bool:
        key = _key(group["publicKeyPem"], algorithm)
        assert key.native is not None
        message, signature = _bytes(test, "msg"), _bytes(test, "sig")
        return asymmetric.verify(message, signature, algorithm, key.native)

    return Primitive(accepts)


def _oaep(algorithm: str) -> Primitive:
    def accepts(group: Test, test: Test) -> bool:
        key = _key(group["privateKeyPem"], algorithm)
        recipient: Recipient[Any] = Recipient(CompactEncryption({"alg": algorithm}))
        recipient.recipient_key, recipient.encrypted_key = key.native, _bytes(test, "ct")
        model: Any = JWERegistry.algorithms["alg"][algorithm]
        try:
            return bool(model.decrypt_cek(recipient) == _bytes(test, "msg"))
        except wrapping._CLOSED:
            return False

    def has_label(_: Test, test: Test) -> bool:
        return bool(test["label"])

    return Primitive(accepts, has_label)


@cache
def _key(pem: str, algorithm: str) -> Key:
    return Key.from_pem(pem, algorithms=[algorithm])


def _bytes(test: Test, name: str) -> bytes:
    return bytes.fromhex(test[name])


def _cbc_hmac(digest: str) -> Primitive:
    return _aead(lambda size: AesCbcHmac(size, digest), 128)


#: By file.
PRIMITIVES = {
    "hmac_sha256_test.json": _hmac(256),
    "hmac_sha384_test.json": _hmac(384),
    "hmac_sha512_test.json": _hmac(512),
    "aes_gcm_test.json": _aead(AesGcm, 96),
    "aes_cbc_pkcs5_test.json": Primitive(_cbc),
    "a128cbc_hs256_test.json": _cbc_hmac("sha256"),
    "a192cbc_hs384_test.json": _cbc_hmac("sha384"),
    "a256cbc_hs512_test.json": _cbc_hmac("sha512"),
    "ed25519_test.json": _signature("Ed25519"),
    "ed448_test.json": _signature("EdDSA"),
    "ecdsa_secp256r1_sha256_p1363_test.json": _signature("ES256"),
    "ecdsa_secp384r1_sha384_p1363_test.json": _signature("ES384"),
    "ecdsa_secp521r1_sha512_p1363_test.json": _signature("ES512"),
    "rsa_signature_2048_sha256_test.json": _signature("RS256"),
    "rsa_signature_3072_sha384_test.json": _signature("RS384"),
    "rsa_signature_4096_sha512_test.json": _signature("RS512"),
    "rsa_pss_2048_sha256_mgf1_32_test.json": _signature("PS256"),
    "rsa_pss_4096_sha512_mgf1_64_test.json": _signature("PS512"),
    "rsa_oaep_2048_sha1_mgf1sha1_test.json": _oaep("RSA-OAEP"),
    "rsa_oaep_2048_sha256_mgf1sha256_test.json": _oaep("RSA-OAEP-256"),
}
