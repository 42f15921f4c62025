"""Codes of an authenticator are those of RFC 6238, and good within one step of now."""

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.auth.totp import STEP, Authenticator

NOW = 1_790_000_000_123

#: The secret of RFC 6238 appendix B, for SHA-1.
RFC = Authenticator(base64.b32encode(b"12345678901234567890").decode())

#: Appendix B has eight digits; six are the last six of those (RFC 4226 section 5.3).
TIMES = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}

#: RFC 4226 appendix D: the codes of the first ten steps.
STEPS = [
    "755224", "287082", "359152", "969429", "338314",
    "254676", "287922", "162583", "399871", "520489",
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "code"), list(TIMES.items()))
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    assert RFC.code(now=seconds * 1000) == code[-6:]
    assert RFC.step(code[-6:], now=seconds * 1000, after=-1) == seconds // STEP


@pytest.mark.parametrize(("step", "code"), list(enumerate(STEPS)))
def test_the_vectors_of_rfc_4226(step: int, code: str) -> None:
    assert RFC.code(now=step * STEP * 1000) == code


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(drift: int) -> None:
    app = Authenticator()
    theirs = app.code(now=NOW + drift * STEP * 1000)
    assert app.step(theirs, now=NOW, after=-1) == NOW // 1000 // STEP + drift


@pytest.mark.parametrize("drift", [-3, -2, 2, 3])
def test_and_no_more(drift: int) -> None:
    theirs = RFC.code(now=NOW + drift * STEP * 1000)
    assert RFC.step(theirs, now=NOW, after=-1) is None


def test_the_edges_of_a_step_are_to_the_millisecond() -> None:
    begins = NOW // 1000 // STEP * STEP * 1000
    code = RFC.code(now=begins)
    good = [RFC.step(code, now=at, after=-1) is not None for at in (
        begins - STEP * 1000 - 1, begins - STEP * 1000, begins + 2 * STEP * 1000 - 1,
        begins + 2 * STEP * 1000,
    )]  # fmt: skip
    assert good == [False, True, True, False]


def test_a_step_that_was_used_is_good_no_more_nor_those_before_it() -> None:
    here = NOW // 1000 // STEP
    before, now = RFC.code(now=NOW - STEP * 1000), RFC.code(now=NOW)
    assert RFC.step(now, now=NOW, after=here) is None
    assert RFC.step(before, now=NOW, after=here) is None
    assert RFC.step(now, now=NOW, after=here - 1) == here


@given(st.text(max_size=2000))
def test_any_text_is_a_code_or_none(text: str) -> None:
    step = RFC.step(text, now=NOW, after=-1)
    assert step is None or len(text) == 6


@pytest.mark.parametrize("now", [0, 29_999, 30_000])
def test_time_may_begin_here(now: int) -> None:
    assert RFC.step(RFC.code(now=now), now=now, after=-1) == now // 30_000


def test_a_secret_has_160_bits_and_no_two_are_alike() -> None:
    """Source: RFC 4226 section 4, R6; devise-two-factor CVE-2024-8796 had 120."""
    made = {Authenticator().secret for _ in range(100)}
    assert len(made) == 100
    assert {len(base64.b32decode(secret)) for secret in made} == {20}


def test_a_secret_is_not_shown_by_chance() -> None:
    app = Authenticator()
    assert app.secret not in repr(app)


@pytest.mark.parametrize("account", ["ada@example.org", "홍길동", "a:b", "a?secret=x&b#c", "%3A"])
def test_an_app_reads_whose_it_is_and_nothing_can_be_slipped_in(account: str) -> None:
    address = RFC.address(account=account, issuer="login.example.org:8000")
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("otpauth", "totp", "")
    label = unquote(parts.path)
    assert label.count(":") == 1
    assert label == f"/login.example.org 8000:{account.replace(':', ' ')}"
    assert parse_qs(parts.query) == {
        "secret": [RFC.secret],
        "issuer": ["login.example.org 8000"],
    }
