from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import (
    BadSignature,
    InvalidCookie,
    Malformed,
    NotJson,
    Oversized,
    Rejected,
    TooLarge,
)
from dojang.wire.express import cookie_parser
from dojang.wire.js import cookie_header
from tests.wire.test_json import VALUES

KEY, OLD = b"keyboard cat", b"an older secret"
TEXT = st.text(st.characters(codec="utf-8"))


def test_text_goes_percent_encoded_and_comes_back() -> None:
    assert cookie_parser.encode("a b+c%d~!*'()") == "a%20b%2Bc%25d~!*'()"
    assert cookie_parser.decode("a%20b%2Bc%25d~!*'()") == "a b+c%d~!*'()"


def test_an_object_goes_as_json_behind_j() -> None:
    assert cookie_parser.encode({"n": 1}) == "j%3A%7B%22n%22%3A1%7D"
    assert cookie_parser.decode("j%3A%7B%22n%22%3A1%7D") == {"n": 1}


def test_a_signed_object_is_unsigned_before_its_json_is_read() -> None:
    """The signature is that of cookie-signature 1.2.2."""
    cookie = cookie_parser.encode({"n": 1}, key=KEY)
    assert cookie == "s%3Aj%3A%7B%22n%22%3A1%7D.CtS5ks2ojXig16VsmyBPlyRtBy5hOFDoXdQiO1W9MWE"
    assert cookie_parser.decode(cookie, keys=[KEY]) == {"n": 1}


@pytest.mark.parametrize(
    ("value", "text"), [(42, "42"), (1.0, "1"), (1e21, "1e+21"), (True, "true")]
)
def test_a_number_or_boolean_comes_back_as_the_text_javascript_writes(
    value: Any, text: str
) -> None:
    assert cookie_parser.decode(cookie_parser.encode(value)) == text


@given(TEXT | st.lists(VALUES) | st.dictionaries(st.text(), VALUES), st.booleans())
def test_what_was_encoded_comes_back(value: Any, signed: bool) -> None:
    key, keys = (KEY, [KEY]) if signed else (None, None)
    try:
        cookie = cookie_parser.encode(value, key=key)
    except (InvalidCookie, NotJson, TooLarge):
        return
    again = cookie_parser.encode(cookie_parser.decode(cookie, keys=keys), key=key)
    assert again == cookie
    if isinstance(value, str):
        assert cookie_parser.decode(cookie, keys=keys) == value


@pytest.mark.parametrize("value", [None, 'j:{"admin":true}', "j:1", 'j:"x"', "s:abc.def"])
def test_what_would_be_read_as_something_else_is_not_written(value: Any) -> None:
    with pytest.raises(InvalidCookie):
        cookie_parser.encode(value)


@pytest.mark.parametrize("value", ["j:", "j:{broken", "j:null", "j:0", "j:-0", "j:false", 'j:""'])
def test_json_that_is_none_or_that_javascript_takes_for_false_stays_text(value: str) -> None:
    assert cookie_parser.decode(cookie_parser.encode(value)) == value


@pytest.mark.parametrize(("text", "value"), [("j:{}", {}), ("j:[]", []), ("j:[0]", [0])])
def test_an_empty_object_or_list_is_no_falsehood_in_javascript(text: str, value: Any) -> None:
    assert cookie_parser.decode(text) == value


@pytest.mark.parametrize("value", [object(), float("nan"), 2**60 + 1, b"bytes", {"when": object()}])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(NotJson):
        cookie_parser.encode(value)


def test_where_keys_are_given_an_unsigned_cookie_is_refused() -> None:
    """expressjs/cookie-parser#70: `signedCookie` lets unsigned values through."""
    with pytest.raises(Malformed):
        cookie_parser.decode("admin", keys=[KEY])
    with pytest.raises(Malformed):
        cookie_parser.decode("j%3A%7B%22admin%22%3Atrue%7D", keys=[KEY])


def test_every_secret_is_tried_and_none_that_was_dropped() -> None:
    cookie = cookie_parser.encode("v", key=OLD)
    assert cookie_parser.decode(cookie, keys=[KEY, OLD]) == "v"
    with pytest.raises(BadSignature):
        cookie_parser.decode(cookie, keys=[KEY])


def test_only_the_peers_own_spelling_is_good_unless_asked_otherwise() -> None:
    cookie = cookie_parser.encode("a b", key=KEY)
    respelled = cookie.replace("%20", " ").replace("s%3A", "s:")
    quoted = f'"{cookie}"'
    for spelling in (respelled, quoted):
        assert cookie_parser.decode(spelling, keys=[KEY], canonical=False) == "a b"
        with pytest.raises(Malformed):
            cookie_parser.decode(spelling, keys=[KEY])


def test_nothing_longer_than_a_cookie_is_looked_at() -> None:
    assert cookie_parser.decode("x" * 4096) == "x" * 4096
    with pytest.raises(Oversized):
        cookie_parser.decode("x" * 4097)
    assert isinstance(cookie_parser.read("a=" + "x" * 4097).rejected["a"], Oversized)


def test_what_no_cookie_holds_is_not_written() -> None:
    assert len(cookie_parser.encode("x" * 4096)) == 4096
    with pytest.raises(TooLarge, match="4097 bytes"):
        cookie_parser.encode("x" * 4097)


def test_a_header_is_sorted_into_plain_signed_and_rejected() -> None:
    signed = cookie_parser.encode({"id": 7}, key=OLD)
    forged = cookie_parser.encode("admin", key=b"somebody else's")
    read = cookie_parser.read(f"theme=dark; user={signed}; role={forged}", keys=[KEY, OLD])
    assert read.plain == {"theme": "dark"}
    assert read.signed == {"user": {"id": 7}}
    assert isinstance(read.rejected["role"], BadSignature)


def test_without_a_secret_signed_cookies_stay_unread_among_the_plain_ones() -> None:
    read = cookie_parser.read("user=s%3Aabc.def")
    assert (read.plain, read.signed, read.rejected) == ({"user": "s:abc.def"}, {}, {})


@given(st.text())
def test_any_header_is_read(header: str) -> None:
    read = cookie_parser.read(header, keys=[KEY])
    assert all(isinstance(error, Rejected) for error in read.rejected.values())


@pytest.mark.parametrize("name", ["__proto__", "constructor", "__class__", "__dict__"])
def test_the_name_of_something_built_in_is_plain_data(name: str) -> None:
    """tough-cookie CVE-2023-26136: a cookie called __proto__ changed every object."""
    read = cookie_parser.read(f"{name}=polluted; a=j%3A%7B%22{name}%22%3A1%7D", keys=[KEY])
    assert read.plain["a"] == {name: 1}
    assert type(read.plain) is dict
    assert set(read.plain) <= {"a", name}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", {}),
        ("a=1; a=2", {"a": "1"}),
        ('a="q q"; b="', {"a": "q q", "b": ""}),
        ("a=%ED%95%9C; b=%E0%A4; c=%", {"a": "한", "b": "%E0%A4", "c": "%"}),
        ("=x; novalue; e=", {"": "x", "e": ""}),
        ("__proto__=1; constructor=2; a=4", {"constructor": "2", "a": "4"}),
        ("=", {}),
        ("\ta = b \t", {"a": "b"}),
    ],
)
def test_a_header_is_read_as_the_package_cookie_does(header: str, found: dict[str, str]) -> None:
    assert cookie_header.parse(header, inherited=True) == found


def test_a_header_longer_than_servers_let_through_is_not_looked_at() -> None:
    longest = "a=1; ".ljust(cookie_parser.MAX_HEADER)
    assert cookie_parser.read(longest).plain == {"a": "1"}
    with pytest.raises(Oversized, match="at most 65536 are looked at"):
        cookie_parser.read(longest + " ")
