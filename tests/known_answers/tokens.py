"""Wycheproof's tokens and keys, through the functions that an application calls."""

from functools import cache
from typing import Any

from dojang.errors import Misuse, Rejected
from dojang.wire import json
from dojang.wire.jose import jws, key_management
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.jws import Keys

__all__ = ["accepts"]

Test = dict[str, Any]


def accepts(group: Test, test: Test) -> bool:
    """Return whether a token is accepted under the key of its group, with the right content."""
    kind = "jws" if "jws" in test else "jwe"
    token = test[kind] if isinstance(test[kind], str) else json.dumps(test[kind])
    material = group.get("public", group["private"]) if kind == "jws" else group["private"]
    try:
        keys = _keys(json.dumps(material))
        if kind == "jws":
            jws.verify(token, keys)
            return True
        plaintext = key_management.decrypt(token, keys).plaintext
    except (Rejected, Misuse):
        return False
    return "pt" not in test or plaintext.hex() == test["pt"]


@cache
def _keys(material: str) -> Key | Keys:
    jwk = json.loads_object(material)
    if "keys" in jwk:
        return KeySet(None, past=tuple(Key.from_jwk(each) for each in jwk["keys"])).find
    return Key.from_jwk(jwk)
