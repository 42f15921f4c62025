from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe as joserfc_jwe
from joserfc.jwk import OctKey

from dojang.errors import BadSignature, Malformed, Misuse, Rejected, UnknownKey, WrongAlgorithm
from dojang.wire import base64url, json
from dojang.wire.jose import jwe, key_management
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.key_management import CONTENT_KEY_BYTES
from tests.wire.jose_kit import pair

PAIRS = ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW"]
WRAPPINGS = {"A128KW": 16, "A192KW": 24, "A256KW": 32, "A128GCMKW": 16, "A256GCMKW": 32}
DIRECT = Key.from_secret(bytes(range(32)), algorithms=["dir"])


def secret_for(algorithm: str) -> Key:
    return Key.from_secret(bytes(range(WRAPPINGS[algorithm])), algorithms=[algorithm])


def forged(header: dict[str, Any]) -> str:
    return f"{base64url.encode(json.dumps(header).encode())}.AAAA.AAAA.AAAA.AAAA"


@pytest.mark.parametrize("encryption", CONTENT_KEY_BYTES)
def test_every_content_encryption_goes_both_ways_with_the_key_as_it_is(encryption: str) -> None:
    key = Key.from_secret(bytes(range(CONTENT_KEY_BYTES[encryption])), algorithms=["dir"])
    text = key_management.encrypt(b"anything", {"alg": "dir", "enc": encryption}, key=key)
    assert key_management.decrypt(text, key).plaintext == b"anything"
    assert text.split(".")[1] == ""


@given(st.binary(max_size=200), st.sampled_from(["A256GCM", "A256CBC-HS512"]))
def test_ours_and_joserfc_read_each_other(plaintext: bytes, encryption: str) -> None:
    secret = bytes(range(CONTENT_KEY_BYTES[encryption]))
    theirs = OctKey.import_key({"kty": "oct", "k": base64url.encode(secret)})
    header = {"alg": "dir", "enc": encryption}
    ours = jwe.encrypt(plaintext, header, key=secret)
    opened = joserfc_jwe.decrypt_compact(ours, theirs, algorithms=["dir", encryption])
    assert opened.plaintext == plaintext
    text = joserfc_jwe.encrypt_compact(header, plaintext, theirs, algorithms=["dir", encryption])
    assert jwe.decrypt(text, lambda _: [secret]).plaintext == plaintext


@pytest.mark.parametrize("algorithm", PAIRS)
@pytest.mark.parametrize("encryption", ["A128GCM", "A256CBC-HS512"])
def test_a_pair_encrypts_with_one_half_and_decrypts_with_the_other(
    algorithm: str, encryption: str
) -> None:
    private, public = pair(algorithm)
    header = {"alg": algorithm, "enc": encryption, "kid": "1", "typ": "JWT", "mine": "é"}
    text = key_management.encrypt(b"anything", header, key=public)
    opened = key_management.decrypt(text, private)
    assert (opened.plaintext, opened.key) == (b"anything", private)
    assert list(opened.header)[:5] == list(header)
    with pytest.raises(WrongAlgorithm):
        key_management.decrypt(text, public)
    other, _ = pair("RSA-OAEP-256" if algorithm != "RSA-OAEP-256" else "RSA-OAEP")
    with pytest.raises(WrongAlgorithm):
        key_management.decrypt(text, other)


@pytest.mark.parametrize("algorithm", WRAPPINGS)
def test_a_secret_wraps_the_key_of_the_content(algorithm: str) -> None:
    key = secret_for(algorithm)
    text = key_management.encrypt(b"x", {"alg": algorithm, "enc": "A256GCM"}, key=key)
    assert key_management.decrypt(text, key).plaintext == b"x"
    other = Key.from_secret(bytes(WRAPPINGS[algorithm]), algorithms=[algorithm])
    with pytest.raises(BadSignature):
        key_management.decrypt(text, other)
    assert key_management.decrypt(text, lambda _: [other, key]).key is key


def samples() -> dict[str, tuple[Key, str]]:
    made = [(DIRECT, DIRECT, "dir"), *((*pair(name), name) for name in ("ECDH-ES", "RSA-OAEP"))]
    made += [(secret_for(name), secret_for(name), name) for name in ("A256KW", "A256GCMKW")]
    return {
        name: (private, key_management.encrypt(b"1", {"alg": name, "enc": "A256GCM"}, key=public))
        for private, public, name in made
    }


SAMPLES = samples()


@pytest.mark.parametrize(("key", "good"), SAMPLES.values(), ids=SAMPLES)
def test_no_changed_character_no_cut_and_no_swap_is_accepted(key: Key, good: str) -> None:
    """RFC 7516 11.5: whatever is wrong inside, the answer is one and the same."""
    step = 1 if len(good) < 400 else 7
    changed = {
        good[:place] + other + good[place + 1 :]
        for place in range(0, len(good), step)
        for other in "A0-."
    }
    cut = {good[:place] for place in range(0, len(good), step)} | {good + "A", good + "."}
    parts = good.split(".")
    swapped = {
        ".".join([*parts[:one], parts[one + 1], parts[one], *parts[one + 2 :]]) for one in range(4)
    }
    for text in (changed | cut | swapped) - {good}:
        with pytest.raises((Malformed, WrongAlgorithm, BadSignature)):
            key_management.decrypt(text, key)


@given(st.text())
def test_any_text_is_rejected(text: str) -> None:
    with pytest.raises(Rejected):
        key_management.decrypt(text, DIRECT)


VALUES = (
    st.none() | st.booleans() | st.integers(0, 2**31) | st.text(max_size=5) | st.just({"kty": "EC"})
)


@given(
    st.sampled_from(["ECDH-ES", "ECDH-ES+A256KW", "A256GCMKW", "RSA-OAEP", "A256KW", "dir"]),
    st.dictionaries(
        st.sampled_from(["epk", "iv", "tag", "apu", "apv", "kid", "cty", "p2c"]), VALUES
    ),
)
def test_any_header_is_rejected(algorithm: str, members: dict[str, Any]) -> None:
    key = (
        DIRECT
        if algorithm == "dir"
        else (secret_for(algorithm) if algorithm in WRAPPINGS else pair(algorithm)[0])
    )
    with pytest.raises(Rejected):
        key_management.decrypt(forged({"alg": algorithm, "enc": "A128GCM", **members}), key)


@pytest.mark.parametrize("curve", ["P-256", "X25519"])
@pytest.mark.parametrize("change", [{"d": "AAAA"}, {"x": "AAAA"}, {"crv": "X"}, {"kty": "oct"}])
def test_an_ephemeral_key_is_a_public_point_on_the_right_curve(curve: str, change: Any) -> None:
    name = "ECDH-ES" if curve == "P-256" else "ECDH-ES+A256KW"
    private, public = pair(name)
    parts = key_management.encrypt(b"", {"alg": name, "enc": "A128GCM"}, key=public).split(".")
    header = json.loads_object(base64url.decode(parts[0]))
    header["epk"].update(change)
    changed = base64url.encode(json.dumps(header).encode())
    with pytest.raises(Rejected):
        key_management.decrypt(".".join([changed, *parts[1:]]), private)


def test_a_point_of_small_order_gives_no_key() -> None:
    epk = {"kty": "OKP", "crv": "X25519", "x": base64url.encode(bytes(32))}
    token = forged({"alg": "ECDH-ES+A256KW", "enc": "A128GCM", "epk": epk})
    with pytest.raises(BadSignature):
        key_management.decrypt(token, pair("ECDH-ES+A256KW")[0])


def test_zip_is_refused_before_anything_is_opened() -> None:
    """A token that unpacks to more than memory holds.

    jose CVE-2024-28176, go-jose CVE-2024-28180, python-jose CVE-2024-33664, Authlib CVE-2025-62706.
    """
    with pytest.raises(Malformed, match="zip"):
        key_management.decrypt(forged({"alg": "dir", "enc": "A256GCM", "zip": "DEF"}), DIRECT)
    with pytest.raises(Misuse, match="zip"):
        key_management.encrypt(
            b"",
            {"alg": "dir", "enc": "A128GCM", "zip": "DEF"},
            key=Key.from_secret(bytes(16), algorithms=["dir"]),
        )


@pytest.mark.parametrize("count", [1, 2**31])
def test_pbes2_is_refused_before_anything_is_counted(count: int) -> None:
    """Nimbus CVE-2023-52428, jose CVE-2022-36083, jwcrypto CVE-2023-6681: hours in one token."""
    header = {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2s": "AAAA", "p2c": count}
    for key in (DIRECT, secret_for("A128KW"), pair("RSA-OAEP")[0]):
        with pytest.raises(WrongAlgorithm):
            key_management.decrypt(forged(header), key)
    with pytest.raises(Misuse):
        Key.from_secret(bytes(16), algorithms=["PBES2-HS256+A128KW"])


def test_rsa1_5_is_refused_before_anything_is_decrypted() -> None:
    """jwcrypto CVE-2016-6298, Authlib CVE-2026-28490: an oracle for the padding of RSA1_5."""
    for key in (pair("RSA-OAEP")[0], pair("RSA-OAEP-256")[0]):
        with pytest.raises(WrongAlgorithm):
            key_management.decrypt(forged({"alg": "RSA1_5", "enc": "A128GCM"}), key)


def test_a_signing_key_decrypts_nothing_and_the_other_way_round() -> None:
    with pytest.raises(WrongAlgorithm):
        key_management.decrypt(forged({"alg": "RSA-OAEP", "enc": "A128GCM"}), pair("RS256")[0])
    with pytest.raises(Misuse, match="does not encrypt"):
        key_management.encrypt(b"", {"alg": "RS256", "enc": "A128GCM"}, key=pair("RS256")[0])


def test_misuse_says_what_to_write() -> None:
    with pytest.raises(Misuse, match="write enc as one of"):
        key_management.encrypt(b"", {"alg": "dir", "enc": "A1GCM"}, key=DIRECT)
    with pytest.raises(Misuse, match="wants a key of 16 bytes, not 32"):
        key_management.encrypt(b"", {"alg": "dir", "enc": "A128GCM"}, key=DIRECT)
    with pytest.raises(WrongAlgorithm):
        key_management.decrypt(forged({"alg": "dir", "enc": "A128GCM"}), DIRECT)
    with pytest.raises(UnknownKey):
        key_management.decrypt(forged({"alg": "dir", "enc": "A128GCM"}), lambda _: [])


def test_a_key_given_as_bytes_fits_its_encryption() -> None:
    with pytest.raises(Misuse, match="write alg dir"):
        jwe.encrypt(b"", {"alg": "dir", "enc": "A128GCM"}, key=bytes(16))
    with pytest.raises(Misuse, match="A256GCM wants a key of 32 bytes, not 31"):
        jwe.encrypt(b"", {"alg": "dir", "enc": "A256GCM"}, key=bytes(31))
