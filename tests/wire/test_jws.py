import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import OctKey

from dojang.errors import (
    BadSignature,
    Malformed,
    Misuse,
    Rejected,
    UnknownKey,
    WeakSecret,
    WrongAlgorithm,
)
from dojang.wire import base64url, json
from dojang.wire.jose import jws
from dojang.wire.jose.jwk import Key
from tests.wire import jose_kit
from tests.wire.jose_kit import SECRET, pair

HS256 = Key.from_secret(SECRET)
HS512 = Key.from_secret(SECRET * 2, algorithms=["HS512"])
KEYS = [HS256, *(pair(name)[1] for name in ("RS256", "ES256", "Ed25519"))]
ASYMMETRIC = ["RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "Ed448"]

#: RFC 7515 appendix A.1; its header has a line break, which ours never have.
RFC_KEY = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
RFC_TOKEN = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
    "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)


def handmade(header: dict[str, Any] | str, payload: bytes = b"{}", key: bytes = b"") -> str:
    text = header if isinstance(header, str) else json.dumps(header)
    signed = f"{base64url.encode(text.encode())}.{base64url.encode(payload)}"
    mac = hmac.digest(key or SECRET.encode(), signed.encode(), "sha256")
    return f"{signed}.{base64url.encode(mac)}"


def test_the_token_of_the_rfc_is_read() -> None:
    key = Key.from_jwk({"kty": "oct", "k": RFC_KEY})
    assert jws.verify(RFC_TOKEN, key).payload.startswith(b'{"iss":"joe"')


@given(st.binary(max_size=300), st.sampled_from(["HS256", "HS384", "HS512"]))
def test_ours_and_joserfc_write_the_same_and_read_each_other(payload: bytes, name: str) -> None:
    key = Key.from_secret(SECRET * 2, algorithms=[name])
    theirs = OctKey.import_key(SECRET * 2)
    text = jws.sign(payload, {"alg": name, "kid": "1"}, key=key)
    assert text == joserfc_jws.serialize_compact({"alg": name, "kid": "1"}, payload, theirs, [name])
    assert joserfc_jws.deserialize_compact(text, theirs, [name]).payload == payload
    assert jws.verify(text, key).payload == payload


@pytest.mark.parametrize("name", ASYMMETRIC)
def test_a_pair_signs_with_one_half_and_verifies_with_the_other(name: str) -> None:
    private, public = pair(name)
    text = jws.sign(b"anything", {"alg": name}, key=private)
    verified = jws.verify(text, public)
    assert (verified.payload, verified.header, verified.key) == (b"anything", {"alg": name}, public)
    with pytest.raises(Misuse, match="public half"):
        jws.sign(b"", {"alg": name}, key=public)
    with pytest.raises(BadSignature):
        jws.verify(text[:-8] + "AAAAAAAA", public)


@pytest.mark.parametrize("key", [HS256, HS512, *(pair(name)[0] for name in ("ES256", "Ed25519"))])
def test_no_changed_character_no_cut_and_no_swap_is_accepted(key: Key) -> None:
    good = jws.sign(b'{"user":1}', {"alg": key.algorithms[0]}, key=key)
    changed = {
        good[:place] + other + good[place + 1 :] for place in range(len(good)) for other in "A0-._"
    }
    cut = {good[:place] for place in range(len(good))} | {good[1:], good + "A", good + "."}
    one, two, three = good.split(".")
    swapped = {f"{two}.{one}.{three}", f"{one}.{three}.{two}", f"{three}.{two}.{one}"}
    for text in (changed | cut | swapped) - {good}:
        with pytest.raises(Rejected):
            jws.verify(text, key)


@given(st.text())
def test_any_text_is_rejected(text: str) -> None:
    with pytest.raises(Rejected):
        jws.verify(text, HS256)


@given(st.lists(st.text(alphabet="eyJhbGciOiJub25lIn0.-_=+/"), min_size=2, max_size=4))
def test_text_that_looks_like_a_token_is_rejected(parts: list[str]) -> None:
    good = base64url.encode(b'{"alg":"HS256"}')
    for key in KEYS:
        with pytest.raises(Rejected):
            jws.verify(".".join([good, *parts]), key)
        header = base64url.encode(json.dumps({"alg": key.algorithms[0]}).encode())
        with pytest.raises(Rejected):
            jws.verify(".".join([header, *parts]), key)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE", "", "hs256", "HS256 ", "RS256"])
def test_none_in_any_spelling_is_used_with_no_key(alg: str) -> None:
    """CVE-2015-9235, jwt-simple CVE-2016-10555, Authlib CVE-2026-28802."""
    header, payload = base64url.encode(json.dumps({"alg": alg}).encode()), base64url.encode(b"{}")
    for text in (f"{header}.{payload}.", handmade({"alg": alg})):
        for key in (HS256, pair("ES256")[1]):
            with pytest.raises(WrongAlgorithm):
                jws.verify(text, key)


@pytest.mark.parametrize("header", ["{}", '{"alg":1}', '{"alg":null}', '{"alg":["HS256"]}', "[]"])
def test_a_header_without_an_algorithm_is_malformed(header: str) -> None:
    with pytest.raises(Malformed):
        jws.verify(handmade(header), HS256)


@pytest.mark.parametrize(
    "member",
    [
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
        {"b64": True},
        {"jwk": {"kty": "oct", "k": base64url.encode(SECRET.encode())}},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MIIB"]},
        {"zip": "DEF"},
    ],
)
def test_a_header_that_changes_the_meaning_or_brings_a_key_is_refused(member: Any) -> None:
    """crit: Authlib CVE-2025-59420, PyJWT CVE-2026-32597, fast-jwt CVE-2026-35042.

    Embedded keys: node-jose CVE-2018-0114, Authlib CVE-2026-27962. zip: Authlib CVE-2025-62706.
    """
    with pytest.raises(Malformed, match="never followed"):
        jws.verify(handmade({"alg": "HS256", **member}), HS256)


@pytest.mark.parametrize("name", ["RS256", "ES256", "Ed25519"])
def test_a_public_key_in_any_encoding_never_verifies_an_hmac(name: str) -> None:
    """CVE-2015-9235; PyJWT CVE-2017-11424, CVE-2022-29217; Authlib CVE-2024-37568.

    Also python-jose CVE-2024-33663 (OpenSSH) and fast-jwt CVE-2026-34950 (a blank before the PEM).
    """
    from cryptography.hazmat.primitives import serialization
    from joserfc.jwk import JWKRegistry

    imported: Any = JWKRegistry.import_key({**pair(name)[1].public_jwk})
    public = imported.public_key
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    encodings = [
        public.public_bytes(serialization.Encoding.PEM, info),
        b"\n  " + public.public_bytes(serialization.Encoding.PEM, info),
        public.public_bytes(serialization.Encoding.PEM, info).strip(),
        public.public_bytes(serialization.Encoding.DER, info),
        public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH),
        json.dumps(pair(name)[1].public_jwk).encode(),
    ]
    if name == "RS256":
        pkcs1 = serialization.PublicFormat.PKCS1
        encodings.append(public.public_bytes(serialization.Encoding.PEM, pkcs1))
        encodings.append(public.public_bytes(serialization.Encoding.DER, pkcs1))
    for encoding in encodings:
        with pytest.raises(WrongAlgorithm):
            jws.verify(handmade({"alg": "HS256"}, key=encoding), pair(name)[1])
        with pytest.raises(WeakSecret, match="text of a key"):
            Key.from_secret(encoding, allow_short=True)


def test_the_key_chooses_the_algorithm_and_the_header_does_not() -> None:
    """jsonwebtoken CVE-2022-23539 to 23541: a default algorithm, a key of another type."""
    both = Key.from_secret(SECRET * 2, algorithms=["HS512", "HS256"])
    text = jws.sign(b"", {"alg": "HS256"}, key=both)
    assert jws.verify(text, both).payload == b""
    with pytest.raises(WrongAlgorithm):
        jws.verify(text, Key.from_secret(SECRET * 2, algorithms=["HS512"]))
    with pytest.raises(Misuse, match="does not sign with HS384"):
        jws.sign(b"", {"alg": "HS384"}, key=both)
    with pytest.raises(Misuse):
        jws.sign(b"", {}, key=both)


def test_a_key_for_encryption_verifies_nothing() -> None:
    key = Key.from_secret(bytes(32), algorithms=["dir"])
    with pytest.raises(WrongAlgorithm):
        jws.verify(handmade({"alg": "dir"}, key=bytes(32)), key)
    with pytest.raises(Misuse):
        jws.sign(b"", {"alg": "dir"}, key=key)


@pytest.mark.parametrize("nothing", [[], (), None, "", b""])
def test_a_resolver_without_a_key_is_a_key_that_we_do_not_have(nothing: Any) -> None:
    """fast-jwt CVE-2026-44351, jsonwebtoken CVE-2022-23529: an empty key from a resolver."""
    with pytest.raises(UnknownKey):
        jws.verify(handmade({"alg": "HS256"}), lambda _: nothing)
    with pytest.raises(WeakSecret):
        Key.from_secret("", allow_short=True)


def test_every_key_that_fits_is_tried() -> None:
    other = Key.from_secret(SECRET[::-1])
    text = jws.sign(b"1", {"alg": "HS256"}, key=HS256)
    assert jws.verify(text, lambda _: [HS512, other, HS256]).key is HS256
    with pytest.raises(BadSignature):
        jws.verify(text, lambda _: [HS512, other])


@pytest.mark.parametrize(("name", "size"), [("ES256", 64), ("ES384", 96), ("ES512", 132)])
def test_a_signature_of_zeros_is_refused(name: str, size: int) -> None:
    """Java CVE-2022-21449: ECDSA with r = s = 0."""
    private, public = pair(name)
    signed = jws.sign(b"1", {"alg": name}, key=private).rpartition(".")[0]
    for signature in (bytes(size), b"", bytes(size - 1), b"\xff" * size):
        with pytest.raises(BadSignature):
            jws.verify(f"{signed}.{base64url.encode(signature)}", public)


def test_json_and_compact_in_one_text_is_neither() -> None:
    """python-jwt CVE-2022-39227: a text that one reader takes for JSON and another for compact."""
    header, payload, signature = handmade({"alg": "HS256"}).split(".")
    polyglot = json.dumps(
        {f"{header}.{payload}.{signature}": "", "payload": payload, "signature": signature}
    )
    with pytest.raises(Rejected):
        jws.verify(polyglot, HS256)


def test_an_oversized_header_is_not_decoded() -> None:
    """Authlib CVE-2025-61920, joserfc CVE-2025-65015: work on a header of any length."""
    huge = base64url.encode(json.dumps({"alg": "HS256", "x": "y" * 100_000}).encode())
    with pytest.raises(Malformed, match="at most 4096") as caught:
        jws.verify(f"{huge}.e30.AAAA", HS256)
    assert "yyyy" not in str(caught.value)


def test_the_signature_is_compared_in_constant_time() -> None:
    """python-jose CVE-2016-7036: by its source, since a clock would prove nothing here."""
    import inspect

    assert "hmac.compare_digest" in inspect.getsource(jws)
    assert "==" not in inspect.getsource(jws._is_good)


def test_a_header_in_latin_1_is_jsonwebtokens() -> None:
    header = {"alg": "HS256", "x": "도장"}
    text = jws.sign(b"", header, key=HS256, header_encoding="latin-1")
    assert base64url.decode(text.split(".")[0]) == b'{"alg":"HS256","x":"\xc4\xa5"}'
    assert jws.verify(text, HS256, header_encoding="latin-1").header["x"] == "\xc4\xa5"
    accent = jws.sign(b"", {"alg": "HS256", "x": "é"}, key=HS256, header_encoding="latin-1")
    with pytest.raises(Malformed):
        jws.verify(accent, HS256)


def test_no_error_and_no_repr_shows_a_key_or_a_token() -> None:
    text = jws.sign(b'{"token":"hush"}', {"alg": "HS256"}, key=HS256)
    with pytest.raises(BadSignature) as caught:
        jws.verify(text, Key.from_secret(SECRET[::-1]))
    assert text[30:60] not in str(caught.value)
    assert SECRET not in repr(HS256) + repr(jws.verify(text, HS256))
    private = pair("ES256")[0]
    assert jose_kit.jwk("ES256")["d"] not in repr(private)


def test_hmac_is_that_of_the_standard_library() -> None:
    text = jws.sign(b"x", {"alg": "HS512"}, key=HS512)
    signed, _, signature = text.rpartition(".")
    mac = hmac.new((SECRET * 2).encode(), signed.encode(), hashlib.sha512).digest()
    assert signature == base64url.encode(mac)
