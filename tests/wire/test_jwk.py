from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Malformed, Misuse, WeakSecret
from dojang.wire import base64url
from dojang.wire.jose import roca
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.thumbprint import thumbprint
from tests.wire import jose_kit
from tests.wire.jose_kit import SECRET, pair
from tests.wire.test_json import VALUES

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k", "oth"}

#: RFC 7638 section 3.1.
RFC_7638 = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
    "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2"
    "QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6W"
    "eZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}

#: RFC 8037 appendix A.
RFC_8037 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}


def test_the_thumbprints_of_the_rfcs_come_out() -> None:
    assert thumbprint(RFC_7638) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert thumbprint(RFC_8037) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_key_of_auth_js_is_named_by_sha_512() -> None:
    """Secret `secret`, cookie `authjs.session-token`; written by @auth/core."""
    key = (
        "b1ef6cdd915c44c0a71232574a6a70546a5e16d12bb38df4638e3b96bdd320251"
        "31e90695ff072a9d148f1511c7a4981a85b63a628311da1fa7ccfc49c47c2bb"
    )
    jwk = {"k": base64url.encode(bytes.fromhex(key)), "kty": "oct"}
    expected = (
        "7x9DUMVaEU6giab0l0OWDt4e4SsRH_cbwMof2EzEyy6onK5o8xSPPB799RVoqm2v6z674kQCv9jom2T8S-a1dQ"
    )
    assert thumbprint(jwk, "sha512") == expected


@pytest.mark.parametrize(
    "jwk", [{}, {"kty": "oct"}, {"kty": "oct", "k": 1}, {"kty": ["EC"]}, {"kty": "EC", "crv": "P"}]
)
def test_a_key_that_lacks_a_required_member_has_no_thumbprint(jwk: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        thumbprint(jwk)


@pytest.mark.parametrize("size", [1, 31, 32, 47, 48, 63, 64])
def test_an_hmac_key_is_as_long_as_its_hash(size: int) -> None:
    for name, least in (("HS256", 32), ("HS384", 48), ("HS512", 64)):
        if size >= least:
            assert Key.from_secret(bytes(size), algorithms=[name]).secret == bytes(size)
            continue
        with pytest.raises(WeakSecret, match=f"{size} bytes is too short for {name}"):
            Key.from_secret(bytes(size), algorithms=[name])
        assert Key.from_secret(bytes(size), algorithms=[name], allow_short=True).secret


@pytest.mark.parametrize("empty", ["", b""])
@pytest.mark.parametrize("allow_short", [True, False])
def test_an_empty_key_is_impossible(empty: Any, allow_short: bool) -> None:
    """joserfc 1.6.8, Wycheproof: an empty secret, with which everybody signs."""
    with pytest.raises(WeakSecret, match="empty"):
        Key.from_secret(empty, allow_short=allow_short)
    with pytest.raises(WeakSecret):
        Key.from_jwk({"kty": "oct", "k": ""}, allow_short=allow_short)


def test_a_secret_of_text_counts_in_utf_8() -> None:
    assert Key.from_secret("한" * 11).secret == "한".encode() * 11
    with pytest.raises(WeakSecret):
        Key.from_secret("한" * 10)


@pytest.mark.parametrize(("name", "size"), [("A128KW", 16), ("A192GCMKW", 24), ("A256KW", 32)])
def test_a_wrapping_key_is_exactly_as_long_as_its_name_says(name: str, size: int) -> None:
    assert not Key.from_secret(bytes(size), algorithms=[name]).signs
    for other in (size - 1, size + 1):
        with pytest.raises(WeakSecret, match=f"{size} bytes"):
            Key.from_secret(bytes(other), algorithms=[name], allow_short=True)


@pytest.mark.parametrize(
    "algorithms",
    [[], ["none"], ["RS256"], ["HS256", "dir"], ["hs256"], ["RSA1_5"], ["PBES2-HS256+A128KW"]],
)
def test_a_secret_is_used_for_one_purpose_and_by_known_names(algorithms: list[str]) -> None:
    with pytest.raises(Misuse):
        Key.from_secret(SECRET, algorithms=algorithms)


def test_a_secret_that_says_nothing_is_for_the_hmacs_it_is_long_enough_for() -> None:
    def able(size: int, **members: str) -> tuple[str, ...]:
        return Key.from_jwk(
            {"kty": "oct", "k": base64url.encode(bytes(size)), **members}
        ).algorithms

    assert able(32) == able(47, use="sig") == ("HS256",)
    assert able(64) == ("HS256", "HS384", "HS512")
    assert able(64, alg="HS512") == ("HS512",)
    with pytest.raises(WeakSecret):
        able(31)
    with pytest.raises(Misuse, match="name the algorithm"):
        able(32, use="enc")


@pytest.mark.parametrize("name", ["RS256", "ES256", "ES512", "Ed25519", "Ed448", "ECDH-ES+A256KW"])
def test_what_is_published_has_no_private_member(name: str) -> None:
    private, public = pair(name)
    assert private.private
    assert not public.private
    for key in (private, public):
        assert not key.public_jwk.keys() & PRIVATE_MEMBERS
        assert key.public_jwk["alg"] == name
        assert key.public_jwk["use"] == ("sig" if key.signs else "enc")
    assert public.kid == private.kid == thumbprint(jose_kit.jwk(name))


def test_a_secret_is_never_published() -> None:
    with pytest.raises(Misuse, match="never published"):
        _ = Key.from_secret(SECRET).public_jwk


@pytest.mark.parametrize("name", ["RS256", "ES384", "Ed25519"])
def test_a_pem_gives_the_key_that_its_jwk_gives(name: str) -> None:
    native: Any = pair(name)[0].native
    private = Key.from_pem(native.as_pem(private=True).decode(), algorithms=[name])
    public = Key.from_pem(b"  \n" + native.as_pem() + b"\n\n", kid="mine")
    assert (private.kid, private.private) == (pair(name)[0].kid, True)
    assert (public.kid, public.private) == ("mine", False)
    assert name in public.algorithms


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "hello",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "\ud83d",
        b"\xff",
    ],
)
def test_what_is_no_pem_is_malformed(pem: Any) -> None:
    with pytest.raises(Malformed):
        Key.from_pem(pem)


def test_a_pem_behind_a_password_is_malformed() -> None:
    native: Any = pair("ES256")[0].native
    with pytest.raises(Malformed, match="unencrypted"):
        Key.from_pem(native.as_pem(private=True, password="hush"))


def test_a_short_rsa_key_is_refused_in_both_forms() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    short = rsa.generate_private_key(65537, 1024).public_key()
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    with pytest.raises(WeakSecret, match="1024 bits is too short, at least 2048"):
        Key.from_pem(short.public_bytes(serialization.Encoding.PEM, info))
    modulus = base64url.encode(short.public_numbers().n.to_bytes(128, "big"))
    with pytest.raises(WeakSecret, match="1024 bits"):
        Key.from_jwk({"kty": "RSA", "n": modulus, "e": "AQAB"})


def test_a_modulus_of_a_faulty_maker_is_known() -> None:
    """CVE-2017-15361; Wycheproof has a whole key."""
    prime_product = 1
    for prime in roca._PRIMES:
        prime_product *= prime
    assert roca.is_weak(pow(65537, 5, prime_product))
    assert not roca.is_weak(pow(65537, 5, prime_product) + 1)


@pytest.mark.parametrize(
    "change",
    [
        {"x": "AAAA"},
        {"x": "="},
        {"y": None},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"crv": "X"},
        {"crv": ["P-256"]},
        {"kty": "EC2"},
        {"kty": 1},
        {"kid": 1},
        {"alg": "ES384"},
        {"alg": "none"},
        {"alg": 1},
        {"use": "enc"},
        {"use": "x"},
        {"use": 1},
        {"key_ops": ["encrypt"]},
        {"d": base64url.encode(bytes(32))},
        {"d": base64url.encode(b"1" * 32)},
    ],
)
def test_a_jwk_that_does_not_fit_together_is_refused(change: dict[str, Any]) -> None:
    jwk = {**jose_kit.jwk("ES256"), "alg": "ES256", **change}
    with pytest.raises((Malformed, Misuse)):
        Key.from_jwk(jwk)


def test_the_two_halves_of_a_jwk_are_of_one_pair() -> None:
    for name in ("Ed25519", "ES256"):
        other = Key.from_jwk(dict(jose_kit.MAKERS[name]().as_dict())).public
        with pytest.raises(Malformed):
            Key.from_jwk({**jose_kit.jwk(name), **other})


def test_several_primes_are_not_read() -> None:
    with pytest.raises(Malformed, match="more than two primes"):
        Key.from_jwk({**jose_kit.jwk("RS256"), "oth": []})


@given(
    st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "n", "e", "d", "k", "alg", "use"]), VALUES
    )
)
def test_any_object_is_a_key_or_refused(jwk: dict[str, Any]) -> None:
    for kty in (jwk.get("kty"), "EC", "OKP", "RSA", "oct"):
        with suppress(Malformed, WeakSecret, Misuse):
            Key.from_jwk({**jwk, "kty": kty})
