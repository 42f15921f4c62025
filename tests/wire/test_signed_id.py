from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import BadSignature, DojangError, Malformed, Oversized, Rejected
from dojang.wire import signed_id

KEY, OLD = b"tobiiscool", b"an older key"


def test_the_published_example_of_cookie_signature() -> None:
    signed = "hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI"
    assert signed_id.sign("hello", key=KEY) == signed
    assert signed_id.unsign(signed, keys=[KEY]) == ("hello", 0)


def test_the_cookie_is_percent_encoded_as_express_does_it() -> None:
    cookie = signed_id.to_cookie("abc", key=b"keyboard cat")
    assert cookie == "s%3Aabc.BpxCrWRpvZMh%2Fwk%2Fdjl34N%2Bm%2BVQEU7K%2F5WenLwJCgFU"
    assert signed_id.from_cookie(cookie, keys=[b"keyboard cat"]) == ("abc", 0)


def test_a_retired_key_still_reads_and_is_named() -> None:
    old = signed_id.to_cookie("abc", key=OLD)
    assert signed_id.from_cookie(old, keys=[KEY, OLD]) == ("abc", 1)


@given(st.text(st.characters(codec="utf-8")))
def test_what_was_signed_comes_back(value: str) -> None:
    assert signed_id.unsign(signed_id.sign(value, key=KEY), keys=[KEY]) == (value, 0)
    assert signed_id.from_cookie(signed_id.to_cookie(value, key=KEY), keys=[KEY]) == (value, 0)


@given(st.text())
def test_any_text_yields_a_value_or_a_rejection(text: str) -> None:
    for read in (signed_id.unsign, signed_id.from_cookie):
        try:
            read(text, keys=[KEY])
        except Rejected:
            continue
        raise AssertionError(text)


def test_no_single_changed_character_is_accepted() -> None:
    good = signed_id.to_cookie("an-id-of-some-length", key=KEY)
    for place in range(len(good)):
        for other in "Aa0-_.%+/":
            changed = good[:place] + other + good[place + 1 :]
            if changed != good:
                with pytest.raises(DojangError):
                    signed_id.from_cookie(changed, keys=[KEY])


def test_without_the_prefix_a_cookie_is_not_looked_at() -> None:
    with pytest.raises(Malformed):
        signed_id.from_cookie(signed_id.sign("abc", key=KEY), keys=[KEY])


def test_no_keys_means_no() -> None:
    with pytest.raises(BadSignature):
        signed_id.unsign(signed_id.sign("abc", key=KEY), keys=[])


@pytest.mark.parametrize("read", [signed_id.unsign, signed_id.from_cookie])
def test_more_text_than_any_value_has_is_not_looked_at(read: Callable[..., object]) -> None:
    with pytest.raises(Oversized, match="16385 characters, at most 16384"):
        read("a" * 16_385, keys=[b"key"])
