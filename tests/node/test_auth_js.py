"""next-auth 4 and Auth.js read the tokens, pieces and forms we write, and we read theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Expired, Rejected, UnknownKey
from dojang.sessions import Sessions
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.wire import chunks, json
from dojang.wire.authjs import csrf
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.cookies import (
    auth_js_cookie,
    auth_js_csrf_cookie,
    next_auth_cookie,
    next_auth_csrf_cookie,
)
from dojang.wire.authjs.encrypted_token import EncryptedToken
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.cookies import Cookie
from tests.browser import Browser, look, put
from tests.node.judge import Judge, Thrown
from tests.node.payloads import TEXTS, altered, counted, objects, written

SECRET = "correct horse battery staple, and more"
OLDER = "the secret that was in use before it"
NOW = 1_767_225_600_000
STAMPS = frozenset({"iat", "exp", "jti"})

#: Times that are none are refused by both, each in its own way.
TOKENS = objects(without=STAMPS | {"nbf"}, proto=True)
SECRETS = TEXTS.filter(bool)


@dataclass(frozen=True)
class Version:
    number: int
    cookie: Cookie
    csrf: Cookie

    def ours(self, secret: str = SECRET) -> EncryptedToken:
        return NextAuthToken(secret) if self.number == 4 else AuthJsToken(secret, salt=self.salt)

    @property
    def salt(self) -> str:
        return "" if self.number == 4 else self.cookie.name

    def encode(self, judge: Judge, token: object, *, secret: Any = SECRET) -> str:
        text: str = judge.ask(
            "auth.encode",
            at=NOW, version=self.number, token=written(token), secret=secret, salt=self.salt,
        )  # fmt: skip
        return text

    def decode(self, judge: Judge, text: str, *, secret: Any = SECRET, at: int = NOW) -> Any:
        return json.loads(
            judge.ask(
                "auth.decode",
                at=at, version=self.number, token=text, secret=secret, salt=self.salt,
            )
        )  # fmt: skip

    def visit(self, judge: Judge, action: str, cookie: str) -> tuple[Any, list[str]]:
        sent = judge.ask(
            "auth.visit",
            at=NOW, version=self.number, action=action, cookie=cookie, secret=SECRET,
        )  # fmt: skip
        return json.loads(sent["body"]), sent["lines"]


VERSIONS = pytest.mark.parametrize(
    "version",
    [
        Version(4, next_auth_cookie(https=True), next_auth_csrf_cookie(https=True)),
        Version(5, auth_js_cookie(https=True), auth_js_csrf_cookie(https=True)),
    ],
    ids=["next-auth 4", "Auth.js"],
)


def own(token: dict[str, Any]) -> str:
    return written({name: token[name] for name in token if name not in STAMPS})


def sent_back(lines: list[str]) -> str:
    return "; ".join(line.partition(";")[0] for line in lines)


@VERSIONS
@counted
@given(token=TOKENS)
def test_it_reads_what_we_write(judge: Judge, version: Version, token: dict[str, Any]) -> None:
    text = version.ours().encode(token, expires=NOW + 60_000, now=NOW)
    read = version.decode(judge, text)
    assert own(read) == written(token)
    assert (read["iat"], read["exp"]) == (NOW // 1000, NOW // 1000 + 60)


@VERSIONS
@counted
@given(token=TOKENS)
def test_we_read_what_it_writes(judge: Judge, version: Version, token: dict[str, Any]) -> None:
    opened = version.ours().decode(version.encode(judge, token), now=NOW)
    assert written(opened.claims) == written(token)
    assert (opened.expires, opened.newest) == (NOW + 30 * 24 * 3_600_000, True)


@VERSIONS
@counted
@given(secret=SECRETS)
def test_any_text_is_the_same_secret_to_both(judge: Judge, version: Version, secret: str) -> None:
    tokens = version.ours(secret)
    assert version.decode(judge, tokens.write({"n": 1}, now=NOW), secret=secret)["n"] == 1
    assert tokens.read(version.encode(judge, {"n": 1}, secret=secret), now=NOW)["n"] == 1


@VERSIONS
def test_the_times_of_a_token_keep_their_places_in_both(judge: Judge, version: Version) -> None:
    token = {"sub": "1", "jti": "mine", "role": "admin", "iat": 1, "exp": 2, "last": True}
    ours = version.decode(judge, version.ours().write(token, now=NOW))
    theirs = version.ours().read(version.encode(judge, token), now=NOW)
    assert [*ours] == [*theirs] == [*token]
    assert {**ours, "jti": ""} == {**theirs, "jti": ""}


@VERSIONS
def test_a_token_ends_at_the_same_second_for_both(judge: Judge, version: Version) -> None:
    tokens = version.ours()
    text = tokens.write({"n": 1}, max_age=60, now=NOW)
    last = NOW + 74_999
    assert version.decode(judge, text, at=last)["n"] == tokens.read(text, now=last)["n"] == 1
    with pytest.raises(Thrown, match='"exp" claim timestamp check failed'):
        version.decode(judge, text, at=last + 1)
    with pytest.raises(Expired):
        tokens.read(text, now=last + 1)


def test_after_a_change_of_secret_older_tokens_are_read_by_both(judge: Judge) -> None:
    new = Version(5, auth_js_cookie(https=True), auth_js_csrf_cookie(https=True))
    both = AuthJsToken([SECRET, OLDER], salt=new.salt)
    theirs = both.decode(new.encode(judge, {"n": 1}, secret=OLDER), now=NOW)
    assert (theirs.claims, theirs.newest) == ({"n": 1}, False)
    ours = AuthJsToken(OLDER, salt=new.salt).write({"n": 1}, now=NOW)
    assert new.decode(judge, ours, secret=[SECRET, OLDER])["n"] == 1
    fresh = both.write({"n": 1}, now=NOW)
    assert new.decode(judge, fresh, secret=[SECRET, "another"])["n"] == 1
    with pytest.raises(Thrown, match="no matching decryption secret"):
        new.decode(judge, fresh, secret=OLDER)
    with pytest.raises(UnknownKey):
        AuthJsToken(OLDER, salt=new.salt).read(fresh, now=NOW)


@VERSIONS
@pytest.mark.parametrize("size", [1, 2_600, 3_200, 6_000, 30_000])
def test_it_finds_our_token_in_cookie_and_pieces(judge: Judge, version: Version, size: int) -> None:
    text = version.ours().write({"text": "x" * size}, now=NOW)
    lines = chunks.set_chunks(version.cookie, text, max_age=60)
    for headers in ({"cookie": sent_back(lines)}, {"authorization": f"Bearer {text}"}):
        found = judge.ask(
            "auth.getToken", at=NOW, version=version.number, headers=headers, secret=SECRET
        )
        assert json.loads(found)["text"] == "x" * size


@VERSIONS
@pytest.mark.parametrize("size", [1, 6_000, 20_000])
def test_a_session_goes_to_the_front_and_back_and_both_go_on_with_it(
    judge: Judge, version: Version, size: int
) -> None:
    clock = Clock(NOW)
    sessions = Sessions(ClientSide(version.ours()), cookie=version.cookie, clock=clock)
    browser = Browser(sessions)
    browser.visit(put(name="Ada", email="ada@example.com", picture=None))
    browser.visit(lambda session: session.login("1"))
    browser.visit(put(text="x" * size))
    body, lines = version.visit(judge, "session", browser.header)
    assert body["user"] == {"name": "Ada", "email": "ada@example.com", "image": None}
    renewed = [line for line in lines if line.startswith(version.cookie.name)]
    assert [line.partition("=")[0] for line in renewed] == [*browser.cookies]
    browser.cookies = dict(pair.split("=", 1) for pair in sent_back(renewed).split("; "))
    assert browser.visit(look) == {
        "name": "Ada", "email": "ada@example.com", "picture": None, "text": "x" * size,
    }  # fmt: skip
    assert browser.visit(lambda session: session.user) == "1"
    browser.visit(put(text="back"))
    assert version.visit(judge, "session", browser.header)[0]["user"]["name"] == "Ada"


@VERSIONS
def test_a_left_over_piece_signs_out_in_both(judge: Judge, version: Version) -> None:
    text = version.ours().write({"name": "Ada"}, now=NOW)
    name = version.cookie.name
    body, _ = version.visit(judge, "session", f"{name}={text}; {name}.1=stale")
    assert not body
    browser = Browser(Sessions(ClientSide(version.ours()), cookie=version.cookie, clock=Clock(NOW)))
    browser.cookies = {name: text, f"{name}.1": "stale"}
    assert browser.visit(look) == {}


@VERSIONS
def test_the_cookie_of_our_form_is_good_to_it_and_its_to_us(judge: Judge, version: Version) -> None:
    made = csrf.make(SECRET)
    body, lines = version.visit(judge, "csrf", f"{version.csrf.name}={made.cookie}")
    assert body == {"csrfToken": made.token}
    assert not [line for line in lines if "csrf" in line]
    body, lines = version.visit(judge, "csrf", f"{version.csrf.name}={made.cookie[:-1]}x")
    (line,) = [line for line in lines if "csrf" in line]
    cookie = line.partition("=")[2].partition(";")[0]
    assert version.csrf.set(cookie) == line
    csrf.check(cookie, body["csrfToken"], SECRET)


@VERSIONS
@pytest.mark.parametrize("bar", ["%7C", "%7c", "|"])
@pytest.mark.parametrize("first", [str, lambda char: f"%{ord(char):02X}"], ids=["plain", "encoded"])
def test_the_cookie_of_a_form_is_read_in_any_percent_spelling_that_it_reads(
    judge: Judge, version: Version, bar: str, first: Callable[[str], str]
) -> None:
    made = csrf.make(SECRET)
    spelled = first(made.cookie[0]) + made.cookie[1:].replace("%7C", bar)
    body, _ = version.visit(judge, "csrf", f"{version.csrf.name}={spelled}")
    assert body["csrfToken"] == csrf.read(spelled, SECRET) == made.token


@VERSIONS
@counted
@given(data=st.data())
def test_a_changed_token_is_refused_by_both(
    judge: Judge, version: Version, data: st.DataObject
) -> None:
    text = version.ours().write({"n": 1}, now=NOW)
    # The last character of a part has bits that say nothing, and the library does not look at them.
    ends = {at - 1 for at, char in enumerate(text + ".") if char == "."}
    places = [at for at in range(len(text)) if at not in ends]
    changed = altered(data, text, places, "AQz09_-.")
    with pytest.raises(Rejected):
        version.ours().read(changed, now=NOW)
    headers = {"authorization": f"Bearer {changed}"}
    asked = {"version": version.number, "headers": headers, "secret": SECRET}
    assert judge.ask("auth.getToken", at=NOW, **asked) is None
