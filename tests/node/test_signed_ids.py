"""cookie-signature, cookie-parser and Express read what we sign, and we read what they do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import BadSignature, Malformed
from dojang.wire import json, signed_id
from dojang.wire.js.text import utf8
from tests.node.judge import Judge, Thrown
from tests.node.payloads import TEXTS, counted, written

SECRETS = TEXTS.filter(bool)

#: What Express can put into a cookie: no half of a character.
WHOLE = st.text(st.characters(codec="utf-8"))


@counted
@given(value=TEXTS, secret=SECRETS)
def test_a_value_is_signed_with_the_same_characters(judge: Judge, value: str, secret: str) -> None:
    ours = signed_id.sign(value, key=utf8(secret))
    assert judge.ask("express.sign", value=value, secret=secret) == ours
    assert judge.ask("express.unsign", signed=ours, secret=secret) == value
    assert signed_id.unsign(ours, keys=[utf8(secret)]) == (value, 0)


@counted
@given(data=st.data(), value=TEXTS)
def test_a_changed_value_is_good_for_both_or_for_none(
    judge: Judge, data: st.DataObject, value: str
) -> None:
    signed = signed_id.sign(value, key=b"secret")
    place = data.draw(st.integers(0, len(signed) - 1))
    changed = signed[:place] + data.draw(st.sampled_from("A.+/=ab\ud800")) + signed[place + 1 :]
    theirs = judge.ask("express.unsign", signed=changed, secret="secret")
    try:
        ours: Any = signed_id.unsign(changed, keys=[b"secret"])[0]
    except BadSignature:
        ours = False
    assert ours == theirs


@counted
@given(value=WHOLE, secret=SECRETS)
def test_the_signed_cookie_of_express_is_ours(judge: Judge, value: str, secret: str) -> None:
    ours = signed_id.to_cookie(value, key=utf8(secret))
    (line,) = judge.ask(
        "express.cookie", name="id", value=written(value), secret=secret, options={"signed": True}
    )
    assert line == f"id={ours}; Path=/"
    assert signed_id.from_cookie(ours, keys=[utf8(secret)]) == (value, 0)
    read = json.loads(judge.ask("express.parse", header=f"id={ours}", secrets=["newer", secret]))
    if not value.startswith("j:"):  # which cookie-parser takes for JSON
        assert read == {"cookies": {}, "signedCookies": {"id": value}}


def test_half_a_character_is_refused_by_both(judge: Judge) -> None:
    with pytest.raises(Thrown, match="URIError"):
        judge.ask(
            "express.cookie", name="id", value='"\\ud800"', secret="k", options={"signed": True}
        )
    with pytest.raises(Malformed):
        signed_id.to_cookie("\ud800", key=b"k")
