"""Hashes of better-auth, Lucia and Django open their accounts, and are due to be replaced."""

import hashlib
import time

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, PBKDF2SHA1PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from dojang.auth.passwords import CHEAPEST, PasswordHasher, Verified
from dojang.auth.pbkdf2_hashes import Pbkdf2
from dojang.auth.scrypt_hashes import Scrypt
from dojang.blocking import run

HASHER = PasswordHasher(CHEAPEST)
OLD, WRONG = Verified(ok=True, rehash=True), Verified(ok=False, rehash=False)
SALT = "0123456789abcdef0123456789abcdef"


def scrypt(password: str, *, blocks: int = 16, salt: str = SALT, prefix: str = "") -> str:
    key = hashlib.scrypt(
        password.encode(), salt=salt.encode(), n=16384, r=blocks, p=1, maxmem=2**26, dklen=64
    )
    return f"{prefix}{salt}:{key.hex()}"


@pytest.mark.parametrize(
    "encoded",
    [
        scrypt("correct horse"),
        scrypt("correct horse", prefix="s2:"),
        scrypt("correct horse", blocks=8, salt="q8w7e6r5t4y3u2i1"),
    ],
    ids=["better-auth and Lucia", "LegacyScrypt", "LegacyScrypt before its prefix"],
)
def test_scrypt_of_better_auth_and_lucia_opens_and_is_due_to_be_replaced(encoded: str) -> None:
    assert run(HASHER.verify(encoded, "correct horse")) == OLD
    assert run(HASHER.verify(encoded, "wrong horse")) == WRONG
    other = encoded[:-1] + ("0" if encoded[-1] != "0" else "1")
    assert run(HASHER.verify(other, "correct horse")) == WRONG


def test_scrypt_is_of_the_nfkc_form() -> None:
    assert run(HASHER.verify(scrypt("fi1"), "ﬁ①")) == OLD


@settings(max_examples=20, deadline=None)
@given(password=st.text(min_size=1), salt=st.from_regex(r"[A-Za-z0-9]{1,22}", fullmatch=True))
def test_what_django_hashes_opens_and_is_due_to_be_replaced(password: str, salt: str) -> None:
    for django in (PBKDF2PasswordHasher(), PBKDF2SHA1PasswordHasher()):
        encoded = django.encode(password, salt, iterations=10)
        assert run(HASHER.verify(encoded, password)) == OLD
        assert run(HASHER.verify(encoded, password + "x")) == WRONG


def test_django_hashes_what_was_typed() -> None:
    encoded = PBKDF2PasswordHasher().encode("ﬁ①", "salt", iterations=10)
    assert run(HASHER.verify(encoded, "ﬁ①")) == OLD
    assert run(HASHER.verify(encoded, "fi1")) == WRONG


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        SALT + ":" + "0" * 127,
        SALT + ":" + "G" * 128,
        "s3:" + SALT + ":" + "0" * 128,
        "short:" + "0" * 128,
        "pbkdf2_sha256$0$salt$" + "A" * 43 + "=",
        "pbkdf2_sha256$10000000$salt$" + "A" * 43 + "=",
        "pbkdf2_sha256$10$$" + "A" * 43 + "=",
        "pbkdf2_sha256$10$salt$" + "A" * 27 + "=",
        "pbkdf2_sha512$10$salt$" + "A" * 43 + "=",
        "pbkdf2_sha256$10$salt$" + "A" * 43,
        "!" + "A" * 40,
    ],
)
def test_what_is_none_of_these_is_nobodys_password(text: str) -> None:
    assert Scrypt.parse(text) is None
    assert Pbkdf2.parse(text) is None
    assert run(HASHER.verify(text, "anything")) == WRONG


@pytest.mark.parametrize(
    ("imported", "seconds"),
    [(scrypt("correct horse"), 0.02), ("pbkdf2_sha256$100000$salt$" + "A" * 43 + "=", 0.01)],
    ids=["scrypt", "pbkdf2"],
)
def test_with_an_import_everybody_costs_one_such_hash_more(imported: str, seconds: float) -> None:
    ours = run(HASHER.hash("correct horse"))
    for encoded in (ours, None, imported):
        begun = time.process_time()
        assert run(HASHER.verify(encoded, "wrong horse", beside=imported)) == WRONG
        assert time.process_time() - begun > seconds  # ours alone takes 0.0001
