from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import (
    BadSignature,
    Expired,
    Malformed,
    MissingClaim,
    Misuse,
    NotYetValid,
    Oversized,
    Rejected,
    WeakSecret,
    WrongAlgorithm,
    WrongAudience,
    WrongId,
)
from dojang.wire import base64url
from dojang.wire.jose import jsonwebtoken, jws
from dojang.wire.jose.jsonwebtoken import SignOptions, VerifyOptions
from tests.wire.jose_kit import NOW, pair

KEY = jsonwebtoken.key("shhhhh")
SECONDS = NOW // 1000


def parts(text: str) -> list[str]:
    return [base64url.decode(part).decode("latin-1") for part in text.split(".")[:2]]


def sign(payload: Any, **options: Any) -> str:
    return jsonwebtoken.sign(payload, KEY, now=NOW, **options)


def verify(token: str, **options: Any) -> object:
    return jsonwebtoken.verify(token, KEY, now=NOW, options=VerifyOptions(**options))


def test_the_published_token_is_made_and_read_to_the_byte() -> None:
    """Made by jsonwebtoken 9.0.3."""
    made = sign({"sub": "1", "iat": 1_700_000_000}, expires_in="1h", key_id="k1")
    assert made == (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0.eyJzdWIiOiIxIiwiaWF0IjoxNzAwMDAwMDAwLC"
        "JleHAiOjE3MDAwMDM2MDB9.4MCR8tqI8epfRHqHvbjpKAFOof4mj1xZf10ELM8nEOE"
    )
    assert jsonwebtoken.verify(made, KEY, now=1_700_000_001_000) == {
        "sub": "1", "iat": 1_700_000_000, "exp": 1_700_003_600,
    }  # fmt: skip


def test_header_and_claims_have_the_order_of_jsonwebtoken() -> None:
    options: SignOptions = {
        "jwt_id": "j",
        "subject": "s",
        "issuer": "i",
        "audience": ["a"],
        "expires_in": 60,
        "not_before": "0",
        "key_id": "k",
        "header": {"x": 1, "typ": "at+jwt"},
    }
    header, claims = parts(sign({"own": 1}, **options))
    assert header == '{"alg":"HS256","typ":"at+jwt","kid":"k","x":1}'
    assert claims == (
        f'{{"own":1,"iat":{SECONDS},"nbf":{SECONDS},"exp":{SECONDS + 60},'
        '"aud":["a"],"iss":"i","sub":"s","jti":"j"}'
    )


def test_iat_keeps_its_place_and_its_value_and_can_be_left_out() -> None:
    assert parts(sign({"iat": 5, "a": 1}, expires_in=1))[1] == '{"iat":5,"a":1,"exp":6}'
    assert parts(sign({"iat": 0}))[1] == f'{{"iat":{SECONDS}}}'
    assert parts(sign({"iat": 5, "a": 1}, no_timestamp=True))[1] == '{"a":1}'


def test_a_text_of_digits_is_in_milliseconds() -> None:
    assert parts(sign({"iat": 10}, expires_in="120"))[1] == '{"iat":10,"exp":10}'
    assert parts(sign({"iat": 10}, expires_in="1500"))[1] == '{"iat":10,"exp":11}'


def test_a_payload_of_text_has_no_type_and_no_claims() -> None:
    made = sign("그냥 글")
    assert parts(made)[0] == '{"alg":"HS256"}'
    assert verify(made) == "그냥 글"
    for option in ({"expires_in": 1}, {"audience": "a"}, {"no_timestamp": True}):
        with pytest.raises(Misuse, match="no claims"):
            sign("text", **option)
    with pytest.raises(WrongAudience):
        verify(made, audience="a")


@pytest.mark.parametrize(
    ("payload", "read"),
    [("{}", {}), ('[1,"a"]', [1, "a"]), ("1", "1"), ('"a"', '"a"'), ("null", "null"), ("", "")],
)
def test_text_that_happens_to_be_json_is_read_where_it_holds_others(
    payload: str, read: Any
) -> None:
    assert verify(sign(payload)) == read


@pytest.mark.parametrize("payload", [b"[1]", b'"a"', b"7", b"null"])
def test_a_token_that_calls_itself_jwt_gives_whatever_json_it_holds(payload: bytes) -> None:
    text = jws.sign(payload, {"alg": "HS256", "typ": "JWT"}, key=KEY)
    assert verify(text) == {b"[1]": [1], b'"a"': "a", b"7": 7, b"null": None}[payload]
    broken = jws.sign(payload[:-1] + b"\xff", {"alg": "HS256", "typ": "JWT"}, key=KEY)
    with pytest.raises(Malformed):
        verify(broken)


def test_the_age_is_exclusive_and_the_future_is_young() -> None:
    made = sign({"iat": SECONDS - 30})
    assert verify(made, max_age=31)
    assert verify(made, max_age="31s")
    assert verify(made, max_age=30, clock_tolerance=1)
    for options in ({"max_age": 30}, {"max_age": "30s"}, {"max_age": "30000"}):
        with pytest.raises(Expired):
            verify(made, **options)
    assert verify(sign({"iat": SECONDS + 1_000}), max_age=1)
    with pytest.raises(MissingClaim):
        verify(sign({}, no_timestamp=True), max_age=1)


def test_times_can_be_ignored_one_by_one() -> None:
    made = sign({"exp": 1, "nbf": SECONDS + 100})
    with pytest.raises(NotYetValid):
        verify(made, ignore_expiration=True)
    with pytest.raises(Expired):
        verify(made, ignore_not_before=True)
    assert verify(made, ignore_expiration=True, ignore_not_before=True)


def test_a_nonce_and_an_id_are_compared() -> None:
    made = sign({"nonce": "n", "jti": "j"})
    assert verify(made, nonce="n", jwt_id="j")
    for options in ({"nonce": "m"}, {"jwt_id": "k"}):
        with pytest.raises(WrongId):
            verify(made, **options)


@pytest.mark.parametrize(
    ("claim", "option"),
    [("exp", "expires_in"), ("nbf", "not_before"), ("aud", "audience"), ("iss", "issuer"),
     ("sub", "subject"), ("jti", "jwt_id")],
)  # fmt: skip
def test_a_claim_is_given_once(claim: str, option: str) -> None:
    with pytest.raises(Misuse, match=f"a claim {claim} already"):
        sign({claim: 1}, **{option: 1 if claim in {"exp", "nbf"} else "a"})


@pytest.mark.parametrize("name", ["iat", "exp", "nbf"])
@pytest.mark.parametrize("value", ["1", None, True])
def test_a_time_is_written_as_a_number(name: str, value: Any) -> None:
    with pytest.raises(Misuse, match="number of seconds"):
        sign({name: value})


def test_a_pem_is_a_key_and_any_other_text_a_secret() -> None:
    private, public = pair("RS256")
    native: Any = private.native
    pem = native.as_pem().decode()
    key = jsonwebtoken.key(pem)
    assert (key.kty, key.kid) == ("RSA", public.kid)
    with pytest.raises(WrongAlgorithm):
        jsonwebtoken.verify(sign({}), key, now=NOW)
    with pytest.raises(Malformed):
        jsonwebtoken.key("-----BEGIN PUBLIC KEY-----\nnot really")
    with pytest.raises(WeakSecret):
        jsonwebtoken.key("")
    assert jsonwebtoken.key(b"x").secret == b"x"


def test_a_secret_with_half_a_character_is_what_node_makes_of_it() -> None:
    assert jsonwebtoken.key("a\ud83d").secret == "a\ufffd".encode()


def test_a_header_beyond_latin_1_says_something_else_and_is_read_all_the_same() -> None:
    made = sign({}, header={"x": "도장"})
    assert parts(made)[0] == '{"alg":"HS256","typ":"JWT","x":"\xc4\xa5"}'
    assert verify(made) == {"iat": SECONDS}
    with pytest.raises(Malformed):
        verify(sign({}, header={"x": "가"}))


def test_another_algorithm_is_refused() -> None:
    made = sign({}, algorithm="HS512")
    key = jsonwebtoken.key("shhhhh", algorithms=["HS256"])
    with pytest.raises(WrongAlgorithm):
        jsonwebtoken.verify(made, key, now=NOW)
    with pytest.raises(BadSignature):
        jsonwebtoken.verify(made, jsonwebtoken.key("shhhhi"), now=NOW)


@given(st.text())
def test_any_text_is_rejected(text: str) -> None:
    with pytest.raises(Rejected):
        verify(text)


def test_nothing_longer_than_the_limit_is_looked_at() -> None:
    with pytest.raises(Oversized):
        verify("." * 16_385)
