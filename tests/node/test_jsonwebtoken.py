"""jsonwebtoken 9 writes the tokens we write, and refuses what we refuse."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey

from dojang.errors import (
    Expired,
    MissingClaim,
    Misuse,
    NotYetValid,
    Rejected,
    WrongAudience,
    WrongId,
    WrongIssuer,
    WrongSubject,
)
from dojang.wire.jose import jsonwebtoken
from dojang.wire.jose.jsonwebtoken import VerifyOptions
from dojang.wire.jose.jsonwebtoken_session import JsonWebTokenSession
from tests.node.judge import Judge, Thrown
from tests.node.payloads import INHERITED, TEXTS, counted, objects, written

NOW = 1_767_225_600_000
SECONDS = NOW // 1000

#: It takes a member of an inherited name for one of its rules, and throws.
PAYLOADS = objects(
    without=INHERITED | {"exp", "nbf", "iat", "iss", "aud", "sub", "jti"},
)

#: It writes an empty text, and does not read it.
READABLE = TEXTS.filter(bool)
SECRETS = TEXTS.filter(lambda text: text and "-----BEGIN " not in text)

#: Our options, under its names.
NAMES = {
    "algorithm": "algorithm",
    "expires_in": "expiresIn",
    "not_before": "notBefore",
    "audience": "audience",
    "issuer": "issuer",
    "subject": "subject",
    "jwt_id": "jwtid",
    "key_id": "keyid",
    "no_timestamp": "noTimestamp",
    "header": "header",
    "nonce": "nonce",
    "ignore_expiration": "ignoreExpiration",
    "ignore_not_before": "ignoreNotBefore",
    "clock_tolerance": "clockTolerance",
    "max_age": "maxAge",
}

SPANS = st.integers(-5, 5) | st.sampled_from(["2h", "1.5 days", "-1m", "3000", "1y", "4 weeks"])
SIGN_OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "algorithm": st.sampled_from(["HS256", "HS384", "HS512"]),
        "expires_in": SPANS,
        "not_before": SPANS,
        "audience": st.sampled_from(["a", ["a", "b"]]),
        "issuer": TEXTS,
        "subject": TEXTS,
        "jwt_id": TEXTS,
        "key_id": TEXTS,
        "no_timestamp": st.just(True),
        "header": st.fixed_dictionaries({}, optional={"x": TEXTS, "typ": st.just("at+jwt")}),
    },
)

#: How it says what we say with a class.
REFUSALS: dict[str, type[Rejected]] = {
    "jwt expired": Expired,
    "maxAge exceeded": Expired,
    "jwt not active": NotYetValid,
    "iat required when maxAge is specified": MissingClaim,
    "jwt audience invalid": WrongAudience,
    "jwt issuer invalid": WrongIssuer,
    "jwt subject invalid": WrongSubject,
    "jwt jwtid invalid": WrongId,
    "jwt nonce invalid": WrongId,
}


def its(options: dict[str, Any]) -> dict[str, Any]:
    return {NAMES[name]: value for name, value in options.items()}


@counted
@given(payload=PAYLOADS, secret=SECRETS, options=SIGN_OPTIONS)
def test_a_token_is_the_same_text(
    judge: Judge, payload: dict[str, Any], secret: str, options: dict[str, Any]
) -> None:
    given = {"payload": written(payload), "key": secret, "options": its(options)}
    try:
        theirs: Any = judge.ask("jsonwebtoken.sign", at=NOW, **given)
    except Thrown:
        theirs = Misuse
    try:
        ours: Any = jsonwebtoken.sign(payload, jsonwebtoken.key(secret), now=NOW, **options)
    except Misuse:
        ours = Misuse
    assert ours == theirs


@pytest.mark.parametrize("option", ["expires_in", "not_before"])
@pytest.mark.parametrize("span", [1.5, True, False, 2.0, 0, -3, "", None])
def test_a_span_is_a_whole_number_for_both_or_text(judge: Judge, option: str, span: Any) -> None:
    options: dict[str, Any] = {option: span}
    given = {"payload": "{}", "key": "secret", "options": its(options)}
    try:
        theirs: Any = judge.ask("jsonwebtoken.sign", at=NOW, **given)
    except Thrown:
        with pytest.raises(Misuse):
            jsonwebtoken.sign({}, jsonwebtoken.key("secret"), now=NOW, **options)
    else:
        assert jsonwebtoken.sign({}, jsonwebtoken.key("secret"), now=NOW, **options) == theirs


@pytest.mark.parametrize("name", sorted(INHERITED))
def test_a_claim_of_an_inherited_name_is_read_by_it_and_not_written(
    judge: Judge, name: str
) -> None:
    payload = {name: {"admin": True}}
    token = jsonwebtoken.sign(payload, jsonwebtoken.key("secret"), now=NOW, no_timestamp=True)
    assert judge.ask("jsonwebtoken.verify", at=NOW, token=token, key="secret", options={}) == (
        written(payload)
    )
    assert jsonwebtoken.verify(token, jsonwebtoken.key("secret"), now=NOW) == payload
    given = {"payload": written(payload), "key": "secret", "options": {"noTimestamp": True}}
    with pytest.raises(Thrown):
        judge.ask("jsonwebtoken.sign", at=NOW, **given)


@counted
@given(
    claims=st.fixed_dictionaries(
        {},
        optional={
            **{name: st.integers(SECONDS - 5, SECONDS + 5) for name in ("exp", "nbf", "iat")},
            **{name: st.sampled_from(["a", "b"]) for name in ("iss", "sub", "jti", "nonce")},
            "aud": st.sampled_from(["a", "b", ["b", "a"], ["c"]]),
        },
    ),
    options=st.fixed_dictionaries(
        {},
        optional={
            "audience": st.sampled_from(["a", ["a", "c"]]),
            "issuer": st.sampled_from(["a", ["a", "c"]]),
            **{name: st.just("a") for name in ("subject", "jwt_id", "nonce")},
            "ignore_expiration": st.booleans(),
            "ignore_not_before": st.booleans(),
            "clock_tolerance": st.integers(0, 5),
            "max_age": st.integers(1, 5) | st.sampled_from(["2s", "3500"]),
        },
    ),
    now=st.integers(NOW - 999, NOW + 999),
)
def test_the_same_claims_are_refused_for_the_same_reason(
    judge: Judge, claims: dict[str, Any], options: dict[str, Any], now: int
) -> None:
    key = jsonwebtoken.key("secret")
    token = jsonwebtoken.sign(claims, key, now=NOW, no_timestamp="iat" not in claims)
    try:
        theirs: Any = judge.ask(
            "jsonwebtoken.verify", at=now, token=token, key="secret", options=its(options)
        )
    except Thrown as thrown:
        theirs = next(kind for said, kind in REFUSALS.items() if said in str(thrown))
    try:
        found = jsonwebtoken.verify(token, key, now=now, options=VerifyOptions(**options))
        ours: Any = written(found)
    except Rejected as rejected:
        ours = type(rejected)
    assert ours == theirs


@counted
@given(text=READABLE)
def test_a_payload_of_text_is_the_same_token_and_the_same_text(judge: Judge, text: str) -> None:
    key = jsonwebtoken.key("secret")
    ours = jsonwebtoken.sign(text, key, now=NOW)
    assert judge.ask("jsonwebtoken.sign", payload=written(text), key="secret", options={}) == ours
    read = judge.ask("jsonwebtoken.verify", token=ours, key="secret", options={})
    assert written(jsonwebtoken.verify(ours, key, now=NOW)) == read


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256", "PS384", "ES256", "ES384"])
def test_a_token_signed_with_a_pem_is_read_by_the_other(judge: Judge, algorithm: str) -> None:
    pair: RSAKey | ECKey = (
        ECKey.generate_key(f"P-{algorithm[2:]}")
        if algorithm.startswith("ES")
        else RSAKey.generate_key(2048)
    )
    private, public = pair.as_pem(private=True).decode(), pair.as_pem(private=False).decode()
    ours = jsonwebtoken.sign(
        {"sub": "ada"},
        jsonwebtoken.key(private, algorithms=[algorithm]),
        now=NOW,
        algorithm=algorithm,
    )
    read = judge.ask("jsonwebtoken.verify", token=ours, key=public, options={})
    assert read == written({"sub": "ada", "iat": SECONDS})
    theirs = judge.ask(
        "jsonwebtoken.sign", payload="{}", key=private, options={"algorithm": algorithm}, at=NOW
    )
    verifier = jsonwebtoken.key(public, algorithms=[algorithm])
    assert jsonwebtoken.verify(theirs, verifier, now=NOW) == {"iat": SECONDS}


SESSIONS = st.fixed_dictionaries(
    {},
    optional={
        "issuer": TEXTS.filter(bool),
        "audience": TEXTS.filter(bool),
        "algorithm": st.sampled_from(["HS256", "HS384", "HS512"]),
        "key_id": st.sampled_from(["k1", "é", 'a " b']),
    },
)


@counted
@given(payload=PAYLOADS, secret=SECRETS, options=SESSIONS)
def test_a_session_in_a_token_is_written_to_the_letter_and_read(
    judge: Judge, payload: dict[str, Any], secret: str, options: dict[str, Any]
) -> None:
    format = JsonWebTokenSession(jsonwebtoken.key(secret), **options)
    ours = format.encode(payload, expires=NOW + 3_600_999, now=NOW)
    theirs = judge.ask(
        "jsonwebtoken.sign",
        payload=written(payload),
        key=secret,
        options={"expiresIn": 3600, **{NAMES[name]: value for name, value in options.items()}},
        at=NOW,
    )
    assert ours == theirs
    assert written(format.decode(theirs, now=NOW).claims) == written(payload)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_a_session_under_a_pem_is_signed_as_asked_and_read_whatever_key_it_names(
    judge: Judge, algorithm: str
) -> None:
    pem = RSAKey.generate_key(2048).as_pem(private=True).decode()
    format = JsonWebTokenSession(jsonwebtoken.key(pem), algorithm=algorithm)
    token = format.encode({"a": 1}, expires=None, now=NOW)
    only = {"algorithms": [algorithm]}
    read = judge.ask("jsonwebtoken.verify", token=token, key=pem, options=only, at=NOW)
    assert read == written({"a": 1, "iat": SECONDS})
    own: list[dict[str, Any]] = [{"keyid": "k1"}, {"keyid": "é"}, {"header": {"typ": "jwt"}}]
    for each in own:
        options = {"algorithm": algorithm, **each}
        named = judge.ask("jsonwebtoken.sign", payload='{"a":1}', key=pem, options=options, at=NOW)
        assert format.decode(named, now=NOW).claims == {"a": 1}
