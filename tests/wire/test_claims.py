from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import (
    Expired,
    Malformed,
    MissingClaim,
    NotYetValid,
    Rejected,
    WrongAudience,
    WrongId,
    WrongIssuer,
    WrongSubject,
    WrongType,
)
from dojang.wire.jose.claims import Expected
from tests.wire.test_json import VALUES

NOW = 1_767_225_600_000
SECONDS = NOW // 1000


def check(claims: dict[str, Any], *, now: int = NOW, header: Any = None, **wanted: Any) -> None:
    Expected(**wanted).check(claims, now=now, header=header)


def test_a_token_is_good_until_its_exp_exclusive() -> None:
    check({"exp": SECONDS}, now=NOW - 1)
    with pytest.raises(Expired):
        check({"exp": SECONDS})
    check({"exp": SECONDS}, now=NOW + 14_999, tolerance=15)
    with pytest.raises(Expired):
        check({"exp": SECONDS}, now=NOW + 15_000, tolerance=15)


def test_now_counts_in_whole_seconds() -> None:
    check({"exp": SECONDS + 0.5}, now=NOW + 999)
    with pytest.raises(Expired):
        check({"exp": SECONDS + 0.5}, now=NOW + 1000)


def test_a_token_is_good_from_its_nbf_inclusive() -> None:
    check({"nbf": SECONDS})
    with pytest.raises(NotYetValid):
        check({"nbf": SECONDS}, now=NOW - 1)
    check({"nbf": SECONDS + 10}, tolerance=10)


def test_the_age_counts_from_iat_and_the_future_is_no_age() -> None:
    check({"iat": SECONDS - 30}, max_age=30)
    check({"iat": SECONDS - 35}, max_age=30, tolerance=5)
    with pytest.raises(Expired):
        check({"iat": SECONDS - 31}, max_age=30)
    with pytest.raises(NotYetValid):
        check({"iat": SECONDS + 1}, max_age=30)
    check({"iat": SECONDS + 5}, max_age=30, tolerance=5)
    with pytest.raises(NotYetValid):
        check({"iat": SECONDS + 6}, max_age=30, tolerance=5)
    with pytest.raises(MissingClaim):
        check({}, max_age=30)
    check({"iat": SECONDS + 1_000_000})


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["4100000000", None, True, [4100000000], {}])
def test_a_time_that_is_no_number_is_refused(name: str, value: Any) -> None:
    with pytest.raises(Malformed):
        check({name: value})


def test_times_may_have_fractions_and_be_far_away() -> None:
    check({"exp": 1e300, "nbf": -1e300})
    check({"exp": SECONDS + 0.5})
    with pytest.raises(Expired):
        check({"exp": -5})


@pytest.mark.parametrize("claim", ["api", ["api"], ["web", "api"], [1, None, "api"]])
@pytest.mark.parametrize("wanted", ["api", ["x", "api"]])
def test_one_audience_of_either_side_is_enough(claim: Any, wanted: Any) -> None:
    check({"aud": claim}, audience=wanted)


@pytest.mark.parametrize("claim", [{}, {"aud": "web"}, {"aud": []}, {"aud": ["ap", 1]}, {"aud": 1}])
@pytest.mark.parametrize("wanted", ["api", ["api"], [], "", "apiweb"])
def test_another_audience_is_refused(claim: Any, wanted: Any) -> None:
    with pytest.raises(WrongAudience):
        check(claim, audience=wanted)


def test_the_issuer_is_compared_whole() -> None:
    """PyJWT GHSA-75c5-xw7c-p5pm: an issuer was good when it was part of the one expected."""
    check({"iss": "https://a.example"}, issuer="https://a.example")
    check({"iss": "b"}, issuer=["a", "b"])
    for found in ("https://a.exam", "a", "", None, ["https://a.example"], 1):
        with pytest.raises(WrongIssuer):
            check({"iss": found}, issuer="https://a.example")
    with pytest.raises(WrongIssuer):
        check({}, issuer=["a"])


def test_subject_and_id_are_compared_whole() -> None:
    check({"sub": "a", "jti": "1"}, subject="a", id="1")
    for claims in ({}, {"sub": "A"}, {"sub": ["a"]}):
        with pytest.raises(WrongSubject):
            check(claims, subject="a")
    for others in ({}, {"jti": 1}):
        with pytest.raises(WrongId):
            check(dict(others), id="1")


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"])
def test_a_type_is_a_media_type_in_any_case(typ: str) -> None:
    check({}, header={"typ": typ}, type="at+jwt")
    check({}, header={"typ": typ}, type="application/at+jwt")


@pytest.mark.parametrize("header", [None, {}, {"typ": "JWT"}, {"typ": None}, {"typ": "x/at+jwt"}])
def test_another_type_is_refused(header: Any) -> None:
    with pytest.raises(WrongType):
        check({}, header=header, type="at+jwt")


def test_what_is_required_must_be_there_whatever_it_says() -> None:
    check({"sid": None}, required=["sid"])
    with pytest.raises(MissingClaim, match="sid, jti"):
        check({}, required=["sid", "jti"])


@given(st.dictionaries(st.sampled_from(["exp", "nbf", "iat", "aud", "iss", "sub", "jti"]), VALUES))
def test_any_claims_are_good_or_rejected(claims: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        check(claims, audience="\x00api", issuer=["a"], subject="b", id="c", max_age=1)
