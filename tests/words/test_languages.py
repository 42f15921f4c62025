"""The language that somebody is spoken to in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.words import LANGUAGES, language_of


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("fr, ko;q=0.3", "ko"),
        ("fr", "en"),
        ("ko;q=0, en", "en"),
        ("ko;q=x", "en"),
        ("KO-kr", "ko"),
        ("ko-Kore-KR", "ko"),
        ("ko;q=0.5,en;q=0.5", "ko"),
        ("en;q=0.5, ko ; q=0.9", "ko"),
        ("en;q=1.1,ko;q=0.1", "ko"),
        ("korean", "en"),
        ("*", "en"),
        ("ko;q=inf,en", "en"),
        (",;,;;q=1" * 1000, "en"),
    ],
)
def test_the_language_is_the_one_that_the_browser_prefers(header: str, language: str) -> None:
    assert language_of(header) == language


@given(st.text() | st.from_regex(r"([a-z]{2}(-[A-Z]{2})?(;q=[0-9.]{1,4})?,?){0,20}"))
def test_any_header_names_a_language(header: str) -> None:
    assert language_of(header) in LANGUAGES
