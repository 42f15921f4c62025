import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import BadSignature, Malformed, Oversized, Rejected, WeakSecret
from dojang.wire.authjs import csrf
from dojang.wire.authjs.cookies import auth_js_csrf_cookie
from tests.wire.auth_js_kit import OTHER, SECRET, cases


def test_the_cookie_of_the_real_library_is_read_and_its_list_of_secrets_joined_by_a_comma() -> None:
    (case,) = cases("auth_session")
    (line,) = [line for line in case["set_cookie"] if "csrf" in line]
    name, _, rest = line.partition("=")
    cookie = rest.partition(";")[0]
    token = csrf.read(cookie, case["secrets"])
    assert (len(token), cookie[64:67]) == (64, "%7C")
    csrf.check(cookie, token, case["secrets"])
    assert auth_js_csrf_cookie(https=True).set(cookie) == line
    assert name == "__Host-authjs.csrf-token"
    for other in (case["secrets"][0], case["secrets"][::-1]):
        with pytest.raises(BadSignature):
            csrf.read(cookie, other)


def test_a_token_is_vouched_for_as_the_libraries_do_it() -> None:
    made = csrf.make([SECRET, OTHER])
    token, _, hash = made.cookie.partition("%7C")
    assert token == made.token
    assert len(bytes.fromhex(token)) == 32
    assert hash == hashlib.sha256(f"{token}{SECRET},{OTHER}".encode()).hexdigest()
    assert csrf.read(made.cookie, [SECRET, OTHER]) == made.token
    assert csrf.make(SECRET).token != csrf.make(SECRET).token


def test_one_secret_is_the_same_alone_and_in_a_list() -> None:
    made = csrf.make(SECRET)
    assert csrf.read(made.cookie, [SECRET]) == made.token


def test_a_bar_may_come_as_it_is() -> None:
    made = csrf.make(SECRET)
    assert csrf.read(made.cookie.replace("%7C", "|"), SECRET) == made.token


def test_a_form_with_another_token_is_refused() -> None:
    one, other = csrf.make(SECRET), csrf.make(SECRET)
    for submitted in (other.token, "", one.token[:-1], one.token.upper(), one.cookie, "é"):
        with pytest.raises(BadSignature):
            csrf.check(one.cookie, submitted, SECRET)


def test_no_changed_character_is_accepted() -> None:
    good = csrf.make(SECRET).cookie
    for place in range(len(good)):
        for other in "0aAg|%":
            changed = good[:place] + other + good[place + 1 :]
            if changed != good:
                with pytest.raises(Rejected):
                    csrf.read(changed, SECRET)


@pytest.mark.parametrize("cookie", ["", "a", "|", "a|b|c", "%7C%7C", "%", "a%7", "%ff%7Cb"])
def test_what_is_no_token_and_hash_is_malformed(cookie: str) -> None:
    with pytest.raises((Malformed, BadSignature)):
        csrf.read(cookie, SECRET)


@given(st.text())
def test_any_text_yields_a_rejection(text: str) -> None:
    for cookie in (text, f"{text}|{text}"):
        with pytest.raises(Rejected):
            csrf.read(cookie, SECRET)


def test_nothing_longer_than_a_kilobyte_is_looked_at() -> None:
    with pytest.raises(Oversized):
        csrf.read("a" * 1_025, SECRET)


@pytest.mark.parametrize("secret", ["", [], [""], [SECRET, ""]])
def test_without_a_secret_nothing_is_made_or_believed(secret: Any) -> None:
    for call in (lambda: csrf.make(secret), lambda: csrf.read("a|b", secret)):
        with pytest.raises(WeakSecret):
            call()


def test_no_repr_shows_the_token() -> None:
    made = csrf.make(SECRET)
    assert made.token not in repr(made)
