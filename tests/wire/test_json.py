import json as stdlib
import math
import struct
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Malformed, NotJson
from dojang.wire import json
from tests.need import need

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None, categories=None))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec=None, categories=None)), inner, max_size=4)
    ),
    max_leaves=12,
)


def in_node(script: str, given: str) -> str:
    done = subprocess.run(
        [need("node"), "-e", script], input=given, capture_output=True, text=True, check=True
    )
    return done.stdout


@given(VALUES)
def test_what_was_written_reads_back_and_is_written_the_same(value: Any) -> None:
    text = json.dumps(value)
    assert json.dumps(json.loads(text)) == text


@given(VALUES)
def test_the_short_way_of_writing_gives_the_same_text_as_the_long_way(value: Any) -> None:
    pieces: list[str] = []
    json._write(value, pieces.append, json.MAX_DEPTH)
    assert json._plain(value) in {"".join(pieces), None}


@pytest.mark.parametrize("key", [1, 1.5, True, None, -1])
def test_a_key_that_is_no_text_is_refused_though_python_would_turn_it_into_text(key: Any) -> None:
    with pytest.raises(NotJson, match="JSON keys are text"):
        json.dumps({key: 1})


@given(st.text())
def test_any_text_yields_a_value_or_malformed(text: str) -> None:
    try:
        json.loads(text)
    except Malformed:
        return


@given(st.binary())
def test_any_bytes_yield_a_value_or_malformed(data: bytes) -> None:
    try:
        json.loads(data)
    except Malformed:
        return


def test_numbers_are_written_as_javascript_writes_them() -> None:
    patterns = [(n * 0x9E3779B97F4A7C15) % 2**64 for n in range(20_000)]
    floats = [struct.unpack(">d", struct.pack(">Q", bits))[0] for bits in patterns]
    edges = [10.0**exponent for exponent in range(-9, 25)] + [1.5e-5, 123e-7, 5e-324, -0.0, 1e16]
    numbers = [number for number in floats + edges if math.isfinite(number)]
    script = "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8'))))"
    assert json.dumps(numbers) == in_node(script, stdlib.dumps(numbers)).strip()


def test_a_whole_float_is_written_without_a_point() -> None:
    assert json.dumps([1.0, -2.0, 0.1, 1e21, 1e-7]) == "[1,-2,0.1,1e+21,1e-7]"


def test_members_that_look_like_indexes_come_first_in_numeric_order() -> None:
    value = {"b": 1, "10": 2, "2": 3, "01": 4, "-1": 5, "4294967294": 6, "4294967295": 7}
    assert list(stdlib.loads(json.dumps(value))) == [
        "2", "10", "4294967294", "b", "01", "-1", "4294967295",
    ]  # fmt: skip


def test_a_lone_surrogate_is_escaped_and_two_halves_that_meet_are_one_character() -> None:
    assert json.dumps(["\ud83d", "\ud83d\ude00"]) == '["\\ud83d","😀"]'


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"cart": [1, 2, {"when": datetime.now(UTC)}]}, "cart[2].when"),
        ({"a": {"b": {1: 2}}}, "a.b"),
        ({"seen": {1, 2}}, "seen"),
        ({"n": float("nan")}, "n"),
        ({"n": [math.inf]}, "n[0]"),
        ({"raw": b"bytes"}, "raw"),
        ({"big": 2**60}, "big"),
        ({"big": 10**400}, "big"),
    ],
)
def test_what_json_does_not_have_is_refused_with_its_path(value: Any, path: str) -> None:
    with pytest.raises(NotJson) as caught:
        json.dumps(value)
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path} ")


def test_an_integer_javascript_would_round_is_refused_with_the_remedy() -> None:
    with pytest.raises(NotJson, match="store it as text"):
        json.dumps({"snowflake": 1234567890123456789})


def test_a_number_beyond_what_an_integer_of_javascript_holds_is_read_as_javascript_reads_it() -> (
    None
):
    assert json.loads("[9007199254740993,18446744073709551615]") == [
        9007199254740992, 18446744073709552000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a":{"b":1,"b":2}}',
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e400",
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 129 + "]" * 129,
        "",
        "{",
        "\ufeff{}",
        "[1,]",
        "'a'",
        "9" * 5000,
    ],
)
def test_what_is_not_strict_json_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        json.loads(text)


def test_as_deep_as_allowed_is_read_and_written() -> None:
    text = "[" * json.MAX_DEPTH + "]" * json.MAX_DEPTH
    assert json.dumps(json.loads(text)) == text


def test_deeper_than_allowed_is_refused_when_written() -> None:
    value: list[Any] = []
    for _ in range(json.MAX_DEPTH):
        value = [value]
    with pytest.raises(NotJson, match="nested deeper than 128"):
        json.dumps(value)


def test_text_that_is_not_an_object_is_malformed_where_an_object_is_wanted() -> None:
    with pytest.raises(Malformed, match="object"):
        json.loads_object("[]")
