"""itsdangerous itself reads what we sign, and we read what it signs."""

import time
from typing import Any

import itsdangerous
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import BadSignature, Expired, NotJson
from dojang.wire.itsdangerous.serializer import TimedSerializer, UrlSafeSerializer
from dojang.wire.itsdangerous.signer import Derivation, Digest, Signer
from dojang.wire.itsdangerous.timed import TimestampSigner
from tests.node.payloads import VALUES, counted, written

OLD, NEW = "the secret that was in use before", "the secret that is in use now"
SALT = "for-these-tests"

DIGESTS = st.sampled_from(["sha1", "sha224", "sha256", "sha384", "sha512"])
DERIVATIONS = st.sampled_from(["django-concat", "concat", "hmac", "none"])


def now() -> int:
    return time.time_ns() // 1_000_000


def digest_of(name: str) -> Any:
    import hashlib

    return getattr(hashlib, name)


@counted
@given(value=VALUES, digest=DIGESTS, derivation=DERIVATIONS)
def test_values_go_both_ways_in_every_derivation(
    value: Any, digest: Digest, derivation: Derivation
) -> None:
    ours = TimedSerializer([NEW, OLD], salt=SALT, digest=digest, derivation=derivation)
    theirs = itsdangerous.URLSafeTimedSerializer(
        [OLD, NEW],
        salt=SALT,
        signer_kwargs={"digest_method": digest_of(digest), "key_derivation": derivation},
    )
    try:
        text = ours.dumps(value, now=now())
    except NotJson:  # half a surrogate pair, over which it breaks as well
        with pytest.raises(UnicodeEncodeError):
            theirs.dumps(value)
        return
    assert written(theirs.loads(text, max_age=60)) == written(value)
    assert written(ours.loads(theirs.dumps(value), now=now(), max_age=60)) == written(value)


@counted
@given(value=VALUES)
def test_values_without_a_time_are_the_same_text(value: Any) -> None:
    theirs = itsdangerous.URLSafeSerializer(NEW)
    ours = UrlSafeSerializer(NEW)
    try:
        text = ours.dumps(value)
    except NotJson:
        return
    assert text == theirs.dumps(value)
    assert written(ours.loads(text)) == written(value)


@counted
@given(value=st.text())
def test_any_text_is_signed_alike(value: str) -> None:
    signed = Signer(NEW).sign(value)
    assert signed.encode() == itsdangerous.Signer(NEW).sign(value)
    assert Signer([NEW, OLD]).unsign(signed) == (value, True)
    assert Signer([OLD, NEW]).unsign(signed) == (value, False)


@counted
@given(seconds=st.integers(0, 2**32), value=st.text(max_size=5))
def test_any_second_is_signed_alike(seconds: int, value: str) -> None:
    class Then(itsdangerous.TimestampSigner):
        def get_timestamp(self) -> int:
            return seconds

    signed = TimestampSigner(NEW).sign(value, now=seconds * 1000 + 999)
    assert signed.encode() == Then(NEW).sign(value)
    found = TimestampSigner(NEW).unsign(signed, now=seconds * 1000, max_age=0)
    assert (found.value, found.at) == (value, seconds * 1000)


@pytest.mark.parametrize(("later", "fresh"), [(-1, False), (0, True), (60, True), (61, False)])
def test_an_age_is_judged_alike(later: int, fresh: bool) -> None:
    class Later(itsdangerous.TimestampSigner):
        def get_timestamp(self) -> int:
            return 1_700_000_000 + later

    signed = TimestampSigner(NEW).sign("value", now=1_700_000_000_000)
    assert Later(NEW).validate(signed, max_age=60) == fresh
    at = (1_700_000_000 + later) * 1000 + 999
    if fresh:
        assert TimestampSigner(NEW).unsign(signed, now=at, max_age=60).value == "value"
    else:
        with pytest.raises(Expired):
            TimestampSigner(NEW).unsign(signed, now=at, max_age=60)


def test_a_second_spelling_that_it_reads_is_refused() -> None:
    signed = Signer(NEW).sign("value")
    last = signed[-1]
    respelled = signed[:-1] + next(
        char
        for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        if char != last and itsdangerous.Signer(NEW).validate(signed[:-1] + char)
    )
    assert itsdangerous.Signer(NEW).unsign(respelled) == b"value"
    with pytest.raises(BadSignature):
        Signer(NEW).unsign(respelled)
