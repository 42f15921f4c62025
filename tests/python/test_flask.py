"""Flask reads the cookies that we write, and we read those that it writes."""

import time
from datetime import UTC, datetime
from typing import Any

import flask
import pytest
from flask.sessions import SecureCookieSessionInterface
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer
from markupsafe import Markup

from dojang.errors import BadSignature, Malformed
from dojang.wire.itsdangerous.flask import FlaskCookie
from tests.node.payloads import OBJECTS, counted, written

OLD, NEW = "the secret that was in use before", "the secret that is in use now"

MOMENTS = st.integers(86_400, 2**37).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))

NAMES = st.text() | st.sampled_from([" t", " b", " di", " t__", "a"])

#: What a session of Flask holds, beyond JSON.
RICH = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text()
    | st.binary()
    | st.uuids()
    | st.text().map(Markup)
    | MOMENTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip
SESSIONS = st.dictionaries(NAMES, RICH, min_size=1, max_size=3)


APP = flask.Flask(__name__)
APP.config.update(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD])
OURS = FlaskCookie([NEW, OLD])


@APP.get("/")
def greet() -> str:
    greeting = str(flask.session.get("user"))
    flask.session["seen"] = Markup("<b>here</b>")
    return greeting


def theirs(secret: str = NEW) -> Any:
    app = flask.Flask(__name__)
    app.secret_key = secret
    return SecureCookieSessionInterface().get_signing_serializer(app)


def now() -> int:
    return time.time_ns() // 1_000_000


@counted
@given(session=OBJECTS)
def test_json_goes_both_ways_and_needs_no_tags(session: dict[str, Any]) -> None:
    opened = FlaskCookie(NEW, plain=True).decode(theirs().dumps(session), now=now())
    assert written(opened.claims) == written(session)


@counted
@given(session=SESSIONS)
def test_every_value_that_it_knows_goes_both_ways(session: dict[str, Any]) -> None:
    text = theirs().dumps(session)
    claims = OURS.decode(text, now=now()).claims
    again = OURS.encode(claims, expires=None, now=now())
    assert theirs().loads(again) == session


@counted
@given(session=SESSIONS)
def test_what_we_write_is_its_text_to_the_letter(session: dict[str, Any]) -> None:
    with APP.app_context():  # where members stand in the order of their names
        text = theirs().dumps(session)
    opened = OURS.decode(text, now=now())
    assert OURS.encode(opened.claims, expires=None, now=opened.issued or 0) == text


def test_a_visitor_goes_from_one_to_the_other_and_back() -> None:
    visitor = APP.test_client()
    mine = OURS.encode({"user": "ada"}, expires=None, now=now())
    visitor.set_cookie("session", mine)
    assert visitor.get("/").text == "ada"
    cookie = visitor.get_cookie("session")
    assert cookie is not None
    opened = OURS.decode(cookie.value, now=now())
    assert opened.claims == {"user": "ada", "seen": {" m": "<b>here</b>"}}
    plain = FlaskCookie(NEW, plain=True).decode(cookie.value, now=now())
    assert plain.claims == {"user": "ada", "seen": "<b>here</b>"}


def test_secrets_rotate_alike() -> None:
    visitor = APP.test_client()
    old = FlaskCookie(OLD).encode({"user": "ada"}, expires=None, now=now())
    visitor.set_cookie("session", old)
    assert visitor.get("/").text == "ada"
    assert OURS.decode(old, now=now()).newest is False
    with pytest.raises(BadSignature):
        FlaskCookie(NEW).decode(old, now=now())


@pytest.mark.parametrize("signed", [{" t": [1, 2]}, {" b": "AA=="}, {" di": 5}, {" di": {"x": 1}}])
def test_a_tagged_value_is_no_session(signed: dict[str, Any]) -> None:
    text = URLSafeTimedSerializer(
        NEW, salt="cookie-session", signer_kwargs={"key_derivation": "hmac"}
    ).dumps(signed)
    with pytest.raises(Malformed):
        OURS.decode(text, now=now())
