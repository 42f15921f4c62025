"""The generic tokens of JOSE in the registry: all that signs and encrypts, and sets of keys."""

from dojang.wire import json
from dojang.wire.jose import jwe, jws, key_management
from dojang.wire.jose.content import ENCRYPTIONS
from dojang.wire.jose.jwk import Key
from tests.wire.entry import Entry
from tests.wire.jose_kit import jwk, pair


def signed(algorithm: str) -> Entry:
    """Return the entry of a JWS by a pair of keys."""
    private, public = pair(algorithm)
    return Entry(
        f"signed by {algorithm}",
        "jose",
        lambda value: jws.sign(repr(value).encode(), {"alg": algorithm}, key=private),
        lambda text: jws.verify(text, public),
        between=".",
        slow=True,
    )


def direct(encryption: str) -> Entry:
    """Return the entry of a JWE under the key of its content."""
    header, key = {"alg": "dir", "enc": encryption}, bytes(ENCRYPTIONS[encryption].key_bytes)
    return Entry(
        f"encrypted by {encryption}",
        "jose",
        lambda value: jwe.encrypt(repr(value).encode(), header, key=key),
        lambda text: jwe.decrypt(text, lambda _: [key]),
        between=".",
    )


def encrypted(algorithm: str, encryption: str, key: Key | None = None) -> Entry:
    """Return the entry of a JWE, under a secret or a pair of keys."""
    private, public = (key, key) if key else pair(algorithm)
    header = {"alg": algorithm, "enc": encryption}
    return Entry(
        f"encrypted by {algorithm} and {encryption}",
        "jose",
        lambda value: key_management.encrypt(repr(value).encode(), header, key=public),
        lambda text: key_management.decrypt(text, private),
        between=".",
        slow=True,
    )


def of_bytes(algorithm: str, size: int) -> Entry:
    """Return the entry of a JWE under a secret of so many bytes."""
    key = Key.from_secret(bytes(range(size)), algorithms=[algorithm])
    return encrypted(algorithm, "A256GCM" if size == 32 else "A128CBC-HS256", key)


#: A published set, and what one may be spoilt with.
KEY_SETS = [
    json.dumps({"keys": [pair(name)[1].public_jwk for name in ("ES256", "EdDSA", "RS256")]}),
    json.dumps({"keys": [{**pair("ES256")[1].public_jwk, "key_ops": [["verify"], {}, None]}]}),
    json.dumps({"keys": [jwk("ES384"), {"kty": "oct", "k": "AAAA"}, [], {"kty": {}}]}),
]

JOSE = [
    *map(signed, ("RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA", "Ed448")),
    *map(direct, ("A256GCM", "A256CBC-HS512")),
    encrypted("RSA-OAEP-256", "A256GCM"),
    encrypted("ECDH-ES", "A192GCM"),
    encrypted("ECDH-ES+A256KW", "A256CBC-HS512"),
    *(of_bytes(name, size) for name, size in {"A128KW": 16, "A256GCMKW": 32, "dir": 32}.items()),
]
