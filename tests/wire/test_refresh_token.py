import pytest

from dojang.errors import BadSignature, Malformed, Oversized, Rejected
from dojang.wire import refresh_token
from dojang.wire.keyring import Keyring
from tests.wire.naughty import NAUGHTY

KEYS = Keyring("k" * 31 + "1")
OTHER = Keyring("o" * 31 + "1")
FAMILY = "A" * 22


def test_a_token_names_its_family_and_has_256_random_bits() -> None:
    tokens = {refresh_token.first(FAMILY, keys=KEYS) for _ in range(100)}
    assert len({refresh_token.fingerprint(token) for token in tokens}) == 100
    assert {len(token) for token in tokens} == {refresh_token.LENGTH}
    assert {refresh_token.family_of(token, keys=KEYS) for token in tokens} == {FAMILY}
    assert {len(token.split(".")[2]) for token in tokens} == {43}


def test_whoever_holds_the_same_token_computes_the_same_successor() -> None:
    token, salt = refresh_token.first(FAMILY, keys=KEYS), refresh_token.new_salt()
    (one,), (two,) = (refresh_token.successors(token, salt, keys=KEYS) for _ in range(2))
    assert one == two != token
    assert refresh_token.family_of(one, keys=KEYS) == FAMILY
    assert refresh_token.successors(token, refresh_token.new_salt(), keys=KEYS) != [one]


def test_without_the_secret_the_store_and_an_old_token_give_no_successor() -> None:
    token, salt = refresh_token.first(FAMILY, keys=KEYS), refresh_token.new_salt()
    (ours,), (theirs,) = (refresh_token.successors(token, salt, keys=k) for k in (KEYS, OTHER))
    assert refresh_token.fingerprint(ours) != refresh_token.fingerprint(theirs)


def test_a_successor_is_found_again_after_a_new_secret_was_put_in_front() -> None:
    token, salt = refresh_token.first(FAMILY, keys=KEYS), refresh_token.new_salt()
    (before,) = refresh_token.successors(token, salt, keys=KEYS)
    after = refresh_token.successors(token, salt, keys=Keyring([*OTHER, *KEYS]))
    prints = [refresh_token.fingerprint(one) for one in after]
    assert prints.index(refresh_token.fingerprint(before)) == 1
    with pytest.raises(BadSignature):
        refresh_token.family_of(token, keys=OTHER)


def test_every_changed_character_is_another_token() -> None:
    token = refresh_token.first(FAMILY, keys=KEYS)
    for index, char in enumerate(token):
        for other in {"A", "B", ".", "é"} - {char}:
            with pytest.raises(Rejected):
                refresh_token.family_of(token[:index] + other + token[index + 1 :], keys=KEYS)
            with pytest.raises(Rejected):
                refresh_token.family_of(token[:index], keys=KEYS)


@pytest.mark.parametrize("text", ["", "drt", "drt...", "a" * 93, "eyJhbGciOiJIUzI1NiJ9.e30."])
def test_what_is_none_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        refresh_token.family_of(text, keys=KEYS)


def test_what_is_longer_is_not_looked_at() -> None:
    with pytest.raises(Oversized, match="100000 characters"):
        refresh_token.family_of("." * 100_000, keys=KEYS)


@pytest.mark.parametrize("text", NAUGHTY)
def test_any_text_is_a_rejection(text: str) -> None:
    with pytest.raises(Rejected):
        refresh_token.family_of(text, keys=KEYS)
