"""keygrip, cookies, cookie-session and koa-session read what we sign, and we read what they do."""

import string
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dojang.errors import BadSignature, Expired, Misuse
from dojang.wire import chunks
from dojang.wire.cookies import Cookie
from dojang.wire.keygrip import signature
from dojang.wire.keygrip.cookie_session import CookieSession
from dojang.wire.keygrip.koa_session import KoaSession
from dojang.wire.keygrip.pair import Pair, SignedPair
from tests.node.judge import Judge
from tests.node.payloads import INHERITED, TEXTS, altered, counted, objects, written

KEYS = ["the key that is in use now", "the key that was in use before"]
RAW = [key.encode() for key in KEYS]
NOW = 1_767_225_600_000
HOUR = 3_600_000

ALGORITHMS = st.sampled_from(["sha1", "sha224", "sha256", "sha384", "sha512"])
ENCODINGS = st.sampled_from(["base64", "hex"])
VALUES = st.text(string.ascii_letters + string.digits + "!#$&'()*+-./:<=>?@[]^_`{|}~ ,%\\").filter(
    lambda text: text == text.strip() and text != ""
)

#: cookie-session gives a session these beside what every object has.
SEEN = objects(without=INHERITED | {"isChanged", "isNew", "isPopulated", "_ctx"})
COOKIE = Cookie(name="session", secure=False, chunks=Pair())
KOA = COOKIE.renamed("koa.sess")


def header(cookie: Cookie, text: str) -> str:
    """Return what a browser sends after our lines."""
    return "; ".join(line.partition(";")[0] for line in chunks.set_chunks(cookie, text))


def text_in(cookie: Cookie, lines: list[str]) -> str:
    """Return the text that a browser brings after their lines."""
    sent = "; ".join(line.partition(";")[0] for line in lines)
    (text,) = chunks.candidates(sent, cookie.name, cookie.chunks)
    return text


@counted
@given(data=TEXTS, algorithm=ALGORITHMS, encoding=ENCODINGS)
def test_any_text_is_signed_alike(judge: Judge, data: str, algorithm: Any, encoding: Any) -> None:
    how = {"algorithm": algorithm, "encoding": encoding}
    ours = signature.sign(data, key=RAW[0], **how)
    assert judge.ask("keygrip.sign", data=data, keys=KEYS, **how) == ours
    for order in (KEYS, KEYS[::-1]):
        index = judge.ask("keygrip.index", data=data, signature=ours, keys=order, **how)
        raw = [key.encode() for key in order]
        assert signature.verify(data, ours, keys=raw, **how) == index


@counted
@given(chosen=st.data())
def test_both_refuse_the_same_changed_signatures(judge: Judge, chosen: st.DataObject) -> None:
    good = signature.sign("data", key=RAW[0])
    changed = altered(chosen, good, range(len(good)), string.printable)
    assert judge.ask("keygrip.index", data="data", signature=changed, keys=KEYS) == -1
    with pytest.raises(BadSignature):
        signature.verify("data", changed, keys=RAW)


@counted
@given(value=VALUES)
def test_signed_cookies_go_both_ways(judge: Judge, value: str) -> None:
    signer = SignedPair(KEYS, name="session")
    text = signer.sign(value)
    sent = "; ".join(f"{name}={part}" for name, part in Pair().cut("session", text, 0).items())
    assert judge.ask("keygrip.get", header=sent, name="session", keys=KEYS)["value"] == value
    lines = judge.ask("keygrip.set", name="session", value=value, keys=KEYS)
    assert signer.unsign(text_in(COOKIE, lines)) == (value, True)


@counted
@given(session=SEEN)
def test_sessions_of_cookie_session_go_both_ways(judge: Judge, session: dict[str, Any]) -> None:
    ours = CookieSession(KEYS)
    text = ours.encode(session, expires=None, now=NOW)
    read = judge.ask("keygrip.cookieSessionVisit", header=header(COOKIE, text), keys=KEYS)
    assert read["found"] == written(session)
    assume(session)
    made = judge.ask("keygrip.cookieSessionVisit", header="", keys=KEYS, set=written(session))
    assert text_in(COOKIE, made["lines"]) == text
    assert written(ours.decode(text, now=NOW).claims) == written(session)


@counted
@given(
    session=objects(without=INHERITED | {"isNew", "maxAge", "populated", "length", "toJSON"}),
    lasting=st.booleans(),
)
def test_sessions_of_koa_session_go_both_ways(
    judge: Judge, session: dict[str, Any], lasting: bool
) -> None:
    session = {name: value for name, value in session.items() if not name.startswith("_")}
    assume(session)
    ours = KoaSession(KEYS)
    text = ours.encode(session, expires=NOW + HOUR if lasting else None, now=NOW)
    sent = header(KOA, text)
    read = judge.ask("keygrip.koaSessionVisit", at=NOW + HOUR, header=sent, keys=KEYS)
    assert read["found"] == written(session)
    life = {"maxAge": HOUR if lasting else "session"}
    made = judge.ask(
        "keygrip.koaSessionVisit", at=NOW, header="", keys=KEYS, set=written(session), options=life
    )
    assert text_in(KOA, made["lines"]) == text
    opened = ours.decode(text, now=NOW + HOUR)
    assert written(opened.claims) == written(session)
    assert opened.expires == (NOW + HOUR if lasting else None)


def test_a_session_of_koa_session_is_over_in_the_same_millisecond(judge: Judge) -> None:
    text = KoaSession(KEYS).encode({"user": 1}, expires=NOW, now=NOW - HOUR)
    for at, over in ((NOW, False), (NOW + 1, True)):
        read = judge.ask("keygrip.koaSessionVisit", at=at, header=header(KOA, text), keys=KEYS)
        assert (read["found"] is None) == over
    assert KoaSession(KEYS).decode(text, now=NOW).expires == NOW
    with pytest.raises(Expired):
        KoaSession(KEYS).decode(text, now=NOW + 1)


def test_an_older_key_is_known_as_such_and_a_foreign_one_is_refused(judge: Judge) -> None:
    text = CookieSession(KEYS[1]).encode({"user": 1}, expires=None, now=NOW)
    assert CookieSession(KEYS).decode(text, now=NOW).newest is False
    sent = header(COOKIE, text)
    read = judge.ask("keygrip.cookieSessionVisit", header=sent, keys=KEYS)
    assert read["found"] == '{"user":1}'
    with pytest.raises(BadSignature):
        CookieSession("another key").decode(text, now=NOW)
    assert judge.ask("keygrip.cookieSessionVisit", header=sent, keys=["x"])["found"] == "{}"


@pytest.mark.parametrize(
    ("format", "member"), [(CookieSession(KEYS), "isNew"), (KoaSession(KEYS), "_expire")]
)
def test_a_member_that_is_the_peers_own_is_not_written(format: Any, member: str) -> None:
    with pytest.raises(Misuse, match=member):
        format.encode({member: 1}, expires=None, now=NOW)


def test_a_session_signed_for_one_cookie_is_none_in_another() -> None:
    text = CookieSession(KEYS, name="admin").encode({"user": 1}, expires=None, now=NOW)
    with pytest.raises(BadSignature):
        CookieSession(KEYS, name="session").decode(text, now=NOW)
