"""Express writes the cookies that we write, and cookie-parser reads any header as we do."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import BadSignature, DojangError
from dojang.wire import json
from dojang.wire.express import cookie_parser
from tests.node.judge import Judge
from tests.node.payloads import ALL_VALUES, counted, objects, written

SECRET, OLDER = "keyboard cat", "the secret that was in use before it"
KEYS = [SECRET.encode(), OLDER.encode()]

#: What Node hands over as a header is Latin-1 without controls.
PIECES = [
    *"abc==;;%.",
    "%20",
    "%C3%A9",
    "%ff",
    "s:",
    "s%3A",
    "j:",
    "j%3A",
    "{}",
    "[0]",
    "null",
    "0",
]
PIECES += ['"', " ", "\t", "; ", '"x"', "__proto__", "constructor", "\xe9", "\xa0"]

HEADERS = st.lists(
    st.sampled_from(PIECES)
    | st.sampled_from([cookie_parser.encode({"n": 1}, key=key) for key in (*KEYS, b"other")]),
    max_size=20,
).map("".join)


def theirs(judge: Judge, header: str) -> tuple[dict[str, Any], dict[str, Any]]:
    read = json.loads(judge.ask("express.parse", header=header, secrets=[SECRET, OLDER]))
    return read["cookies"], read["signedCookies"]


@counted
@given(header=HEADERS)
def test_any_header_is_sorted_alike(judge: Judge, header: str) -> None:
    ours = cookie_parser.read(header, keys=KEYS)
    refused = dict.fromkeys(ours.rejected, False)
    assert all(isinstance(error, BadSignature) for error in ours.rejected.values())
    plain, signed = theirs(judge, header)
    assert written(ours.plain) == written(plain)
    assert ours.signed | refused == signed


@counted
@given(value=objects(proto=True) | st.lists(ALL_VALUES, max_size=4), signed=st.booleans())
def test_what_express_writes_of_an_object_is_ours(judge: Judge, value: Any, signed: bool) -> None:
    try:
        ours = cookie_parser.encode(value, key=KEYS[0] if signed else None)
    except DojangError:
        return
    (line,) = judge.ask(
        "express.cookie",
        name="c", value=written(value), secret=SECRET, options={"signed": signed},
    )  # fmt: skip
    assert line == f"c={ours}; Path=/"
    plain, found = theirs(judge, f"c={ours}")
    assert written((found if signed else plain)["c"]) == written(value)
