from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import (
    BadSignature,
    Expired,
    Malformed,
    Misuse,
    NotJson,
    NotYetValid,
    Oversized,
    Rejected,
    UnknownKey,
    WrongAudience,
    WrongIssuer,
    WrongType,
)
from dojang.sessions import Sessions
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.wire import base64url, json
from dojang.wire.jose import jwt
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.signed_session import SESSION_TYPE, SignedJwt
from tests.browser import Browser, put
from tests.wire.jose_kit import NOW, SECRET, pair
from tests.wire.test_json import VALUES

KEY = Key.from_secret(SECRET)
OTHER = Key.from_secret(SECRET[::-1])


def claims_in(text: str) -> dict[str, Any]:
    return json.loads_object(base64url.decode(text.split(".")[1]))


def token(claims: dict[str, Any], **header: Any) -> str:
    return jwt.sign(claims, {"alg": "HS256", "typ": SESSION_TYPE, **header}, key=KEY)


def test_a_session_is_the_claims_and_the_times_are_the_tokens() -> None:
    sessions = SignedJwt(KEY, issuer="here", audience="us")
    text = sessions.encode({"user": 1}, expires=NOW + 60_999, now=NOW + 1)
    assert list(claims_in(text).items()) == [
        ("user", 1), ("iat", NOW // 1000), ("iss", "here"), ("aud", "us"),
        ("exp", NOW // 1000 + 60),
    ]  # fmt: skip
    opened = sessions.decode(text, now=NOW)
    assert (opened.claims, opened.newest) == ({"user": 1}, True)
    assert (opened.expires, opened.issued) == (NOW + 60_000, NOW)


def test_a_session_may_be_without_an_end_and_from_a_writer_that_says_no_time() -> None:
    sessions = SignedJwt(KEY)
    assert sessions.decode(sessions.encode({}, expires=None, now=NOW), now=NOW).expires is None
    opened = sessions.decode(token({"user": 1}), now=NOW)
    assert (opened.expires, opened.issued) == (None, None)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_was_signed_comes_back(claims: dict[str, Any]) -> None:
    sessions = SignedJwt(KEY)
    claims = {f"_{name}": value for name, value in claims.items()}
    try:
        text = sessions.encode(claims, expires=NOW + 1_000, now=NOW)
    except NotJson:
        return
    opened = sessions.decode(text, now=NOW)
    assert sessions.encode(opened.claims, expires=NOW + 1_000, now=NOW) == text


def test_a_session_is_good_until_its_exp_exclusive() -> None:
    sessions = SignedJwt(KEY)
    text = sessions.encode({}, expires=NOW + 1_999, now=NOW)
    assert sessions.decode(text, now=NOW + 999).claims == {}
    with pytest.raises(Expired):
        sessions.decode(text, now=NOW + 1_000)
    with pytest.raises(NotYetValid):
        sessions.decode(token({"nbf": NOW // 1000 + 1}), now=NOW)


@pytest.mark.parametrize("name", ["iat", "exp"])
def test_what_belongs_to_the_token_is_no_member_of_the_session(name: str) -> None:
    with pytest.raises(Misuse, match=f"{name} belongs to the token"):
        SignedJwt(KEY).encode({name: 1}, expires=None, now=NOW)


@pytest.mark.parametrize("claims", [{"nbf": "soon"}, {"iss": "c"}, {"aud": ["c"]}])
def test_a_token_that_nobody_could_read_again_is_not_written(claims: dict[str, Any]) -> None:
    with pytest.raises(Misuse, match="nobody could read this token again"):
        SignedJwt(KEY, issuer="a", audience="b").encode(claims, expires=None, now=NOW)


def test_issuer_and_audience_of_others_are_the_sessions_own_where_none_is_set() -> None:
    kept = SignedJwt(KEY)
    claims = {"iss": "x", "aud": ["y"]}
    assert kept.decode(kept.encode(claims, expires=None, now=NOW), now=NOW).claims == claims


def test_a_token_for_several_audiences_stays_for_all_of_them() -> None:
    sessions = SignedJwt(KEY, audience="us", type=None)
    opened = sessions.decode(token({"aud": ["us", "them"]}, typ=None), now=NOW)
    again = sessions.encode(opened.claims, expires=None, now=NOW)
    assert jwt.verify(again, KEY, now=NOW).claims["aud"] == ["us", "them"]


def test_a_part_of_a_second_is_kept() -> None:
    seconds = NOW // 1000
    claims = {"exp": seconds + 60.25, "iat": seconds - 0.5}
    opened = SignedJwt(KEY).decode(token(claims), now=NOW)
    assert (opened.expires, opened.issued) == (seconds * 1000 + 60_250, seconds * 1000 - 500)


def test_a_token_of_another_purpose_is_no_session() -> None:
    sessions = SignedJwt(KEY)
    for typ in ("JWT", "at+jwt", "", None):
        with pytest.raises(WrongType):
            sessions.decode(token({}, typ=typ), now=NOW)
    with pytest.raises(WrongType):
        sessions.decode(jwt.sign({}, {"alg": "HS256"}, key=KEY), now=NOW)


def test_a_session_of_a_node_program_is_read_where_the_type_is_left_open() -> None:
    open_to_all = SignedJwt(KEY, type=None)
    text = jwt.sign({"sub": "1", "iat": 1, "exp": NOW}, {"alg": "HS256"}, key=KEY)
    assert open_to_all.decode(text, now=NOW).claims == {"sub": "1"}
    written = open_to_all.encode({}, expires=None, now=NOW)
    assert base64url.decode(written.split(".")[0]) == b'{"alg":"HS256"}'
    like_jsonwebtoken = SignedJwt(KEY, type="JWT").encode({}, expires=None, now=NOW)
    assert base64url.decode(like_jsonwebtoken.split(".")[0]) == b'{"alg":"HS256","typ":"JWT"}'


def test_issuer_and_audience_are_asked_for() -> None:
    sessions = SignedJwt(KEY, issuer="here", audience="us")
    with pytest.raises(WrongIssuer):
        sessions.decode(token({"iss": "there", "aud": "us"}), now=NOW)
    with pytest.raises(WrongAudience):
        sessions.decode(token({"iss": "here"}), now=NOW)


def test_of_several_keys_the_first_signs_and_all_verify() -> None:
    """Flask CVE-2025-47278: the oldest key signed."""
    old = SignedJwt(KEY).encode({"n": 1}, expires=None, now=NOW)
    both = SignedJwt([OTHER, KEY])
    opened = both.decode(old, now=NOW)
    assert (opened.claims, opened.newest) == ({"n": 1}, False)
    assert SignedJwt(OTHER).decode(both.encode({}, expires=None, now=NOW), now=NOW).newest
    with pytest.raises(BadSignature):
        SignedJwt(KEY).decode(both.encode({}, expires=None, now=NOW), now=NOW)


def test_a_pair_signs_sessions_that_whoever_has_the_published_set_verifies() -> None:
    keys = KeySet(pair("ES256")[0])
    text = SignedJwt(keys).encode({"user": 1}, expires=None, now=NOW)
    published = KeySet.parse(json.dumps(keys.published()))
    assert jwt.verify(text, published.find, now=NOW).claims["user"] == 1
    later = keys.rotated(pair("Ed25519")[0])
    assert SignedJwt(later).decode(text, now=NOW).newest is False
    with pytest.raises(UnknownKey):
        SignedJwt(later.retired(str(pair("ES256")[0].kid))).decode(text, now=NOW)
    with pytest.raises(Misuse, match="only verifies"):
        SignedJwt(published)


@pytest.mark.parametrize("name", ["exp", "iat"])
@pytest.mark.parametrize("value", [1e300, -1e300, 9_000_000_000_000])
def test_a_time_beyond_every_date_is_malformed(name: str, value: float) -> None:
    if (name, value) != ("exp", -1e300):
        with pytest.raises(Malformed):
            SignedJwt(KEY).decode(token({name: value}), now=NOW)


def test_nothing_longer_than_four_cookies_is_looked_at() -> None:
    sessions = SignedJwt(KEY)
    with pytest.raises(Oversized):
        sessions.decode("x" * (sessions.limit + 1), now=NOW)


@given(st.text())
def test_any_text_is_rejected(text: str) -> None:
    with pytest.raises(Rejected):
        SignedJwt(KEY).decode(text, now=NOW)


def test_no_changed_character_and_no_cut_is_accepted() -> None:
    sessions = SignedJwt(KEY)
    good = sessions.encode({"user": 1}, expires=NOW + 60_000, now=NOW)
    for place in range(len(good)):
        for changed in (good[:place], *(good[:place] + c + good[place + 1 :] for c in "A0-.")):
            if changed != good:
                with pytest.raises(Rejected):
                    sessions.decode(changed, now=NOW)


def test_a_browser_keeps_its_session_in_a_signed_token(clock: Clock) -> None:
    browser = Browser(Sessions(ClientSide(SignedJwt(KEY)), clock=clock))
    browser.visit(lambda session: session.login("ada"))
    browser.visit(put(theme="dark"))
    assert browser.visit(lambda session: (session.user, dict(session))) == (
        "ada",
        {"theme": "dark"},
    )
    claims = claims_in(browser.cookie)
    assert list(claims)[:1] == ["theme"]
    assert claims["exp"] > claims["iat"]
    browser.cookies["__Host-session"] = browser.cookie[:-2] + "AA"
    assert browser.visit(lambda session: (session.user, session.rejected)) in {
        (None, "bad-signature"), (None, "malformed"),
    }  # fmt: skip


def test_the_page_of_the_reference_shows_what_is_written() -> None:
    text = SignedJwt(KEY).encode({"user": {"id": 1}, "n": "é"}, expires=NOW + 3_600_000, now=NOW)
    reference = Path(__file__).parent.parent.parent / "docs" / "reference" / "wire"
    assert text in (reference / "jwt.md").read_text()
    direct = Key.from_secret(bytes(range(32)), algorithms=["dir"])
    header = {"alg": "dir", "enc": "A256GCM"}
    encrypted = jwt.encrypt({"user": 1}, header, key=direct, iv=bytes(12))
    assert encrypted in (reference / "jwe.md").read_text()
