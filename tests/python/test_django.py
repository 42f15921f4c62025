"""Django reads what we sign, and we read what it signs."""

import pickle
import time
from typing import Any

import pytest
from django.contrib.sessions.backends import signed_cookies
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Malformed, Oversized
from dojang.wire.django import signed_cookie
from dojang.wire.django.cookie import DjangoCookie
from dojang.wire.django.signer import TimestampSigner
from dojang.wire.django.signing import Signing
from dojang.wire.python import packed
from tests.adapters import django_project
from tests.node.payloads import OBJECTS, VALUES, counted, written

django_project.prepare()

SECRET = django_project.SECRET_KEY
OLD = "the secret that was in use before it"
SALT = "for.these.tests"
OURS = DjangoCookie(SECRET)


def now() -> int:
    return time.time_ns() // 1_000_000


@counted
@given(session=OBJECTS)
def test_sessions_in_cookies_go_both_ways(session: dict[str, Any]) -> None:
    mine = OURS.encode(session, expires=None, now=now())
    assert written(signed_cookies.SessionStore(mine).load()) == written(session)
    theirs = signed_cookies.SessionStore()
    theirs.update(session)
    theirs.save()
    assert written(OURS.decode(str(theirs.session_key), now=now()).claims) == written(session)


@counted
@given(value=VALUES, compress=st.booleans())
def test_what_is_signed_is_its_text_to_the_letter(value: Any, compress: bool) -> None:
    text = signing.dumps(value, key=SECRET, salt=SALT, compress=compress)
    ours = Signing([SECRET, OLD], salt=SALT)
    assert written(ours.loads(text, now=now(), max_age=60)) == written(value)
    at = ours.read(text, now=now())[1].at
    assert ours.dumps(value, now=at, compress=compress) == text


@counted
@given(
    value=st.text(max_size=20), name=st.from_regex(r"[a-z]{1,5}", fullmatch=True), salt=st.text()
)
def test_values_in_signed_cookies_go_both_ways(value: str, name: str, salt: str) -> None:
    theirs = signing.get_cookie_signer(salt=signing._cookie_signer_salt(name, salt)).sign(value)
    read: dict[str, Any] = {"name": name, "salt": salt, "secrets": SECRET}
    assert signed_cookie.decode(theirs, now=now(), **read) == value
    for legacy in (False, True):
        mine = signed_cookie.encode(value, now=now(), legacy=legacy, **read)
        assert signing._unsign_cookie(mine, cookie_name=name, salt=salt) == value


@counted
@given(seconds=st.integers(0, 2**40), value=st.text(max_size=5))
def test_any_second_is_signed_alike(seconds: int, value: str) -> None:
    class Then(signing.TimestampSigner):  # type: ignore[misc] # Django has no types
        def timestamp(self) -> Any:
            return signing.b62_encode(seconds)

    mine = TimestampSigner(SECRET, salt=SALT).sign(value, now=seconds * 1000)
    assert mine == Then(key=SECRET, salt=SALT).sign(value)
    assert TimestampSigner(SECRET, salt=SALT).unsign(mine, now=0).at == seconds * 1000


class Pickles:
    """What Django had until 4.1."""

    def dumps(self, value: object) -> bytes:
        return pickle.dumps(value)


def test_a_pickle_is_refused_and_not_loaded() -> None:
    """Whoever has the secret could run anything."""
    salt = "django.contrib.sessions.backends.signed_cookies"
    text = signing.dumps({"a": 1}, key=SECRET, salt=salt, serializer=Pickles)
    with pytest.raises(Malformed):
        OURS.decode(text, now=now())


def test_what_inflates_beyond_measure_is_refused_before_it_does() -> None:
    text = TimestampSigner(SECRET, salt=SALT).sign(
        packed.pack(b" " * (packed.MAX_INFLATED + 1)), now=now()
    )
    assert len(text) < 2_000
    with pytest.raises(Oversized, match="once it is inflated"):
        Signing(SECRET, salt=SALT).loads(text, now=now())
