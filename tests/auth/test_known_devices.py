"""A browser remembers whose accounts were opened in it, and nobody else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.auth.known_devices import KnownDevices
from dojang.wire.cookies import Cookie
from dojang.wire.keyring import Keyring
from tests.conftest import SECRET

ADA, GRACE = "A" * 22, "G" * 22


def devices(*secrets: str) -> KnownDevices:
    return KnownDevices(secret=Keyring(secrets or [SECRET]), cookie=Cookie())


def header(line: str) -> str:
    return line.partition(";")[0]


def test_a_browser_knows_an_account_from_its_first_sign_in_on() -> None:
    known = devices()
    assert not known.knows(ADA, "")
    cookies = header(known.noted(ADA, ""))
    assert known.knows(ADA, cookies)
    assert not known.knows(GRACE, cookies)


def test_it_is_of_this_host_alone_whatever_the_session_is_shared_with() -> None:
    shared = Cookie(name="__Secure-session", domain="example.org")
    line = KnownDevices(secret=SECRET, cookie=shared).noted("ada", "")
    assert line.startswith("__Host-known-device=")
    assert "Domain" not in line


def test_the_cookie_outlives_the_session_and_scripts_do_not_see_it() -> None:
    line = devices().noted(ADA, "")
    assert line.startswith("__Host-known-device=")
    assert "; Max-Age=34560000" in line
    assert "; HttpOnly" in line
    assert "; Secure" in line
    assert "; SameSite=Lax" in line
    plain = KnownDevices(secret=SECRET, cookie=Cookie.for_local_development())
    assert plain.noted(ADA, "").startswith("known-device=")


def test_in_a_borrowed_browser_it_ends_with_it_unless_there_was_one() -> None:
    line = devices().noted(ADA, "", remember=False)
    assert "Max-Age" not in line
    assert "Max-Age" in devices().noted(GRACE, header(line), remember=False)


def test_a_browser_knows_the_last_eight_accounts() -> None:
    known, cookies = devices(), ""
    users = [f"user-{number}" for number in range(10)]
    for user in users:
        cookies = header(known.noted(user, cookies))
    assert [known.knows(user, cookies) for user in users] == [False] * 2 + [True] * 8
    again = header(known.noted(users[2], cookies))
    assert known.knows(users[3], again)
    assert len(again) == len(cookies) < 300


def test_two_browsers_of_one_person_have_nothing_in_common() -> None:
    first, second = (header(devices().noted(ADA, "")).partition("=")[2] for _ in range(2))
    assert not set(first.split(".")) & set(second.split("."))
    assert ADA not in first


def test_a_secret_that_was_replaced_is_good_while_it_is_listed() -> None:
    old, new = SECRET[::-1], SECRET
    cookies = header(devices(old).noted(ADA, ""))
    assert devices(new, old).knows(ADA, cookies)
    assert not devices(new).knows(ADA, cookies)
    renewed = header(devices(new, old).noted(ADA, cookies))
    assert devices(new).knows(ADA, renewed)
    assert renewed.count(".") == 1  # and the mark of the old one is gone


def test_nobody_makes_a_browser_known() -> None:
    known = devices()
    cookies = header(known.noted(ADA, ""))
    random, _, mark = cookies.partition("=")[2].partition(".")
    for forged in (
        f"__Host-known-device={random}.{'A' * 22}",
        f"__Host-known-device={'A' * 22}.{mark}",
        f"__Host-known-device={random}",
        f"known-device={random}.{mark}",
    ):
        assert not known.knows(ADA, forged)


@pytest.mark.parametrize("planted", ["", "x", "a.b", "A" * 5000, f"{'A' * 22}.{'B' * 22}"])
def test_what_somebody_planted_does_not_hide_the_real_one(planted: str) -> None:
    known = devices()
    cookies = header(known.noted(ADA, ""))
    for both in (
        f"__Host-known-device={planted}; {cookies}",
        f"{cookies}; __Host-known-device={planted}",
    ):
        assert known.knows(ADA, both)


@given(st.text())
def test_any_header_is_safe_to_pass(text: str) -> None:
    known = devices()
    assert not known.knows(ADA, text)
    assert not known.knows(ADA, f"__Host-known-device={text}")
    assert known.knows(ADA, header(known.noted(ADA, f"__Host-known-device={text}")))
