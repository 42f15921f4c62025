"""Hashes of better-auth, Lucia and Django open their accounts, and are due to be replaced."""

import hashlib
import time
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, PBKDF2SHA1PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, insert

from dojang.auth.imported import one_of_each
from dojang.auth.passwords import CHEAPEST, PasswordHasher, Verified
from dojang.auth.passwords import _parsed as parsed
from dojang.auth.pbkdf2_hashes import Pbkdf2
from dojang.auth.rows import imported_hashes
from dojang.auth.schema import upgrade
from dojang.auth.scrypt_hashes import Scrypt
from dojang.auth.sqlite import sqlite_engine
from dojang.auth.tables import users
from dojang.blocking import run
from tests import postgres
from tests.counts import scaled

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


def test_what_passlib_hashes_opens_and_is_due_to_be_replaced() -> None:
    """As the documentation of passlib 1.7.4 has it, `passlib.hash.pbkdf2_sha256`."""
    encoded = "$pbkdf2-sha256$8000$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE"
    assert run(HASHER.verify(encoded, "password")) == OLD
    assert run(HASHER.verify(encoded, "passwort")) == WRONG


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
        assert run(HASHER.verify(encoded, "wrong horse", beside=[imported])) == WRONG
        assert time.process_time() - begun > seconds  # ours alone takes 0.0001


#: One of each kind and cost, in no order.
KINDS = [
    "$2b$12$" + "e" * 53,
    "$2b$10$" + "u" * 53,
    "$2a$10$" + "O" * 53,
    "$argon2i$v=19$m=64,t=2,p=1$c29tZXNhbHQxMjM$" + "A" * 43,
    "s2:" + SALT + ":" + "0" * 128,
    SALT + ":" + "0" * 128,
    "pbkdf2_sha256$600000$salt$" + "A" * 43 + "=",
    "pbkdf2_sha256$1000000$salt$" + "A" * 43 + "=",
    "$pbkdf2-sha256$29000$c29tZXNhbHQxMjM$" + "A" * 43,
    "$pbkdf2-sha512$25000$c29tZXNhbHQxMjM$" + "A" * 86,
    "$pbkdf2$131000$c29tZXNhbHQxMjM$" + "A" * 27,
    "!" + "A" * 40,
    "scrypt:32768:8:1$salt$" + "0" * 128,
    "no hash at all",
]


def others_of(kind: str) -> list[str]:
    """Return hashes of the same kind and cost that sort elsewhere."""
    if kind.endswith("0" * 128) and "$" not in kind:
        salts = ["0" * 16, "f" * 32, "q8w7e6r5t4y3u2i1", "zzzzzzzzzzzzzzzz", "ZZZZZZZZZZZZZZZZ"]
        prefix = "s2:" if kind.startswith("s2:") else ""
        return [f"{prefix}{salt}:{'0' * 128}" for salt in salts]
    if kind.endswith("all"):
        return [kind]
    if kind.startswith("!"):
        return [f"!{char * 40}" for char in "AZaz09"]
    if kind.startswith(("$argon", "$pbkdf2")):
        *rest, digest = kind.split("$")
        return ["$".join([*rest, char * len(digest)]) for char in "AZaz09"]
    if kind.startswith("$2"):
        return [kind[:7] + char * 21 + "e" + char * 31 for char in "AZaz09"]
    return [kind[:-44] + char * 43 + kind[-1] for char in "AZaz09"]


def works(texts: list[str]) -> set[object]:
    return {found.work for text in texts if (found := parsed(text))}


@settings(max_examples=scaled(2_500))
@given(present=st.sets(st.sampled_from(KINDS)), data=st.data())
def test_one_of_each_kind_that_is_there_is_found(present: set[str], data: st.DataObject) -> None:
    kept = sorted(
        other
        for kind in present
        for other in data.draw(st.lists(st.sampled_from(others_of(kind)), min_size=1))
    )

    def last(before: str | None) -> str | None:
        return next((text for text in reversed(kept) if before is None or text < before), None)

    assert works(one_of_each(last)) == works(kept)


def with_hashes(engine: Engine, hashes: list[str]) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        for number, encoded in enumerate(hashes):
            row = {"id": f"{number:022}", "disabled": False, "created": 0, "password_hash": encoded}
            connection.execute(insert(users).values(row))


def test_the_database_finds_one_of_each(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "accounts.db")
    with_hashes(engine, [hash for kind in KINDS for hash in others_of(kind)])
    assert works(imported_hashes(engine)) == works(KINDS)
    engine.dispose()


def test_postgresql_finds_one_of_each_in_whatever_language_it_sorts() -> None:
    with postgres.serving() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(
                "CREATE DATABASE people LOCALE_PROVIDER icu ICU_LOCALE 'en' TEMPLATE template0"
            )
        address = server.url.removeprefix("postgresql").removesuffix("postgres")
        engine = create_engine(f"postgresql+psycopg{address}people")
        with_hashes(engine, [hash for kind in KINDS for hash in others_of(kind)])
        assert works(imported_hashes(engine)) == works(KINDS)
        with engine.connect() as asking:
            asking.exec_driver_sql("SET enable_seqscan = off")
            plan = asking.exec_driver_sql(
                "EXPLAIN SELECT password_hash FROM dojang_users WHERE password_hash "
                "NOT LIKE '$argon2id$%%' AND password_hash ~<~ 's2;' "
                "ORDER BY password_hash USING ~>~ LIMIT 1"
            )
            text = str(plan.all())
        assert "dojang_users_imported" in text
        assert "Sort" not in text
        engine.dispose()
