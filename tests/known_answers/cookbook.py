"""Running the cookbook of RFC 7520, with its companions for RFC 7797 and RFC 8037.

What we read is read, and written again where it repeats; what we refuse on purpose is refused, and
the reason stands here.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dojang.errors import DojangError, Misuse, Rejected
from dojang.wire import base64url
from dojang.wire.jose import jws, key_management
from dojang.wire.jose.content import AesCbcHmac, AesGcm, Encryption
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.thumbprint import thumbprint
from tests.known_answers.outcome import Outcome

__all__ = ["FILES", "name", "run"]

Case = dict[str, Any]

ROOT = Path(__file__).parent.parent / "vectors" / "rfc7520-cookbook"
FILES = sorted(ROOT.rglob("*.json"))

_JSON = "the JSON serializations are not read: a token is one compact text"

_FOREIGN = "a fault in the vectors: the key of the content is that of another token"

#: Why a compact text is refused, by the begin of its file.
_REFUSED = {
    "jws/4_5": "detached content: a token brings along what it signs",
    "jwe/5_1": "RSA1_5",
    "jwe/5_3": "PBES2: how long opening takes is for the sender to choose",
    "jwe/5_9": "zip: what a token unpacks to has no bound",
    "rfc7797/": "b64: a token whose payload is not base64url",
}

_ENCRYPTIONS: dict[str, Encryption] = {
    "A128GCM": AesGcm(16),
    "A256GCM": AesGcm(32),
    "A128CBC-HS256": AesCbcHmac(32, "sha256"),
    "A256CBC-HS512": AesCbcHmac(64, "sha512"),
}


def name(file: Path) -> str:
    """Return the name of a file within the cookbook."""
    return file.relative_to(ROOT).as_posix()


def run(file: Path) -> Iterator[Outcome]:
    """Yield what came of each case of `file`."""
    case = json.loads(file.read_text(encoding="utf-8"))
    if file.parent.name == "jwk":
        yield _outcome("key", _key, case)
    elif "sign" in case:
        yield _outcome("nested", _nested, case)
    else:
        yield from _token(case, name(file))


def _token(case: Case, file: str) -> Iterator[Outcome]:
    output = case["output"]
    if "compact" in output:
        reason = next((why for begin, why in _REFUSED.items() if file.startswith(begin)), None)
        check = _read if reason is None else _refuse
        yield _outcome("compact", check, case, declared=reason)
    for form in ("json", "json_flat"):
        if form in output:
            text = json.dumps(output[form])
            yield _outcome(form, _refuse, {**case, "output": {"compact": text}}, declared=_JSON)
    if case.get("reproducible") is False:
        yield _outcome("content", _is_of_another_token, case, declared=_FOREIGN)
    elif "encrypting_content" in case and "compact" in output and "zip" not in case["input"]:
        yield _outcome("content", _encrypt_again, case)


def _outcome(
    label: str, check: Callable[[Case], None], case: Case, declared: str | None = None
) -> Outcome:
    try:
        check(case)
    except (AssertionError, DojangError) as error:
        return Outcome(label, f"{type(error).__name__}: {error}", declared)
    return Outcome(label, declared=declared)


def _read(case: Case) -> None:
    given, compact = case["input"], case["output"]["compact"]
    key = Key.from_jwk(given["key"], algorithms=[given["alg"]])
    if "enc" in given:
        found = key_management.decrypt(compact, key)
        assert found.plaintext.decode() == given["plaintext"]
        header = {member: found.header[member] for member in ("alg", "enc")}
        again = key_management.encrypt(found.plaintext, header, key=key)
        assert key_management.decrypt(again, key).plaintext == found.plaintext
        return
    verified = jws.verify(compact, key)
    assert verified.payload.decode() == given["payload"]
    if case.get("reproducible"):
        assert jws.sign(verified.payload, case["signing"]["protected"], key=key) == compact


def _refuse(case: Case) -> None:
    given, compact = case["input"], case["output"]["compact"]
    read = key_management.decrypt if "enc" in given else jws.verify
    try:
        # A key for what is refused altogether cannot even be made.
        keys = given.get("key", {"kty": "oct", "k": "", "alg": given["alg"]})
        read(compact, Key.from_jwk(keys[0] if isinstance(keys, list) else keys))
    except (Rejected, Misuse):
        return
    raise AssertionError("was accepted")


def _encrypt_again(case: Case) -> None:
    given, made, content = case["input"], case["generated"], case["encrypting_content"]
    cek = made.get("cek") or case.get("encrypting_key", {}).get("cek") or given["key"]["k"]
    parts = _ENCRYPTIONS[given["enc"]].encrypt(
        given["plaintext"].encode(),
        content["protected_b64u"].encode(),
        base64url.decode(cek),
        base64url.decode(made["iv"]),
    )
    assert base64url.encode(parts.ciphertext) == content["ciphertext"]
    assert base64url.encode(parts.tag) == content["tag"]


def _is_of_another_token(case: Case) -> None:
    cek = base64url.decode(case["encrypting_key"]["cek"])
    assert len(cek) != _ENCRYPTIONS[case["input"]["enc"]].key_bytes


def _key(jwk: Case) -> None:
    # Figure 6 names how content is encrypted where the key's own alg belongs.
    asked = ["dir"] if jwk.get("alg") == "A256GCM" else None
    key = Key.from_jwk(jwk, algorithms=asked)
    assert key.kid == jwk["kid"]
    assert key.private == ("d" in jwk or "k" in jwk)
    if key.kty == "oct":
        assert key.secret == base64url.decode(jwk["k"])
        return
    public = key.public_jwk
    assert not public.keys() & {"d", "p", "q", "dp", "dq", "qi", "k"}
    assert thumbprint(public) == thumbprint(jwk)


def _nested(case: Case) -> None:
    outer, inner = case["encrypt"], case["sign"]
    key = Key.from_jwk(outer["input"]["key"], algorithms=[outer["input"]["alg"]])
    opened = key_management.decrypt(outer["output"]["compact"], key).plaintext.decode()
    assert opened == inner["output"]["compact"]
    signer = Key.from_jwk(inner["input"]["key"], algorithms=[inner["input"]["alg"]])
    assert jws.verify(opened, signer).payload.decode() == inner["input"]["payload"]
