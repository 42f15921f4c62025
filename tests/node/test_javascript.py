"""What JavaScript itself makes of JSON, URLs and dates is what we make of them."""

import json as stdlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Malformed
from dojang.wire import json
from dojang.wire.js import date, percent
from tests.node.judge import Judge, Thrown
from tests.node.payloads import TEXTS, VALUES, counted

#: What a peer may write: integers of any size, and Python's own spelling of numbers.
FOREIGN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS | st.just("__proto__"), inner, max_size=4)
    ),
    max_leaves=12,
)

#: All instants that JavaScript has, and those of HTTP.
INSTANTS = st.integers(-8_640_000_000_000_000, 8_640_000_000_000_000)
HTTP_INSTANTS = st.integers(-62_135_596_800_000, 253_402_300_799_999)


@counted
@given(value=VALUES)
def test_the_text_we_write_is_the_text_javascript_writes(judge: Judge, value: Any) -> None:
    text = json.dumps(value)
    assert judge.ask("javascript.stringify", text=text) == text


@counted
@given(value=FOREIGN)
def test_what_javascript_reads_in_a_text_we_read_in_it(judge: Judge, value: Any) -> None:
    text = stdlib.dumps(value)
    assert json.dumps(json.loads(text)) == judge.ask("javascript.stringify", text=text)


@counted
@given(text=TEXTS)
def test_a_component_of_a_url_is_encoded_as_encodeuricomponent_does(
    judge: Judge, text: str
) -> None:
    try:
        encoded = percent.encode(text)
    except Malformed:
        with pytest.raises(Thrown, match="URIError"):
            judge.ask("javascript.encodeComponent", text=text)
    else:
        assert judge.ask("javascript.encodeComponent", text=text) == encoded


@counted
@given(text=TEXTS | st.text("%0123456789abcdefABCDEFé+"))
def test_a_component_is_decoded_or_refused_as_decodeuricomponent_does(
    judge: Judge, text: str
) -> None:
    try:
        decoded = percent.decode(text)
    except Malformed:
        with pytest.raises(Thrown, match="URIError"):
            judge.ask("javascript.decodeComponent", text=text)
    else:
        assert judge.ask("javascript.decodeComponent", text=text) == decoded


@counted
@given(instant=INSTANTS)
def test_an_instant_is_written_as_toisostring_does(judge: Judge, instant: int) -> None:
    assert date.to_iso(instant) == judge.ask("javascript.isoDate", milliseconds=instant)


@counted
@given(instant=HTTP_INSTANTS)
def test_an_instant_of_http_is_written_as_toutcstring_does(judge: Judge, instant: int) -> None:
    assert date.http_date(instant) == judge.ask("javascript.httpDate", milliseconds=instant)
    assert date.from_iso(judge.ask("javascript.isoDate", milliseconds=instant)) == instant
