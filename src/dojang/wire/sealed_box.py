"""Texts that a store keeps and cannot read: `1.<nonce, ciphertext and tag>`, AES-256-GCM."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dojang.errors import BadSignature, Malformed
from dojang.wire import base64url, entropy
from dojang.wire.keyring import Keyring

__all__ = ["open_box", "seal"]

_VERSION = "1."
_NONCE, _TAG = 12, 16


def seal(plaintext: bytes, *, name: str, keys: Keyring) -> str:
    """Return `plaintext` encrypted and authenticated.

    Args:
        plaintext: Any bytes.
        name: Where it is kept; moved to another place it does not open.
        keys: Derived for this purpose; the newest seals.
    """
    nonce = entropy.random_bytes(_NONCE)
    sealed = AESGCM(keys.newest).encrypt(nonce, plaintext, name.encode("utf-8"))
    return _VERSION + base64url.encode(nonce + sealed)


def open_box(text: str, *, name: str, keys: Keyring) -> bytes:
    """Return what `seal` was given.

    Args:
        text: Any text is safe to pass.
        name: As for `seal`.
        keys: As for `seal`; all of them open.

    Raises:
        Malformed: Not of the form of one.
        BadSignature: No key sealed it for this place.
    """
    if not text.startswith(_VERSION):
        raise Malformed("expected a sealed text of version 1")
    raw = base64url.decode(text[len(_VERSION) :])
    if len(raw) < _NONCE + _TAG:
        raise Malformed("a sealed text is longer than its nonce and tag")
    for key in keys:
        try:
            return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], name.encode("utf-8"))
        except InvalidTag:
            continue
    raise BadSignature("no key sealed this text for this place")
