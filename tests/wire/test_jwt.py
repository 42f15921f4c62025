from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import (
    BadSignature,
    Expired,
    Malformed,
    NotJson,
    Oversized,
    Rejected,
    UnknownKey,
    WrongAudience,
    WrongType,
)
from dojang.wire import base64url
from dojang.wire.jose import jose_jwt, jws, jwt
from dojang.wire.jose.claims import Expected
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from tests.wire.jose_kit import NOW, SECRET, pair
from tests.wire.test_json import VALUES

KEY = Key.from_secret(SECRET)
DIRECT = Key.from_secret(bytes(range(32)), algorithms=["dir"])

#: Made by jose 6.2.17 with the secret `shhhhh`.
PUBLISHED = (
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjQxMDAwMDAwMDB9"
    ".IuWr1Df-bg4S2oSUYsHQkdtvJJwqNvvRgfgAw-zIwqA"
)


def test_the_published_token_is_made_and_read_to_the_byte() -> None:
    key = jose_jwt.secret_key("shhhhh")
    claims = {"sub": "1", "iat": 1_700_000_000, "exp": 4_100_000_000}
    assert jwt.sign(claims, {"alg": "HS256"}, key=key) == PUBLISHED
    read = jwt.verify(PUBLISHED, key, now=NOW)
    assert (read.claims, read.header, read.key) == (claims, {"alg": "HS256"}, key)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_was_signed_or_encrypted_comes_back(claims: dict[str, Any]) -> None:
    claims = {f"_{name}": value for name, value in claims.items()}
    try:
        signed = jwt.sign(claims, {"alg": "HS256"}, key=KEY)
    except NotJson:
        return
    encrypted = jwt.encrypt(claims, {"alg": "dir", "enc": "A256GCM"}, key=DIRECT)
    read = jwt.verify(signed, KEY, now=NOW).claims
    assert read == jwt.decrypt(encrypted, DIRECT, now=NOW).claims
    assert jwt.sign(read, {"alg": "HS256"}, key=KEY) == signed


@pytest.mark.parametrize("payload", [b"", b"[]", b"1", b"null", b"{", b"\xff", b'{"a":1,"a":2}'])
def test_an_authentic_token_over_something_else_is_malformed(payload: bytes) -> None:
    with pytest.raises(Malformed):
        jwt.verify(jws.sign(payload, {"alg": "HS256"}, key=KEY), KEY, now=NOW)


@pytest.mark.parametrize(
    "text", ['{"exp":NaN}', '{"exp":Infinity}', '{"exp":1e400}', '{"exp":"1"}', '{"exp":true}']
)
def test_a_time_is_a_finite_number(text: str) -> None:
    with pytest.raises(Malformed):
        jwt.verify(jws.sign(text.encode(), {"alg": "HS256"}, key=KEY), KEY, now=NOW)


def test_claims_are_judged_once_they_are_authentic() -> None:
    expected = Expected(audience="api", type="at+jwt")
    good = jwt.sign({"aud": ["api"]}, {"alg": "HS256", "typ": "at+jwt"}, key=KEY)
    assert jwt.verify(good, KEY, now=NOW, expected=expected).claims == {"aud": ["api"]}
    for claims, header, error in (
        ({"aud": "api"}, {"alg": "HS256", "typ": "JWT"}, WrongType),
        ({"aud": "web"}, {"alg": "HS256", "typ": "at+jwt"}, WrongAudience),
        ({"aud": "api", "exp": NOW // 1000}, {"alg": "HS256", "typ": "at+jwt"}, Expired),
    ):
        text = jwt.sign(claims, header, key=KEY)
        with pytest.raises(error):
            jwt.verify(text, KEY, now=NOW, expected=expected)
        with pytest.raises(BadSignature):
            jwt.verify(text, Key.from_secret(SECRET[::-1]), now=NOW, expected=expected)


def test_no_kind_of_token_passes_for_another() -> None:
    """RFC 8725 3.11, 3.12: of every kind against every check, only the diagonal is accepted."""
    types = ["session+jwt", "at+jwt", "logout+jwt", "JWT"]
    for written in types:
        text = jwt.sign({}, {"alg": "HS256", "typ": written}, key=KEY)
        for asked in types:
            expected = Expected(type=asked)
            if written == asked:
                assert jwt.verify(text, KEY, now=NOW, expected=expected).claims == {}
                continue
            with pytest.raises(WrongType):
                jwt.verify(text, KEY, now=NOW, expected=expected)


def test_a_signed_token_is_not_an_encrypted_one() -> None:
    signed = jwt.sign({}, {"alg": "HS256"}, key=KEY)
    encrypted = jwt.encrypt({}, {"alg": "dir", "enc": "A256GCM"}, key=DIRECT)
    with pytest.raises(Malformed):
        jwt.decrypt(signed, DIRECT, now=NOW)
    with pytest.raises(Malformed):
        jwt.verify(encrypted, KEY, now=NOW)


def test_a_published_set_verifies_by_the_name_of_the_key() -> None:
    private, public = pair("ES256")
    keys = KeySet(None, past=(public,))
    text = jwt.sign({"a": 1}, {"alg": "ES256", "kid": private.kid}, key=private)
    assert jwt.verify(text, keys.find, now=NOW).claims == {"a": 1}
    with pytest.raises(UnknownKey):
        jwt.verify(jwt.sign({}, {"alg": "ES256", "kid": "x"}, key=private), keys.find, now=NOW)


def test_nothing_longer_than_the_limit_is_looked_at() -> None:
    for read in (jwt.verify, jwt.decrypt):
        with pytest.raises(Oversized):
            read("." * (jwt.MAX_LENGTH + 1), KEY, now=NOW)
        with pytest.raises(Malformed):
            read("." * jwt.MAX_LENGTH, KEY, now=NOW)


@given(st.text())
def test_any_text_is_rejected(text: str) -> None:
    for read in (jwt.verify, jwt.decrypt):
        with pytest.raises(Rejected):
            read(text, KEY, now=NOW)


def test_padding_and_the_other_alphabet_are_another_spelling() -> None:
    text = jwt.sign({"a": "??>>~~"}, {"alg": "HS256"}, key=KEY)
    assert set("-_") & set(text.split(".")[1])
    for changed in (
        text.replace("-", "+").replace("_", "/"),
        text + "=",
        text.replace(".", "=.", 1),
        text[:-1] + chr(ord(text[-1]) + 1),
        f" {text}",
        f"{text}\n",
    ):
        with pytest.raises(Malformed):
            jwt.verify(changed, KEY, now=NOW)
    assert base64url.decode(text.split(".")[1]) == b'{"a":"??>>~~"}'


def test_what_jose_writes_for_a_time() -> None:
    assert jose_jwt.numeric_date("2h", now=NOW) == NOW // 1000 + 7_200
    assert jose_jwt.numeric_date("5 minutes ago", now=NOW + 999) == NOW // 1000 - 300
    assert jose_jwt.numeric_date(1.5, now=NOW) == 1.5
