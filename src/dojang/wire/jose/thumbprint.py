"""The name of a key that is computed from the key itself."""

import hashlib
from collections.abc import Mapping
from typing import Literal

from dojang.errors import Malformed
from dojang.wire import base64url, json

__all__ = ["Hash", "thumbprint"]

Hash = Literal["sha256", "sha384", "sha512"]

#: What makes a key this key and no other, by `kty`, in the order it is hashed.
_REQUIRED = {
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "RSA": ("e", "kty", "n"),
    "oct": ("k", "kty"),
}


def thumbprint(jwk: Mapping[str, object], hash: Hash = "sha256") -> str:
    """Return the thumbprint of a JWK, in base64url: the same for a private key and its public one.

    Args:
        jwk: Any JWK; what it holds beyond the required members changes nothing.
        hash: SHA-256 wherever nothing else is agreed; Auth.js takes SHA-512 for 64-byte keys.

    Raises:
        Malformed: `kty` is none of EC, OKP, RSA and oct, or a required member is not text.

    Source: RFC 7638 section 3, RFC 8037 section 2.
    """
    names = _REQUIRED.get(str(jwk.get("kty")))
    if names is None:
        raise Malformed(f"expected a JWK of kty {', '.join(_REQUIRED)}")
    for name in names:
        if not isinstance(jwk.get(name), str):
            raise Malformed(f"expected a JWK with the member {name} as text")
    text = json.dumps({name: jwk[name] for name in names})
    return base64url.encode(hashlib.new(hash, text.encode("utf-8")).digest())
