"""What Flask-Session, starsessions and Django store, read as they read it."""

import json
import pickle
import zlib
from typing import Any

import msgspec
import pytest
from django.core import signing
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dojang.errors import BadSignature, Malformed, Oversized, Rejected
from dojang.wire.json import MAX_DEPTH
from dojang.wire.migration import django, flask_session, msgpack, starsessions
from tests.counts import scaled

SECRET = "django-insecure-secret of fifty letters, or nearly so"
SIGNER = signing.TimestampSigner(
    key=SECRET, salt="django.contrib.sessions.SessionStore", fallback_keys=[]
)

WHOLE = st.integers(-(2**63), 2**64 - 1)
SCALARS = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False)
EXACT = st.integers(-(2**53) + 1, 2**53 - 1)
JSON = st.recursive(
    SCALARS | st.text(),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(), inner, max_size=20),
    max_leaves=60,
)
SAFE = st.recursive(
    st.none()
    | st.booleans()
    | EXACT
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(), inner, max_size=20),
    max_leaves=60,
)
OBJECTS = st.dictionaries(st.text(), SAFE, max_size=20)


@settings(max_examples=scaled(10_000))
@given(JSON)
@example(["x" * 40, "x" * 300, "x" * 70_000, list(range(20)), list(range(70_000))])
@example({str(n): -n for n in range(70_000)})
def test_messagepack_of_any_json_value_is_read_as_msgspec_reads_it(value: Any) -> None:
    packed = msgspec.msgpack.encode(value)
    read = msgpack.loads(packed)
    assert (read, repr(read)) == (value, repr(value))


@settings(max_examples=scaled(20_000))
@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_that_msgspec_reads_too_or_malformed(data: bytes) -> None:
    try:
        value = msgpack.loads(data)
    except Malformed:
        return
    assert repr(msgspec.msgpack.decode(data)) == repr(value)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "cut short"),
        (b"\xdd\xff\xff\xff\xff", "cut short"),
        (b"\xdb\xff\xff\xff\xffx", "cut short"),
        (b"\x01\x02", "more than one value"),
        (b"\xc4\x01x", "bytes that JSON does not have"),
        (b"\xc1", "a type that JSON does not have"),
        (b"\x81\x01\x02", "no text"),
        (b"\x82\xa1a\x01\xa1a\x02", "stands twice"),
        (b"\xa1\xff", "not UTF-8"),
        (b"\xca\x7f\xc0\x00\x00", "nan"),
        (b"\x91" * (MAX_DEPTH + 1) + b"\xc0", "too deep"),
    ],
)
def test_what_is_no_json_in_messagepack_is_said(data: bytes, complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        msgpack.loads(data)


def test_a_session_of_flask_session_is_messagepack_or_json() -> None:
    session = {"_permanent": True, "user": "u1", "cart": [{"sku": "a", "qty": 2}]}
    for encode in (msgspec.msgpack.encode, msgspec.json.encode):
        assert flask_session.read(encode(session)) == session
    assert flask_session.read(b"\x80") == {}
    for no_session in (b"[]", b"\x90", b"{", b"\xc0", b"\x7d"):
        with pytest.raises(Malformed):
            flask_session.read(no_session)


class Bomb:
    def __reduce__(self) -> Any:
        return pytest.fail, ("a pickle was loaded",)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_never_loaded_and_said_to_be_one(protocol: int) -> None:
    bomb = pickle.dumps({"a": Bomb()}, protocol)
    with pytest.raises(Malformed, match="runs whatever is in it; Flask-Session"):
        flask_session.read(bomb)
    packed = signing.b64_encode(bomb).decode()
    signed = SIGNER.sign(packed)
    with pytest.raises(Malformed, match="runs whatever is in it; let Django write it again"):
        django.read(signed, secrets=[SECRET])


def test_a_pickle_of_the_oldest_protocols_is_not_loaded_either() -> None:
    for protocol in (0, 1):
        with pytest.raises(Malformed):
            flask_session.read(pickle.dumps({"a": Bomb()}, protocol))


def test_a_session_of_starsessions_has_its_own_facts_apart() -> None:
    metadata = {"lifetime": 3600, "created": 1767225600.25, "last_access": 1767225660.5}
    text = json.dumps({"user": "김", "__metadata__": metadata}).encode()
    stored = starsessions.read(text)
    assert stored.data == {"user": "김"}
    assert (stored.created, stored.seen) == (1_767_225_600_250, 1_767_225_660_500)
    assert stored.lasting


@pytest.mark.parametrize("metadata", [None, 7, {}, {"created": "x", "last_access": 1e300}])
def test_facts_of_starsessions_that_cannot_be_are_not_known(metadata: Any) -> None:
    stored = starsessions.read(json.dumps({"__metadata__": metadata}).encode())
    assert stored == starsessions.Stored({}, None, None, lasting=True)


@settings(max_examples=scaled(5_000))
@given(OBJECTS, st.booleans())
def test_a_session_of_django_is_read_with_the_secret_that_signed_it(
    session: dict[str, Any], compress: bool
) -> None:
    text = SIGNER.sign_object(session, signing.JSONSerializer, compress=compress)
    assert json.dumps(django.read(text, secrets=["another", SECRET])) == json.dumps(session)
    with pytest.raises(BadSignature):
        django.read(text, secrets=["another"])


@pytest.mark.parametrize("number", [2**53 + 1, -(2**60) - 1, 10**22, 10**400])
def test_an_integer_that_would_be_rounded_is_refused(number: int) -> None:
    """A snowflake is an id of somebody else when its last digit changes."""
    text = json.dumps({"user": number}).encode()
    with pytest.raises(Malformed, match="integers"):
        starsessions.read(text)
    with pytest.raises(Malformed, match="integers"):
        flask_session.read(text)


@settings(max_examples=scaled(20_000))
@given(st.text(max_size=80))
def test_any_text_and_any_bytes_are_refused_and_nothing_else(text: str) -> None:
    data = text.encode(errors="surrogatepass")
    for read in (
        lambda: django.read(text, secrets=[SECRET]),
        lambda: flask_session.read(data),
        lambda: starsessions.read(data),
    ):
        try:
            assert read() is not None
        except Rejected:
            continue


def test_what_inflates_beyond_measure_is_refused_before_it_does() -> None:
    bomb = zlib.compress(b" " * 40_000_000)
    packed = "." + signing.b64_encode(bomb).decode()
    signed = SIGNER.sign(packed)
    with pytest.raises(Oversized, match="once it is inflated"):
        django.read(signed, secrets=[SECRET])
    with pytest.raises(Oversized):
        django.read("x" * (django.MAX_LENGTH + 1), secrets=[SECRET])


@pytest.mark.parametrize("after", [b"", b"more"])
def test_what_zlib_deflated_is_whole_and_alone(after: bytes) -> None:
    deflated = zlib.compress(b'{"a":1}')
    data = deflated + after if after else deflated[:-3]
    signed = SIGNER.sign("." + signing.b64_encode(data).decode())
    with pytest.raises(Malformed, match="zlib deflated"):
        django.read(signed, secrets=[SECRET])
