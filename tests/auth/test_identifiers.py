import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.auth.errors import InvalidInput
from dojang.auth.identifiers import (
    USERNAME_PATTERN,
    Identifier,
    Login,
    fold,
    parse_email,
    parse_login,
    parse_name,
    parse_username,
)

PATTERN = re.compile(USERNAME_PATTERN)


def username(text: str) -> Identifier:
    return parse_username(text, pattern=PATTERN)


@pytest.mark.parametrize(
    ("typed", "text", "key"),
    [
        ("ada@example.org", "ada@example.org", "ada@example.org"),
        ("  Ada.Lovelace@Example.ORG\n", "Ada.Lovelace@Example.ORG", "ada.lovelace@example.org"),
        ("ada+tag@example.org", "ada+tag@example.org", "ada+tag@example.org"),
        ("o'neil@localhost", "o'neil@localhost", "o'neil@localhost"),
        ("도장@한국.kr", "도장@한국.kr", "도장@xn--3e0b707e.kr"),
        ("\u1103\u1169\u110c\u1161\u11bc@한국.kr", "도장@한국.kr", "도장@xn--3e0b707e.kr"),
        ("Ada@BÜCHER.example", "Ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@example。org", "ada@example。org", "ada@example.org"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
    ],
)
def test_an_address_is_kept_as_typed_and_compared_folded(typed: str, text: str, key: str) -> None:
    assert parse_email(typed) == Identifier(text, key)


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("KELVIN@example.org", "\u212aelvin@example.org"),
        ("mike@example.org", "mike\uff20example.org"),
        ("mike@example.org", "\uff4d\uff49\uff4b\uff45@example.org"),
        ("mike@example.org", "mike@\uff25\uff38\uff21\uff2d\uff30\uff2c\uff25\uff0eorg"),
        ("weiß@example.org", "WEISS@example.org"),
        ("é@example.org", "e\u0301@example.org"),
    ],
)
def test_cve_2019_19844_addresses_are_compared_as_they_are_after_normalising(
    typed: str, other: str
) -> None:
    assert parse_email(typed).key == parse_email(other).key


def test_cve_2019_19844_a_dotless_i_is_another_person() -> None:
    assert parse_email("m\u0131ke@example.org").key != parse_email("mike@example.org").key
    assert parse_email("MIKE@example.org").key == parse_email("mike@example.org").key


def test_ghsa_7rqj_j65f_68wh_an_address_is_judged_after_normalising() -> None:
    with pytest.raises(InvalidInput, match="exactly one @"):
        parse_email("ada\uff20evil.example@example.org")


def test_cve_2022_35924_a_list_of_addresses_is_not_an_address() -> None:
    with pytest.raises(InvalidInput):
        parse_email("attacker@example.com,victim@example.org")
    with pytest.raises(InvalidInput):
        parse_email("attacker,victim@example.org")
    with pytest.raises(InvalidInput):
        parse_email("victim@example.org,")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@@example.org",
        "Ada <ada@example.org>",
        "<ada@example.org>",
        '"ada"@example.org',
        "ada lovelace@example.org",
        "ada@example .org",
        "ada@example.org.",
        "ada@example。",
        "ada@.example.org",
        "ada@example..org",
        "ada@-example.org",
        "ada@example-.org",
        "ada@exam_ple.org",
        "ada@[127.0.0.1]",
        ".ada@example.org",
        "ada.@example.org",
        "a..da@example.org",
        "ada;bob@example.org",
        "ada\r\nBcc: bob@example.org",
        "ada\x00@example.org",
        "ada\u200b@example.org",
        "ada\u00ad@example.org",
        "ada\u202e@example.org",
        "ada\u3164@example.org",
        "ada\ufe0f@example.org",
        "ada@exam\u200bple.org\u3000x",
        "ada\ud800@example.org",
        f"{'a' * 65}@example.org",
        f"{'도' * 22}@example.org",
        f"ada@{'a' * 64}.org",
        f"ada@{'.'.join(['a' * 60] * 5)}",
        "a" * 1_000_000 + "@example.org",
    ],
)
def test_what_is_not_one_plain_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_email(typed)
    assert refused.value.field == "email"
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("typed", "text", "key"),
    [
        ("ada", "ada", "ada"),
        ("Ada_Lovelace.1815", "Ada_Lovelace.1815", "ada_lovelace.1815"),
        ("홍길동", "홍길동", "홍길동"),
        ("\u1112\u1169\u11bc길동", "홍길동", "홍길동"),
        ("\uff21\uff44\uff41", "Ada", "ada"),
        ("\u212aim", "Kim", "kim"),
        ("ab", "ab", "ab"),
        ("a" * 32, "a" * 32, "a" * 32),
    ],
)
def test_a_user_name_is_kept_as_typed_and_compared_folded(typed: str, text: str, key: str) -> None:
    assert username(typed) == Identifier(text, key)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "a" * 33,
        ".ada",
        "ada-",
        "_ada",
        "a da",
        "a\u3000da",
        "a\u200bda",
        "a\u3164da",
        "\u115f\u1160",
        "a\x00da",
        "ada@home",
        "ada\uff20home",
        "<b>ada</b>",
        "ad\ud800a",
        "a" * 1_000_000,
    ],
)
def test_what_is_not_a_plain_user_name_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        username(typed)
    assert refused.value.field == "username"


def test_an_application_may_have_its_own_pattern_for_user_names() -> None:
    staff = re.compile(r"s\d{6}")
    assert parse_username("S123456", pattern=staff).key == "s123456"
    with pytest.raises(InvalidInput, match=r"s\\d\{6\}"):
        parse_username("ada", pattern=staff)


def test_no_pattern_lets_an_address_or_blanks_be_a_user_name() -> None:
    anything = re.compile(r".*")
    for typed in ("ada@example.org", "ada lovelace", "a\u200bda", "a" * 65):
        with pytest.raises(InvalidInput):
            parse_username(typed, pattern=anything)


def test_a_login_with_an_at_is_an_address_and_any_other_is_a_user_name() -> None:
    assert parse_login(" Ada@Example.org") == Login("email", "ada@example.org")
    assert parse_login("ada\uff20example.org") == Login("email", "ada@example.org")
    assert parse_login(" Ada") == Login("username", "ada")
    assert parse_login("x") == Login("username", "x")


@pytest.mark.parametrize("typed", ["a@b@c", "ada\x00", "\ud800", "a" * 2_000, "ada@example.org."])
def test_a_login_that_nobody_can_have_is_nobody(typed: str) -> None:
    assert parse_login(typed) is None


def test_a_name_is_any_text_on_one_line() -> None:
    assert parse_name(" Ada King, Countess of Lovelace 👩\u200d💻 ").startswith("Ada King")
    for typed in ("", "   ", "a" * 201, "Ada\r\nLovelace", "Ada\x1b[31m", "Ada\u202e", "\ud800"):
        with pytest.raises(InvalidInput) as refused:
            parse_name(typed)
        assert refused.value.field == "name"


def test_folding_twice_changes_nothing() -> None:
    for number in range(0x20000):  # case and compatibility live on the first two planes
        if unicodedata.category(character := chr(number)) != "Cs":
            assert fold(fold(character)) == fold(character)


@given(st.text())
def test_any_text_is_an_identifier_or_refused_and_nothing_else(text: str) -> None:
    for parse in (parse_email, username):
        try:
            found = parse(text)
        except InvalidInput:
            continue
        assert parse(found.text).key == found.key
        assert parse(found.key).key == found.key
