"""jose 6 reads the tokens we write, and we read its own: signed, encrypted, and their keys."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey

from dojang.errors import (
    BadSignature,
    Expired,
    Malformed,
    MissingClaim,
    Misuse,
    NotYetValid,
    Rejected,
    WrongAudience,
    WrongIssuer,
    WrongSubject,
    WrongType,
)
from dojang.wire.jose import jose_jwt, jwt
from dojang.wire.jose.claims import Expected
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.thumbprint import Hash, thumbprint
from tests.node.judge import Judge, Thrown
from tests.node.payloads import TEXTS, altered, counted, objects, written

NOW = 1_767_225_600_000
SECONDS = NOW // 1000
CLAIMS = objects(without=frozenset(["exp", "nbf", "iat", "iss", "aud", "sub", "jti"]), proto=True)

#: The text of a key is no secret to us.
SECRETS = st.binary(min_size=1, max_size=80).filter(lambda secret: b"-----BEGIN" not in secret)

#: By `kty` or `crv`, made by neither of us.
PAIRS: dict[str, dict[str, Any]] = {
    "RSA": RSAKey.generate_key(2048).as_dict(private=True),
    **{crv: ECKey.generate_key(crv).as_dict(private=True) for crv in ("P-256", "P-384", "P-521")},
    **{crv: OKPKey.generate_key(crv).as_dict(private=True) for crv in ("Ed25519", "X25519")},
}
SIGNING = [
    *(("RSA", f"{family}{bits}") for family in ("RS", "PS") for bits in (256, 384, 512)),
    ("P-256", "ES256"),
    ("P-384", "ES384"),
    ("P-521", "ES512"),
    ("Ed25519", "EdDSA"),
    ("Ed25519", "Ed25519"),
]
ENCRYPTING = [
    ("RSA", "RSA-OAEP"),
    ("RSA", "RSA-OAEP-256"),
    *((crv, "ECDH-ES") for crv in ("P-256", "P-384", "P-521", "X25519")),
    *(("X25519", f"ECDH-ES+A{bits}KW") for bits in (128, 192, 256)),
]
CONTENT = {
    "A128GCM": 16,
    "A192GCM": 24,
    "A256GCM": 32,
    "A128CBC-HS256": 32,
    "A192CBC-HS384": 48,
    "A256CBC-HS512": 64,
}
WRAPPING = [f"A{bits}{kind}" for kind in ("KW", "GCMKW") for bits in (128, 192, 256)]

#: How jose says what we say with a class.
REFUSALS: dict[str, type[Rejected]] = {
    '"exp" claim timestamp check failed': Expired,
    '"iat" claim timestamp check failed (too far in the past)': Expired,
    '"iat" claim timestamp check failed (it should be in the past)': NotYetValid,
    '"nbf" claim timestamp check failed': NotYetValid,
    'unexpected "typ" JWT header value': WrongType,
    'unexpected "iss" claim value': WrongIssuer,
    'unexpected "aud" claim value': WrongAudience,
    'unexpected "sub" claim value': WrongSubject,
    'missing required "': MissingClaim,
    "claim must be a number": Malformed,
    "signature verification failed": BadSignature,
}


def public(jwk: dict[str, Any]) -> dict[str, Any]:
    private = ("d", "p", "q", "dp", "dq", "qi")
    return {name: value for name, value in jwk.items() if name not in private}


@counted
@given(claims=CLAIMS, secret=SECRETS, algorithm=st.sampled_from(["HS256", "HS384", "HS512"]))
def test_a_token_signed_with_a_secret_is_the_same_text(
    judge: Judge, claims: dict[str, Any], secret: bytes, algorithm: str
) -> None:
    key, theirs = jose_jwt.secret_key(secret), {"hex": secret.hex()}
    header = {"alg": algorithm, "kid": "ключ 1", "typ": "JWT"}
    ours = jwt.sign(claims, header, key=key)
    assert judge.ask("jose.sign", claims=written(claims), header=header, key=theirs) == ours
    read = judge.ask("jose.verify", token=ours, key=theirs, options={})
    assert read == {"claims": written(claims), "header": header}
    assert written(jwt.verify(ours, key, now=NOW).claims) == written(claims)


@pytest.mark.parametrize(("pair", "algorithm"), SIGNING)
def test_a_token_signed_with_a_private_key_is_read_by_the_other(
    judge: Judge, pair: str, algorithm: str
) -> None:
    private = Key.from_jwk(PAIRS[pair], algorithms=[algorithm])
    ours = jwt.sign({"sub": "ada"}, {"alg": algorithm}, key=private)
    read = judge.ask(
        "jose.verify", token=ours, key={"jwk": public(PAIRS[pair])}, algorithm=algorithm, options={}
    )
    assert read["claims"] == '{"sub":"ada"}'
    theirs = judge.ask(
        "jose.sign", claims='{"sub":"ada"}', header={"alg": algorithm}, key={"jwk": PAIRS[pair]}
    )
    verifier = Key.from_jwk(public(PAIRS[pair]), algorithms=[algorithm])
    assert jwt.verify(theirs, verifier, now=NOW).claims == {"sub": "ada"}


def both_decrypt(
    judge: Judge, claims: dict[str, Any], header: dict[str, str], key: Key, theirs: dict[str, Any]
) -> None:
    """Each encrypts, and the other reads it."""
    private = {**theirs, "algorithm": header["alg"], "options": {}}
    to = {"jwk": public(theirs["key"]["jwk"])} if "jwk" in theirs["key"] else theirs["key"]
    ours = jwt.encrypt(claims, header, key=key)
    assert judge.ask("jose.decrypt", token=ours, **private)["claims"] == written(claims)
    token = judge.ask("jose.encrypt", claims=written(claims), header=header, key=to)
    assert written(jwt.decrypt(token, key, now=NOW).claims) == written(claims)


@counted
@given(data=st.data(), claims=CLAIMS, encryption=st.sampled_from([*CONTENT]))
def test_a_token_encrypted_with_the_key_itself_is_read_by_the_other(
    judge: Judge, data: st.DataObject, claims: dict[str, Any], encryption: str
) -> None:
    size = CONTENT[encryption]
    secret = data.draw(st.binary(min_size=size, max_size=size))
    key = Key.from_secret(secret, algorithms=["dir"])
    header = {"alg": "dir", "enc": encryption}
    both_decrypt(judge, claims, header, key, {"key": {"hex": secret.hex()}})


@pytest.mark.parametrize("encryption", CONTENT)
@pytest.mark.parametrize("algorithm", WRAPPING)
def test_a_token_whose_key_is_wrapped_is_read_by_the_other(
    judge: Judge, algorithm: str, encryption: str
) -> None:
    secret = bytes(range(int(algorithm[1:4]) // 8))
    key = Key.from_secret(secret, algorithms=[algorithm])
    header = {"alg": algorithm, "enc": encryption}
    both_decrypt(judge, {"sub": "ada"}, header, key, {"key": {"hex": secret.hex()}})


@pytest.mark.parametrize("encryption", ["A256GCM", "A256CBC-HS512"])
@pytest.mark.parametrize(("pair", "algorithm"), ENCRYPTING)
def test_a_token_encrypted_for_a_public_key_is_read_by_the_other(
    judge: Judge, pair: str, algorithm: str, encryption: str
) -> None:
    key = Key.from_jwk(PAIRS[pair], algorithms=[algorithm])
    header = {"alg": algorithm, "enc": encryption}
    both_decrypt(judge, {"sub": "ada"}, header, key, {"key": {"jwk": PAIRS[pair]}})


TIMES = st.integers(SECONDS - 5, SECONDS + 5) | st.floats(SECONDS - 5, SECONDS + 5)
TIMED = st.fixed_dictionaries({}, optional={"exp": TIMES, "nbf": TIMES, "iat": TIMES})
SAYING = st.fixed_dictionaries(
    {},
    optional={
        "iss": st.sampled_from(["a", "b"]),
        "sub": st.sampled_from(["a", "b"]),
        "aud": st.sampled_from(["a", "b", ["a"], ["b", "a"], []]),
    },
)


@counted
@given(
    claims=st.builds(lambda timed, saying: {**timed, **saying}, TIMED, SAYING),
    typ=st.sampled_from([None, "JWT", "at+jwt", "application/at+jwt", "AT+JWT"]),
    expected=st.builds(
        Expected,
        audience=st.sampled_from([None, "a", ["a", "c"]]),
        issuer=st.sampled_from([None, "a", ["a", "c"]]),
        subject=st.sampled_from([None, "a"]),
        type=st.sampled_from([None, "at+jwt"]),
        required=st.sampled_from([(), ("iat",), ("exp", "sub")]),
        max_age=st.none() | st.integers(0, 5),
        tolerance=st.integers(0, 5),
    ),
    now=st.integers(NOW - 999, NOW + 999),
)
def test_the_same_claims_are_refused_for_the_same_reason(
    judge: Judge, claims: dict[str, Any], typ: str | None, expected: Expected, now: int
) -> None:
    key, secret = Key.from_secret(bytes(32)), {"hex": bytes(32).hex()}
    header = {"alg": "HS256"} if typ is None else {"alg": "HS256", "typ": typ}
    token = jwt.sign(claims, header, key=key)
    asked = {
        "audience": expected.audience,
        "issuer": expected.issuer,
        "subject": expected.subject,
        "typ": expected.type,
        "requiredClaims": list(expected.required),
        "maxTokenAge": expected.max_age,
        "clockTolerance": expected.tolerance,
    }
    options = {name: value for name, value in asked.items() if value is not None}
    try:
        theirs: Any = judge.ask("jose.verify", at=now, token=token, key=secret, options=options)
        theirs = theirs["claims"]
    except Thrown as thrown:
        theirs = refusal(thrown)
    try:
        ours: Any = written(jwt.verify(token, key, now=now, expected=expected).claims)
    except Rejected as rejected:
        ours = type(rejected)
    # A claim that is asked for and not there is missing to jose, and the wrong one to us.
    if theirs is MissingClaim and ours in {WrongIssuer, WrongSubject, WrongAudience}:
        return
    assert ours == theirs


def refusal(thrown: Thrown) -> type[Rejected]:
    return next(kind for said, kind in REFUSALS.items() if said in str(thrown))


@counted
@given(data=st.data())
def test_a_changed_token_is_refused_by_both(judge: Judge, data: st.DataObject) -> None:
    key = Key.from_secret(bytes(32))
    token = jwt.sign({"sub": "ada", "admin": False}, {"alg": "HS256"}, key=key)
    # The last character has bits that say nothing: jose does not look at them, and we do.
    changed = altered(data, token, range(len(token) - 1), "AQz09_-.=")
    with pytest.raises(Rejected):
        jwt.verify(changed, key, now=NOW)
    with pytest.raises(Thrown):
        judge.ask("jose.verify", token=changed, key={"hex": bytes(32).hex()}, options={})


@pytest.mark.parametrize("hash", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("pair", [*PAIRS, "oct"])
def test_a_key_has_the_same_thumbprint(judge: Judge, pair: str, hash: Hash) -> None:
    jwk = {"kty": "oct", "k": "AAECAwQ"} if pair == "oct" else PAIRS[pair]
    assert judge.ask("jose.thumbprint", jwk=jwk, hash=hash) == thumbprint(jwk, hash)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_public_half_of_a_key_is_the_same_jwk(judge: Judge, pair: str) -> None:
    key = Key.from_jwk(PAIRS[pair])
    assert key.native is not None
    pem = key.native.as_pem(private=False).decode()
    algorithm = key.algorithms[0]
    theirs = judge.ask("jose.publicJwk", pem=pem, algorithm=algorithm)
    ours = {name: value for name, value in key.public_jwk.items() if name in theirs}
    assert ours == theirs == public(PAIRS[pair])


UNITS = ["s", "sec", "secs", "second", "m", "min", "minutes", "h", "hr", "hours", "d", "days",
         "w", "weeks", "y", "yrs", "year", "H", "Minutes", "fortnight", ""]  # fmt: skip
SPANS = st.builds(
    lambda sign, value, space, unit, way: f"{sign}{value}{space}{unit}{way}",
    st.sampled_from(["", "+", "-", "+ ", "x"]),
    st.integers(0, 500) | st.decimals(0, 50, places=2),
    st.sampled_from(["", " ", "  "]),
    st.sampled_from(UNITS),
    st.sampled_from(["", " ago", " from now"]),
)


@counted
@given(span=SPANS | TEXTS)
def test_a_span_of_time_is_as_long(judge: Judge, span: str) -> None:
    try:
        theirs: Any = judge.ask("jose.expiration", at=NOW, when=span)
    except Thrown:
        theirs = Misuse
    try:
        ours: Any = jose_jwt.numeric_date(span, now=NOW)
    except Misuse:
        ours = Misuse
    assert ours == theirs
