import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Refused
from dojang.wire import csrf
from dojang.wire.csrf import CsrfRefused
from dojang.wire.keyring import Keyring

KEYS = Keyring("a secret that is used by these tests alone")
OTHERS = Keyring("another secret, of another application!!")
HANDLE = "Zm9yIHRlc3RzIG9ubHk"
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_a_token_is_good_for_the_session_it_was_made_for() -> None:
    csrf.check(csrf.make(HANDLE, KEYS), HANDLE, KEYS)


def test_a_token_of_one_session_is_refused_on_another() -> None:
    with pytest.raises(CsrfRefused):
        csrf.check(csrf.make(HANDLE, KEYS), "another-session", KEYS)


def test_a_token_from_before_login_is_refused_after_it_because_the_handle_changed() -> None:
    before, after = "anonymous-handle", "handle-after-login"
    with pytest.raises(CsrfRefused):
        csrf.check(csrf.make(before, KEYS), after, KEYS)


def test_every_single_character_change_is_refused() -> None:
    token = csrf.make(HANDLE, KEYS)
    changed = 0
    for at, was in enumerate(token):
        for other in BASE64URL + ".=+/ é\ud800":
            if other == was:
                continue
            changed += 1
            with pytest.raises(CsrfRefused):
                csrf.check(token[:at] + other + token[at + 1 :], HANDLE, KEYS)
    assert changed > 4000


def test_a_token_that_lost_or_gained_a_character_is_refused() -> None:
    token = csrf.make(HANDLE, KEYS)
    for at in range(len(token)):
        for broken in (token[:at] + token[at + 1 :], token[:at] + "A" + token[at:], token[:at]):
            with pytest.raises(CsrfRefused):
                csrf.check(broken, HANDLE, KEYS)
    for padded in (token + "=", token + "\n", " " + token, token + "A"):
        with pytest.raises(CsrfRefused):
            csrf.check(padded, HANDLE, KEYS)


def test_two_tokens_of_one_session_are_different_and_both_good() -> None:
    tokens = {csrf.make(HANDLE, KEYS) for _ in range(8)}
    assert len(tokens) == 8
    for token in tokens:
        csrf.check(token, HANDLE, KEYS)


def test_another_applications_token_is_refused() -> None:
    with pytest.raises(CsrfRefused):
        csrf.check(csrf.make(HANDLE, OTHERS), HANDLE, KEYS)


def test_a_token_of_a_retired_secret_is_still_good() -> None:
    old = "an old secret that has been rotated away"
    new = "a new secret that has taken the old's place"
    csrf.check(csrf.make(HANDLE, Keyring(old)), HANDLE, Keyring([new, old]))
    with pytest.raises(CsrfRefused):
        csrf.check(csrf.make(HANDLE, Keyring(old)), HANDLE, Keyring(new))


def test_the_key_serves_this_purpose_and_no_other() -> None:
    derived = csrf.make(HANDLE, KEYS.derive("session-id"))
    with pytest.raises(CsrfRefused):
        csrf.check(derived, HANDLE, KEYS)


def test_a_piece_of_the_handle_cannot_move_into_the_random_part() -> None:
    random, _, tag = csrf.make("ab", KEYS).partition(".")
    with pytest.raises(CsrfRefused):
        csrf.check(f"b!{random}.{tag}", "a", KEYS)


def test_the_refusal_says_what_to_do_under_a_code_of_its_own() -> None:
    assert issubclass(CsrfRefused, Refused)
    assert (CsrfRefused.code, CsrfRefused.status) == ("csrf", 403)
    assert "reload" in str(CsrfRefused())


@given(st.text(), st.text())
def test_any_text_is_refused_and_nothing_else(token: str, handle: str) -> None:
    with pytest.raises(CsrfRefused):
        csrf.check(token, handle, KEYS)
