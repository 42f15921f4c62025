import time

import pytest

from dojang.auth import InvalidInput, PasswordPolicy
from dojang.errors import Misuse

POLICY = PasswordPolicy()


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "x7#Kd92p",
        "zqxjvkwpzqxjvkwp" * 4,
        "zqxjvkwpzqxjvkwp" * 8,
        "q" * 1024,
        "  blank at both ends  ",
        "a NUL \x00 inside",
        "안녕하세요 세상아",
        "🥋🔏" * 4,
    ],
)
def test_any_long_enough_text_is_a_password(password: str) -> None:
    POLICY.check(password)


@pytest.mark.parametrize("password", ["", "7 chars", "가나다라"])
def test_a_short_password_is_refused_with_the_limit(password: str) -> None:
    with pytest.raises(InvalidInput, match="8 characters or more") as refused:
        POLICY.check(password)
    assert refused.value.field == "password"


def test_characters_are_counted_after_normalising() -> None:
    seven_syllables_of_three_letters = "\u1100\u1161\u11a8" * 7
    with pytest.raises(InvalidInput, match="this one has 7"):
        POLICY.check(seven_syllables_of_three_letters)


@pytest.mark.parametrize(
    "password",
    ["q" * 1025, "\U0001f94b" * 1025, "\ufdfa" * 300, "half a pair \ud800 of text"],
)
def test_a_password_over_the_limit_is_refused_and_not_cut(password: str) -> None:
    with pytest.raises(InvalidInput, match="at most 1024 characters and 4096 bytes"):
        POLICY.check(password)


def test_cve_2013_1443_a_megabyte_of_combining_marks_is_refused_at_once() -> None:
    begun = time.perf_counter()
    with pytest.raises(InvalidInput):
        POLICY.check("a" + "\u0301\u0316" * 500_000)
    assert time.perf_counter() - begun < 1  # seconds; normalising it would take minutes


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PassWord",
        "12345678",
        "qwertyuiop",
        "christopher",
        "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44",
    ],
)
def test_a_common_password_is_refused_in_any_spelling(password: str) -> None:
    with pytest.raises(InvalidInput, match="everybody"):
        POLICY.check(password)


def test_a_refusal_never_shows_the_password() -> None:
    for password in ("s3cret", "qwertyuiop", "S3cret@example.org", "s3cret" * 1000):
        with pytest.raises(InvalidInput) as refused:
            POLICY.check(password, also=["s3cret@example.org"])
        assert password not in repr(refused.value)


def test_an_application_may_allow_common_passwords() -> None:
    PasswordPolicy(refuse_common=False).check("password")


@pytest.mark.parametrize("password", ["Ada-Lovelace@example.org", "ADA-LOVELACE", "countess_ada"])
def test_the_login_is_not_a_password(password: str) -> None:
    with pytest.raises(InvalidInput, match="user name or e-mail"):
        POLICY.check(password, also=["ada-lovelace@example.org", "countess_ada"])


def test_a_pattern_is_asked_for_with_its_hint() -> None:
    policy = PasswordPolicy(pattern=r"\d", pattern_hint="a digit has to be in the password")
    policy.check("correct horse 2")
    with pytest.raises(InvalidInput, match="a digit has to be"):
        policy.check("correct horse two")


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 10), (11, 10), (8, 4097)])
def test_bounds_that_contradict_each_other_are_a_misuse(minimum: int, maximum: int) -> None:
    with pytest.raises(Misuse, match=f"minimum={minimum}"):
        PasswordPolicy(minimum=minimum, maximum=maximum)
