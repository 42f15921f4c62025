"""Cases of jsonwebtoken.json."""

from typing import Any

from dojang.wire.jose import jsonwebtoken
from dojang.wire.jose.algorithms import HMAC_HASHES
from dojang.wire.jose.jsonwebtoken import VerifyOptions
from dojang.wire.jose.jwk import Key
from tests.interop.values import plain

Case = dict[str, Any]

_SIGN = {
    "algorithm": "algorithm",
    "expiresIn": "expires_in",
    "notBefore": "not_before",
    "audience": "audience",
    "issuer": "issuer",
    "subject": "subject",
    "jwtid": "jwt_id",
    "keyid": "key_id",
    "noTimestamp": "no_timestamp",
    "header": "header",
}
_VERIFY = {
    "audience": "audience",
    "issuer": "issuer",
    "subject": "subject",
    "jwtid": "jwt_id",
    "nonce": "nonce",
    "ignoreExpiration": "ignore_expiration",
    "ignoreNotBefore": "ignore_not_before",
    "clockTolerance": "clock_tolerance",
    "maxAge": "max_age",
}


def verify(case: Case) -> Any:
    options = dict(case["options"]["verify"])
    key = _key(case, "verify", options.pop("algorithms", None))
    return jsonwebtoken.verify(
        case["wire"], key, now=case["now"] * 1000, options=VerifyOptions(**_named(options, _VERIFY))
    )


def sign(case: Case) -> dict[str, Any]:
    options = case["options"]["sign"]
    algorithm = options.get("algorithm", "HS256")
    if algorithm in HMAC_HASHES and "-----BEGIN PUBLIC" in case["secrets"]:
        return {}  # a secret that everybody knows is none for us
    key = _key(case, "sign", [algorithm])
    now = case["written_at"] * 1000
    named: Any = _named(options, _SIGN)
    return {"wire": jsonwebtoken.sign(plain(case["payload"]), key, now=now, **named)}


def _key(case: Case, role: str, algorithms: list[str] | None) -> Key:
    secrets = case["secrets"]
    material = secrets[role] if isinstance(secrets, dict) else secrets
    if "-----BEGIN" not in material and algorithms:
        algorithms = [name for name in algorithms if name in HMAC_HASHES]
    return jsonwebtoken.key(material, algorithms=algorithms)


def _named(options: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names[name]: value for name, value in options.items()}
