from typing import Any

import pytest

from dojang.errors import InvalidCookie, TooLarge
from dojang.sessions import Sessions
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.wire import chunks
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.claims import DEFAULT_MAX_AGE
from dojang.wire.authjs.cookies import (
    auth_js_cookie,
    auth_js_csrf_cookie,
    next_auth_cookie,
    next_auth_csrf_cookie,
)
from dojang.wire.authjs.encrypted_token import EncryptedToken
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.cookies import Cookie
from dojang.wire.js.date import http_date
from tests.browser import Browser, look, put
from tests.interop.auth_js import cookie_of
from tests.wire.auth_js_kit import SECRET, cases

COOKIES = [next_auth_cookie(https=True), auth_js_cookie(https=True)]
SITES = pytest.mark.parametrize("cookie", COOKIES, ids=lambda cookie: cookie.name)


def tokens_for(cookie: Cookie) -> EncryptedToken:
    old = "next-auth" in cookie.name
    return NextAuthToken(SECRET) if old else AuthJsToken(SECRET, salt=cookie.name)


def sessions(cookie: Cookie, clock: Clock) -> Sessions:
    return Sessions(ClientSide(tokens_for(cookie)), cookie=cookie, clock=clock)


def test_the_names_say_whether_there_is_https() -> None:
    made = [
        make(https=https).name
        for make in (next_auth_cookie, next_auth_csrf_cookie, auth_js_cookie, auth_js_csrf_cookie)
        for https in (True, False)
    ]
    assert made == [
        "__Secure-next-auth.session-token", "next-auth.session-token",
        "__Host-next-auth.csrf-token", "next-auth.csrf-token",
        "__Secure-authjs.session-token", "authjs.session-token",
        "__Host-authjs.csrf-token", "authjs.csrf-token",
    ]  # fmt: skip


def test_a_front_may_have_names_of_its_own() -> None:
    cookie = auth_js_cookie(https=True).renamed("__Host-login")
    assert cookie.set("v") == "__Host-login=v; Path=/; HttpOnly; Secure; SameSite=Lax"
    with pytest.raises(InvalidCookie, match="needs Secure"):
        auth_js_cookie(https=False).renamed("__Secure-login")


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case["id"]) for case in cases("read_cookie", "auth_session")]
)
def test_the_set_cookie_lines_are_those_of_the_real_library(case: dict[str, Any]) -> None:
    cookie = cookie_of(case)
    theirs = [line for line in case["set_cookie"] if line.startswith(cookie.name)]
    renewed = case["operation"] == "auth_session"
    value = theirs[0].partition("=")[2].partition(";")[0] if renewed else case["wire"]
    written = case["now"] if renewed else case["written_at"]
    present = [*case["options"].get("previous_cookies", {})]
    expires = http_date((written + DEFAULT_MAX_AGE) * 1000)
    assert chunks.set_chunks(cookie, value, expires=expires, present=present) == theirs


@pytest.mark.parametrize(("cookie", "size"), [(COOKIES[0], 3933), (COOKIES[1], 3936)])
def test_a_value_is_cut_by_its_own_length(cookie: Cookie, size: int) -> None:
    assert len(chunks.set_chunks(cookie, "v" * size)) == 1
    lines = chunks.set_chunks(cookie, "v" * (2 * size + 1))
    values = [line.partition("=")[2].partition(";")[0] for line in lines]
    assert [len(value) for value in values] == [size, size, 1]
    assert len(chunks.set_chunks(cookie, "v" * 16 * size)) == 16
    with pytest.raises(TooLarge, match=f"16 cookies hold {16 * size}"):
        chunks.set_chunks(cookie, "v" * (16 * size + 1))


@SITES
def test_a_large_session_is_cut_grows_shrinks_and_ends_without_leftovers(
    cookie: Cookie, clock: Clock
) -> None:
    browser = Browser(sessions(cookie, clock))
    for size, count in ((9_000, 4), (30_000, 11), (4_000, 2)):
        browser.visit(put(text="x" * size))
        assert sorted(browser.cookies) == sorted(f"{cookie.name}.{n}" for n in range(count))
        assert browser.visit(look) == {"text": "x" * size}
    browser.visit(put(text="small"))
    assert [*browser.cookies] == [cookie.name]
    browser.visit(lambda session: session.clear())
    assert browser.cookies == {}


@SITES
def test_a_name_that_begins_alike_or_a_left_over_cookie_signs_nobody_out(
    cookie: Cookie, clock: Clock
) -> None:
    """The libraries join all of these, `ABCWZ`, and the visitor is signed out."""
    browser = Browser(sessions(cookie, clock))
    browser.visit(put(text="x" * 6_000))
    pieces = dict(browser.cookies)
    assert len(pieces) == 3
    names = [*pieces, cookie.name, f"{cookie.name}-x"]
    for order in (names, names[::-1]):
        browser.cookies = {name: pieces.get(name, "W") for name in order}
        assert browser.visit(look) == {"text": "x" * 6_000}


@SITES
def test_of_a_left_over_session_and_pieces_of_the_same_one_the_newest_counts(
    cookie: Cookie, clock: Clock
) -> None:
    browser = Browser(sessions(cookie, clock))
    browser.visit(put(text="old"))
    old = dict(browser.cookies)
    clock.tick(4 * 24 * 3600)
    browser.visit(put(text="x" * 6_000))
    browser.cookies |= old
    assert browser.visit(look) == {"text": "x" * 6_000}


@SITES
def test_of_two_sessions_that_the_front_made_the_newest_counts(
    cookie: Cookie, clock: Clock
) -> None:
    tokens = tokens_for(cookie)
    old = tokens.write({"sub": "1", "n": 1}, now=clock() - 5_000)
    new = tokens.write({"sub": "1", "n": 2}, now=clock())
    for whole, rest in ((old, new), (new, old)):
        browser = Browser(sessions(cookie, clock))
        pieces = {f"{cookie.name}.0": rest[:100], f"{cookie.name}.1": rest[100:]}
        browser.cookies = {cookie.name: whole, **pieces}
        assert browser.visit(lambda session: session["n"]) == 2


@SITES
def test_a_left_over_cookie_is_cleaned_up_with_the_next_write(cookie: Cookie, clock: Clock) -> None:
    browser = Browser(sessions(cookie, clock))
    browser.visit(put(text="x" * 6_000))
    browser.cookies[cookie.name] = "W"
    browser.visit(put(text="x" * 6_001))
    assert sorted(browser.cookies) == [f"{cookie.name}.{n}" for n in range(3)]


@SITES
@pytest.mark.parametrize("lost", [0, 1, 2])
def test_with_a_piece_lost_there_is_no_session_and_the_rest_is_deleted(
    cookie: Cookie, clock: Clock, lost: int
) -> None:
    browser = Browser(sessions(cookie, clock))
    browser.visit(put(text="x" * 6_000))
    del browser.cookies[f"{cookie.name}.{lost}"]
    assert browser.visit(lambda session: session.rejected) in {"bad-signature", "malformed"}
    assert browser.cookies == {}


@SITES
@pytest.mark.parametrize("piece", [1, 3, 7])
def test_a_piece_of_another_session_spoils_the_whole_and_nothing_is_mixed(
    cookie: Cookie, clock: Clock, piece: int
) -> None:
    mine, theirs = Browser(sessions(cookie, clock)), Browser(sessions(cookie, clock))
    mine.visit(put(text="x" * 6_000))
    theirs.visit(put(text="y" * 30_000))
    mine.cookies[f"{cookie.name}.{piece}"] = theirs.cookies[f"{cookie.name}.{piece}"]
    rejected, data = mine.visit(lambda session: (session.rejected, dict(session)))
    assert (rejected in {"bad-signature", "malformed"}, data) == (True, {})
