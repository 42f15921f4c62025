"""What went wrong, in the language of the person."""

import pytest

from dojang.auth.providers import (
    AlreadyLinked,
    Declined,
    LastWayIn,
    LinkFirst,
    NoAttempt,
    ProviderRefused,
    ProviderUnavailable,
    UntrustedAnswer,
    kakao,
)
from dojang.auth.providers.exchange import redacted, refused
from dojang.auth.providers.words import explain
from dojang.errors import Conflict, DojangError, WrongIssuer

CODES = [
    "KOE004", "KOE006", "KOE010", "KOE101", "KOE205", "KOE303", "KOE320",
    "-101", "-103", "-401", "-402", "-406", "024", "028", "", "KOE999",
]  # fmt: skip
ERRORS: list[DojangError] = [
    *(ProviderRefused("Kakao", "invalid_grant", reason=code) for code in CODES),
    ProviderRefused("GitHub", "bad_verification_code"),
    ProviderRefused("GitHub", "never_heard_of"),
    Declined("Kakao"),
    ProviderUnavailable("it is slow"),
    AlreadyLinked(),
    LinkFirst(),
    LastWayIn(),
    NoAttempt("because"),
    UntrustedAnswer("because"),
    WrongIssuer("because"),
]


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_every_error_has_words_in_both_languages(error: DojangError) -> None:
    english = explain(error, provider="Kakao", language="en")
    korean = explain(error, provider="Kakao", language="ko")
    assert english
    assert korean
    assert english.isascii()
    assert any("가" <= char <= "힣" for char in korean)
    assert not any(char in english + korean for char in "{}")


def test_what_has_nothing_to_do_with_providers_is_left_to_others() -> None:
    assert explain(Conflict("x"), provider="Kakao", language="ko") is None


def test_a_code_beside_an_error_is_no_reason_for_it() -> None:
    code = "c0Yd3kX9w2ABCDEF"
    found = refused(kakao(), {"error": "server_error", "code": code})
    assert (found.error, found.reason) == ("server_error", "")
    assert code not in repr(found)


def test_somebody_elses_words_are_logged_without_what_looks_secret() -> None:
    told = "not found for code=Abc123def456ghi789xyz\r\n\x1b[31mroot: and so on " + "x" * 300
    shown = redacted(told, "and so on")
    assert "Abc123" not in shown
    assert shown.isprintable()
    assert "and so on" not in shown
    assert len(shown) <= 200
