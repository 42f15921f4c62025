import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Misuse
from dojang.wire.jose.spans import jose_seconds, ms

YEAR = 31_557_600


@pytest.mark.parametrize(
    ("span", "seconds"),
    [
        ("2h", 7_200),
        ("1 week", 604_800),
        ("+ 1 day", 86_400),
        ("-1m", -60),
        ("- 1m", -60),
        ("5 minutes ago", -300),
        ("5 Minutes FROM NOW", 300),
        ("1y", YEAR),
        ("0.5 years", YEAR // 2),
        ("1.5s", 2),
        ("2.5 secs", 3),
        ("10 hrs", 36_000),
        ("1sec", 1),
    ],
)
def test_spans_in_the_words_of_jose(span: str, seconds: int) -> None:
    assert jose_seconds(span) == seconds


@pytest.mark.parametrize(
    "span", ["", "2", "h", "2 h 3 m", "-2h ago", "+2h from now", "2hh", "2  h", ".5h", "2h\n", "٣h"]
)
def test_what_jose_does_not_understand_is_misuse(span: str) -> None:
    with pytest.raises(Misuse):
        jose_seconds(span)


@pytest.mark.parametrize(
    ("span", "milliseconds"),
    [
        ("120", 120),
        ("2 days", 172_800_000),
        ("1.5h", 5_400_000),
        (".5m", 30_000),
        ("-3 min", -180_000),
        ("100ms", 100),
        ("5 msecs", 5),
        ("1 Millisecond", 1),
        ("1m", 60_000),
        ("1Y", YEAR * 1000),
        ("2 w", 1_209_600_000),
    ],
)
def test_spans_in_the_words_of_jsonwebtoken(span: str, milliseconds: float) -> None:
    assert ms(span) == milliseconds


@pytest.mark.parametrize("span", ["", "h", "2 months", "1h 2m", "1..5h", "+1h", "1h\n", "9" * 101])
def test_what_jsonwebtoken_does_not_understand_is_misuse(span: str) -> None:
    with pytest.raises(Misuse):
        ms(span)


@given(st.text())
def test_any_text_is_a_span_or_misuse(text: str) -> None:
    with pytest.raises(Misuse):
        jose_seconds(f"{text}!")
    with pytest.raises(Misuse):
        ms(f"{text}!")
