"""Cases of jose.json: signed and encrypted tokens, and thumbprints."""

from typing import Any

from dojang.wire import json
from dojang.wire.jose import jose_jwt, jwt
from dojang.wire.jose.algorithms import HMAC_HASHES
from dojang.wire.jose.claims import Expected
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.jws import Keys
from dojang.wire.jose.spans import jose_seconds
from dojang.wire.jose.thumbprint import thumbprint
from tests.interop.values import plain

Case = dict[str, Any]

#: Signatures without a random part, which a writer makes again.
_REPEATABLE = {*HMAC_HASHES, "RS256", "RS384", "RS512", "EdDSA", "Ed25519", "dir"}


def verify(case: Case) -> Any:
    options = case["options"]["verify"]
    keys = _keys(case["secrets"]["verify"], options.get("algorithms"))
    return jwt.verify(case["wire"], keys, now=_now(case), expected=_expected(options)).claims


def _decrypt(case: Case) -> Any:
    options = case["options"]["decrypt"]
    key = _secret(case["secrets"]["decrypt"], ["dir"])
    return jwt.decrypt(case["wire"], key, now=_now(case), expected=_expected(options)).claims


def _thumbprint(case: Case) -> Any:
    return thumbprint(case["payload"], case["options"]["digest"])


def sign(case: Case) -> dict[str, Any]:
    header = case["options"]["header"]
    if "-----BEGIN PUBLIC" in case["secrets"]["sign"].get("secret", ""):
        return {}  # a secret that everybody knows is none for us
    if header["alg"] not in _REPEATABLE:
        return {}
    key = _keys(case["secrets"]["sign"], [header["alg"]])
    assert isinstance(key, Key)
    return {"wire": jwt.sign(_claims(case), header, key=key)}


def _encrypt(case: Case) -> dict[str, Any]:
    key = _secret(case["secrets"]["encrypt"], ["dir"])
    iv = bytes.fromhex(case["options"]["iv_hex"])
    return {"wire": jwt.encrypt(_claims(case), case["options"]["header"], key=key, iv=iv)}


def _print(case: Case) -> dict[str, Any]:
    return {"wire": _thumbprint(case)}


def _claims(case: Case) -> dict[str, Any]:
    options, now = case["options"], case["written_at"] * 1000
    claims = dict(plain(case["payload"]))
    if options.get("iat"):
        claims["iat"] = now // 1000
    for name in ("exp", "nbf"):
        if name in options:
            claims[name] = jose_jwt.numeric_date(options[name], now=now)
    return claims | {
        name: options[name] for name in ("aud", "iss", "sub", "jti") if name in options
    }


def _expected(options: dict[str, Any]) -> Expected:
    return Expected(
        audience=options.get("audience"),
        issuer=options.get("issuer"),
        subject=options.get("subject"),
        type=options.get("typ"),
        required=options.get("requiredClaims", ()),
        max_age=_seconds(options["maxTokenAge"]) if "maxTokenAge" in options else None,
        tolerance=_seconds(options.get("clockTolerance", 0)),
    )


def _seconds(span: float | str) -> float:
    return jose_seconds(span) if isinstance(span, str) else span


def _keys(given: dict[str, Any], algorithms: list[str] | None) -> Key | Keys:
    match given:
        case {"secret": _} | {"secret_b64": _}:
            able = algorithms and [name for name in algorithms if name in HMAC_HASHES]
            return _secret(given, able)
        case {"jwk": jwk}:
            return Key.from_jwk(jwk, algorithms=algorithms, allow_short=True)
        case {"jwks": jwks}:
            return KeySet.parse(json.dumps(jwks)).find
        case {"spki": pem} | {"pkcs8": pem}:
            return Key.from_pem(pem, algorithms=algorithms)
        case _:
            raise ValueError(f"no such key: {sorted(given)}")


def _secret(given: dict[str, Any], algorithms: list[str] | None) -> Key:
    if "secret_b64" in given:
        return jose_jwt.secret_key(plain({"$b64": given["secret_b64"]}), algorithms=algorithms)
    return jose_jwt.secret_key(given["secret"], algorithms=algorithms)


def _now(case: Case) -> int:
    return int(case["now"] * 1000)


READERS = {"jwt_decrypt": _decrypt, "thumbprint": _thumbprint}
WRITERS = {"jwt_decrypt": _encrypt, "thumbprint": _print}
