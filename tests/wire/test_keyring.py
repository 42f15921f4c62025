from typing import Any

import pytest

from dojang.errors import Misuse, WeakSecret
from dojang.wire.keyring import Keyring, new_secret

OLD, NEW = "an old secret that is long enough for us", "a new secret that is long enough for us"


def test_the_newest_signs_and_all_verify() -> None:
    """Flask CVE-2025-47278: the list of fallbacks reversed, so that the oldest key signed."""
    keys = Keyring([NEW, OLD])
    assert keys.newest == NEW.encode()
    assert list(keys) == [NEW.encode(), OLD.encode()]


def test_keys_for_one_purpose_say_nothing_about_another() -> None:
    keys = Keyring(NEW)
    assert keys.derive("session-id").newest != keys.derive("csrf").newest
    assert keys.derive("session-id").newest == Keyring(NEW).derive("session-id").newest
    assert len(keys.derive("csrf").newest) == 32


def test_derived_keys_keep_their_order() -> None:
    both = Keyring([NEW, OLD]).derive("csrf")
    assert [key.hex() for key in both] == [
        Keyring(secret).derive("csrf").newest.hex() for secret in (NEW, OLD)
    ]


@pytest.mark.parametrize("secrets", ["", "x" * 31, b"x" * 31, [], [NEW, "short"]])
def test_a_missing_or_short_secret_is_refused_with_the_remedy(secrets: str) -> None:
    with pytest.raises(WeakSecret, match="dojang keys new"):
        Keyring(secrets)


def test_a_keyring_never_shows_its_secrets() -> None:
    assert repr(Keyring([NEW, OLD])) == "Keyring(2 secrets)"
    with pytest.raises(WeakSecret) as caught:
        Keyring("hunter2")
    assert "hunter2" not in str(caught.value)


def test_a_new_secret_is_256_bits_and_never_the_same() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(secret) for secret in made} == {43}


def test_a_peer_may_dictate_a_short_secret_and_never_none() -> None:
    assert list(Keyring.dictated(["cat", b"dog"])) == [b"cat", b"dog"]
    for nothing in ([], "", ["cat", ""]):
        with pytest.raises(WeakSecret):
            Keyring.dictated(nothing)


@pytest.mark.parametrize("wrong", [5, None, ["x" * 32, 5], [b"x" * 32, None]])
def test_what_is_neither_text_nor_bytes_is_refused_by_its_kind(wrong: Any) -> None:
    with pytest.raises(Misuse, match=r"a secret is text or bytes, not a (int|NoneType)"):
        Keyring(wrong)
