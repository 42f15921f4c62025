"""Accounts of Auth0, Keycloak, Firebase, Django, better-auth and Devise become ours."""

import base64
import csv
import hashlib
import io
import json
import threading
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import argon2
import bcrypt
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from dojang.auth import Accounts, InvalidCredentials, PasswordHasher
from dojang.auth.imports import Columns, Importing, Outcome, Record, Records, Unread
from dojang.auth.imports.lines import LONGEST
from dojang.auth.imports.records import Form
from dojang.auth.passwords import CHEAPEST
from dojang.auth.rows import password_of
from dojang.auth.schema import upgrade
from dojang.errors import Misuse
from tests import postgres
from tests.auth.kit import NOW, PASSWORD, accounts_in, run
from tests.auth.test_imported_hashes import scrypt
from tests.counts import scaled

BCRYPT = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
ARGON2 = argon2.PasswordHasher(1, 8, 1).hash(PASSWORD)
PBKDF2 = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=10)


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    made = accounts_in(tmp_path, PasswordHasher(CHEAPEST))
    yield made
    made.close()


def as_csv(*rows: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def as_lines(*objects: object) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in objects).encode()


def imported(
    accounts: Accounts, file: bytes, form: Form = "csv", **options: Any
) -> Sequence[Outcome]:
    importing = Importing(accounts, **options)
    try:
        return run(importing.take(list(Records(io.BytesIO(file), form))))
    finally:
        importing.close()


def one(accounts: Accounts, fields: dict[str, Any], **options: Any) -> Outcome:
    (outcome,) = imported(accounts, as_lines(fields), "jsonl", **options)
    return outcome


def found(accounts: Accounts, login: str) -> Any:
    user = run(accounts.find_login(login))
    assert user is not None
    return user


AUTH0 = {
    "_id": {"$oid": "60425dc43519d90068f82973"},
    "email_verified": False,
    "email": "kim@example.org",
    "passwordHash": BCRYPT,
    "password_set_date": {"$date": "2021-03-05T16:34:44.502Z"},
    "tenant": "example",
    "connection": "Username-Password-Authentication",
}
KEYCLOAK = {
    "id": "7f2d43a8-6f0d-4d94-9a4f-0c2f6ac0b0a7",
    "username": "kim",
    "firstName": "길동",
    "lastName": "홍",
    "email": "kim@example.org",
    "emailVerified": True,
    "enabled": True,
    "createdTimestamp": 1_600_000_000_000,
    "credentials": [
        {"type": "otp", "secretData": '{"value":"x"}'},
        {
            "type": "password",
            "secretData": json.dumps({
                "value": ARGON2.split("$")[-1] + "=",
                "salt": ARGON2.split("$")[-2] + "==",
            }),
            "credentialData": json.dumps({
                "hashIterations": 1,
                "algorithm": "argon2",
                "additionalParameters": {
                    "hashLength": ["32"],
                    "memory": ["8"],
                    "type": ["id"],
                    "version": ["1.3"],
                    "parallelism": ["1"],
                },
            }),
        },
    ],
    "realmRoles": ["default-roles-shop", "offline_access"],
}  # fmt: skip
DJANGO = {
    "model": "auth.user",
    "pk": 7,
    "fields": {
        "password": PBKDF2,
        "last_login": None,
        "is_superuser": True,
        "username": "kim",
        "first_name": "Gildong",
        "last_name": "Hong",
        "email": "kim@example.org",
        "is_staff": False,
        "is_active": True,
        "date_joined": "2020-09-13T12:26:40Z",
        "groups": [],
    },
}
BETTER_AUTH = {
    "id": "BJaYHnxKWYqvZBdXcz8PzW4gkFmPwVqd",
    "name": "홍길동",
    "email": "kim@example.org",
    "emailVerified": 1,
    "image": None,
    "createdAt": "2020-09-13T12:26:40.000Z",
    "updatedAt": "2020-09-13T12:26:40.000Z",
    "role": "user,editor",
    "banned": False,
    "password": scrypt(PASSWORD),
}
DEVISE = {
    "id": 7,
    "email": "kim@example.org",
    "encrypted_password": BCRYPT.replace("$2b$", "$2a$"),
    "sign_in_count": 3,
    "confirmed_at": "2020-09-13 12:26:40",
    "created_at": "2020-09-13 12:26:40 UTC",
}


@pytest.mark.parametrize(
    ("record", "theirs"),
    [
        (AUTH0, "auth0|60425dc43519d90068f82973"),
        (KEYCLOAK, "7f2d43a8-6f0d-4d94-9a4f-0c2f6ac0b0a7"),
        (DJANGO, "7"),
        (BETTER_AUTH, "BJaYHnxKWYqvZBdXcz8PzW4gkFmPwVqd"),
        (DEVISE, "7"),
    ],
    ids=["Auth0", "Keycloak", "Django", "better-auth", "Devise"],
)
def test_what_a_system_exports_signs_in_as_it_did_there_and_is_hashed_anew(
    accounts: Accounts, record: dict[str, Any], theirs: str
) -> None:
    outcome = one(accounts, record)
    assert (outcome.verdict, outcome.theirs, outcome.why) == ("imported", theirs, "")
    with pytest.raises(InvalidCredentials):
        run(accounts.check_password("kim@example.org", "wrong"))
    user = run(accounts.check_password("kim@example.org", PASSWORD))
    assert user.id == outcome.user
    ours = password_of(accounts.engine, user.id) or ""
    assert ours.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert run(accounts.check_password("Kim@Example.org", PASSWORD)) == user


ROLES = [("default-roles-shop", "offline_access"), (), ("editor", "user"), ()]


@pytest.mark.parametrize(("digest", "size"), [("sha256", 64), ("sha256", 32), ("sha512", 64)])
def test_keycloak_derived_64_bytes_of_whatever_digest(
    accounts: Accounts, digest: str, size: int
) -> None:
    key = hashlib.pbkdf2_hmac(digest, PASSWORD.encode(), b"\xff" * 16, 10, size)
    secret = {"value": base64.b64encode(key).decode(), "salt": "/" * 21 + "w=="}
    made = {"hashIterations": 10, "algorithm": f"pbkdf2-{digest}", "additionalParameters": {}}
    password = {
        "type": "password",
        "secretData": json.dumps(secret),
        "credentialData": json.dumps(made),
    }
    assert one(accounts, {"username": "kim", "credentials": [password]}).why == ""
    run(accounts.check_password("kim", PASSWORD))


def test_names_moments_and_roles_come_along(tmp_path: Path) -> None:
    for number, record in enumerate((KEYCLOAK, DJANGO, BETTER_AUTH, DEVISE)):
        directory = tmp_path / str(number)
        directory.mkdir()
        there = accounts_in(directory)
        one(there, record)
        user = found(there, "kim@example.org")
        assert user.created == 1_600_000_000_000
        assert user.name == ["홍길동", "Gildong Hong", "홍길동", None][number]
        assert user.roles == ROLES[number]
        assert user.email_verified is [True, False, True, True][number]
        there.close()


def test_auth0_has_an_address_among_identifiers_and_ids_of_other_databases(
    accounts: Accounts,
) -> None:
    identifier = {"type": "email", "value": "kim@example.org", "verified": True}
    phone = {"type": "phone_number", "value": "+821012345678", "verified": True}
    record = {**AUTH0, "alt_id": "euclid", "identifiers": [phone, identifier]}
    del record["email"], record["email_verified"]
    assert one(accounts, record).theirs == "auth0|euclid"
    assert found(accounts, "kim@example.org").email_verified


def test_a_firebase_user_comes_without_a_password_if_asked(accounts: Accounts) -> None:
    user = {
        "localId": "RjxRsmI8bKQyXlTuFuBFQOw2Npp2",
        "email": "kim@example.org",
        "emailVerified": True,
        "passwordHash": "lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz==",
        "salt": "42xEC-ixf3L2lw==",
        "createdAt": "1600000000000",
        "disabled": True,
        "providerUserInfo": [],
    }
    refused = one(accounts, user)
    assert refused.verdict == "rejected"
    assert "password_hash: 64 characters of no kind" in refused.why
    taken = one(accounts, user, drop_unknown_hashes=True)
    assert (taken.verdict, taken.password) == ("imported", False)
    assert (found(accounts, "kim@example.org").disabled) is True


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (f"bcrypt${BCRYPT}", BCRYPT),
        (f"argon2{ARGON2}", ARGON2),
        (f" {PBKDF2}\n", PBKDF2),
        ("$argon2id$v=19$p=1,t=1,m=8$" + ARGON2.split("=1$")[1],) * 2,
        (scrypt(PASSWORD, prefix="s2:"),) * 2,
        ("!" + "A" * 40, None),
        ("*", None),
        ("", None),
        (None, None),
        ("\\N", None),
    ],
    # They are salted anew in every process, and its tests have the same names in all.
    ids=[
        "bcrypt",
        "argon2",
        "django",
        "argon2 as phc",
        "scrypt",
        "none",
        "*",
        "empty",
        "null",
        "N",
    ],
)
def test_hashes_of_each_kind_are_kept_as_they_are_checked(
    accounts: Accounts, theirs: str | None, ours: str | None
) -> None:
    outcome = one(accounts, {"email": "kim@example.org", "password": theirs})
    assert password_of(accounts.engine, outcome.user or "") == ours
    assert outcome.password is (ours is not None)
    if ours is not None:
        run(accounts.check_password("kim@example.org", PASSWORD))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "email: an account needs"),
        ({"username": "a b"}, "username: a user name has no blanks"),
        ({"email": "a@b@c"}, "email: an e-mail address has exactly one @"),
        ({"email": "a@example.org\0"}, "email: the part after the @"),
        ({"email": ["a@example.org"]}, "email is no text"),
        ({"email": "a@example.org", "username": "b@example.org"}, "username: it is an e-mail"),
        ({"username": "kim", "name": "a\nb"}, "name: a name has no line breaks"),
        ({"username": "kim", "name": "\ud800"}, "name: a name has no line breaks"),
        ({"username": "\ud800"}, "username: half of a surrogate"),
        ({"username": "kim", "roles": "Big"}, "roles: 'Big' is no role"),
        ({"username": "kim", "roles": {"a": 1, "b": 2}}, "roles is no text"),
        ({"username": "kim", "disabled": "perhaps"}, "disabled is neither"),
        ({"username": "kim", "created": "yesterday"}, "created is no moment"),
        ({"username": "kim", "created": "9" * 400}, "created is no moment"),
        ({"username": "kim", "created": "9999-12-31T23:59:59-23:00"}, "created is a moment"),
        ({"username": "kim", "created": "1969-01-01"}, "created is a moment before 1970"),
        ({"username": "kim", "created": NOW + 86_400_001}, "created is in the future"),
        ({"username": "kim", "password": "hunter2"}, "password_hash: 7 char"),
        ({"username": "kim", "password": BCRYPT[:-1]}, "password_hash: 59 char"),
        ({"username": "kim", "password": "$2b$31$" + BCRYPT[7:]}, "password_hash: 60 char"),
        ({"username": "kim", "password": BCRYPT + "\0"}, "password_hash: 61 char"),
        ({"username": "kim", "password": {"a": 1, "b": 2}}, "password_hash is no text"),
        ({"username": "kim", "credentials": [{"type": "password"}]}, "password_hash: 1 char"),
        ({"username": "kim", "email": "", "login": "kim"}, "both mean username"),
    ],
)
def test_what_is_wrong_is_said_without_any_hash(
    accounts: Accounts, fields: dict[str, Any], why: str
) -> None:
    outcome = one(accounts, fields)
    assert outcome.verdict == "rejected"
    assert outcome.why.startswith(why) or why in outcome.why
    assert "hunter2" not in outcome.why
    assert BCRYPT[7:20] not in outcome.why


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = [
    *(["id", "email", "username", "name", "roles", "verified", "disabled", "enabled", "created"])
]
MEMBERS += ["password", "fields", "model", "credentials", "custom_password_hash", "given_name"]


@settings(max_examples=scaled(20_000), deadline=None)
@given(
    record=st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=6),
    texts=st.dictionaries(st.sampled_from(MEMBERS), st.text(), max_size=6),
)
def test_any_record_is_an_account_or_is_rejected(
    record: dict[str, Any], texts: dict[str, str], empty: Accounts
) -> None:
    importing = Importing(empty, dry=True)
    batch = [Record(1, record), Record(2, texts), Record(3, {**record, **texts})]
    assert [outcome.line for outcome in run(importing.take(batch))] == [1, 2, 3]
    importing.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    made = accounts_in(tmp_path_factory.mktemp("empty"))
    yield made
    made.close()


@settings(max_examples=scaled(20_000), deadline=None)
@given(
    file=st.binary() | st.lists(st.sampled_from(['"', ",", "\n", "\r", "a", "\0", "é", "\ufeff"])),
    form=st.sampled_from(["csv", "jsonl"]),
)
def test_any_file_is_read_to_its_end(file: bytes | list[str], form: Form) -> None:
    octets = file if isinstance(file, bytes) else ("a,b\n" + "".join(file)).encode()
    try:
        records = Records(io.BytesIO(octets), form)
    except Misuse:
        return
    lines = [record.line for record in records]
    assert lines == sorted(set(lines))
    assert records.read == len(octets)


def read(file: bytes, form: Form = "csv") -> list[Record | Unread]:
    return list(Records(io.BytesIO(file), form))


def test_a_byte_order_mark_and_windows_lines_and_korean_names_are_read(accounts: Accounts) -> None:
    file = "\ufeffemail,name,password\r\nkim@example.org,홍길동,\r\n\r\n".encode()
    (outcome,) = imported(accounts, file)
    assert (outcome.line, outcome.verdict) == (2, "imported")
    assert found(accounts, "kim@example.org").name == "홍길동"


def test_a_field_in_quotes_may_have_several_lines_and_lines_are_counted_on() -> None:
    file = as_csv(["email", "note"], ["a@b.org", 'one\r\ntwo\n"three"'], ["c@d.org", "x"])
    assert read(file) == [
        Record(2, {"email": "a@b.org", "note": 'one\r\ntwo\n"three"'}),
        Record(5, {"email": "c@d.org", "note": "x"}),
    ]


def test_a_quote_that_is_not_closed_costs_its_own_line() -> None:
    rows = [["email", "note"], *[[f"u{number}@b.org", "x"] for number in range(30_000)]]
    file = as_csv(*rows).replace(b"u1@b.org,x", b'u1@b.org,"x')
    found = read(file)
    assert len(found) == 30_000
    assert found[1] == Unread(3, "a quote is not closed, or stands where none may be")
    assert [one.line for one in found if isinstance(one, Unread)] == [3]


def test_a_file_that_was_cut_off_loses_its_last_line_alone() -> None:
    file = as_csv(["email", "name", "note"], ["a@b.org", "A", "x"], ["c@d.org", "C", "y\nz"])
    for cut in (12, 11, 10, 9, 8, 6, 5, 4, 3):  # by 7 it would end after a comma
        first, *rest = read(file[:-cut])
        assert isinstance(first, Record)
        assert [type(one) for one in rest] in ([Unread], [Unread, Unread])
    lines = as_lines({"email": "a@b.org"}, {"email": "c@d.org"})
    assert [type(one) for one in read(lines[:-3], "jsonl")] == [Record, Unread]


def test_a_huge_line_is_passed_over_and_never_kept() -> None:
    huge = b'{"email":"' + b"a" * (3 * LONGEST) + b'"}\n'
    found = read(as_lines({"email": "a@b.org"}) + huge + as_lines({"email": "c@d.org"}), "jsonl")
    assert found[1] == Unread(2, f"longer than {LONGEST} bytes")
    assert found[2].line == 3


def test_what_is_no_utf_8_is_said_of_its_line() -> None:
    file = b"email,name\na@b.org,\xc8\xab\xb1\xe6\nc@d.org,C\n"
    assert read(file) == [
        Unread(2, "not UTF-8: byte 11 of the line"),
        Record(3, {"email": "c@d.org", "name": "C"}),
    ]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "the file is empty"),
        ("email,name\n".encode("utf-16"), "no header"),
        ("email,name\n".encode("utf-16-le"), "no header"),
        (b'email,"name\n', "no header"),
        (b"email,name\ra@b.org,x\r", "no header"),
        (b"email,email\n", "'email' twice"),
    ],
)
def test_a_file_without_a_header_is_no_file(file: bytes, said: str) -> None:
    with pytest.raises(Misuse, match=said):
        read(file)


@pytest.mark.parametrize(
    "file", [b"[\n", b"{\n", b'{"users":[\n', b'[{"email":"a@b.org"}]', b"[{\n"]
)
def test_one_document_is_told_from_lines(file: bytes) -> None:
    with pytest.raises(Misuse, match="jq -c"):
        read(file, "jsonl")


def test_semicolons_and_tabs_part_columns_too() -> None:
    for sign in (";", "\t"):
        assert read(f"email{sign}name\na@b.org{sign}A, B\n".encode()) == [
            Record(2, {"email": "a@b.org", "name": "A, B"})
        ]


@pytest.mark.parametrize(
    ("given", "header", "said"),
    [
        ({}, ["id", "mail", "email"], "both mean email"),
        ({}, ["id", "name"], "no column is an e-mail address or a user name"),
        ({"login_id": "username"}, ["email"], "there is no column 'login_id'; there are email"),
    ],
)
def test_columns_are_judged_before_rows(
    given: dict[str, str], header: list[str], said: str
) -> None:
    with pytest.raises(Misuse, match=said):
        Columns(given).check(header)


@pytest.mark.parametrize("given", [{"a": "shoe_size"}, {"a": "email", "b": "email"}])
def test_a_column_is_given_as_something_once(given: dict[str, str]) -> None:
    with pytest.raises(Misuse):
        Columns(given)


def test_columns_are_named_by_whoever_imports(accounts: Accounts) -> None:
    columns = Columns({"mail_1": "email", "mail": "", "app_metadata.roles": "roles", "role": ""})
    record = {
        "mail_1": "kim@example.org",
        "mail": "old@example.org",
        "role": "Big Boss",
        "app_metadata": {"roles": ["editor"]},
    }
    assert one(accounts, record, columns=columns).verdict == "imported"
    assert found(accounts, "kim@example.org").roles == ("editor",)


def test_a_clock_that_was_ahead_is_none_of_their_business(accounts: Accounts) -> None:
    one(accounts, {"username": "kim", "created": NOW + 86_400_000})
    assert found(accounts, "kim").created == NOW


def test_a_user_name_that_is_an_address_is_the_address(accounts: Accounts) -> None:
    for record in ({"username": "Kim@example.org", "email": "kim@example.org"},):
        one(accounts, record)
    assert found(accounts, "kim@example.org").username is None


def test_an_import_may_be_run_again(accounts: Accounts) -> None:
    file = as_csv(["id", "email"], ["1", "kim@example.org"], ["2", "lee@example.org"])
    first, again = imported(accounts, file), imported(accounts, file)
    assert [outcome.verdict for outcome in first] == ["imported", "imported"]
    assert [outcome.verdict for outcome in again] == ["there", "there"]
    assert [outcome.user for outcome in again] == [outcome.user for outcome in first]


def test_a_line_that_stands_twice_is_said(accounts: Accounts) -> None:
    file = as_csv(["email"], ["kim@example.org"], ["lee@example.org"], ["KIM@example.org"])
    *_, last = imported(accounts, file)
    assert last.why == "line 2 has the same e-mail address, user name or id"


def test_nobody_takes_what_another_account_has(accounts: Accounts) -> None:
    run(accounts.sign_up(email="kim@example.org", username="kim", password=PASSWORD))
    before = found(accounts, "kim")
    for fields, what in (
        ({"email": "kim@example.org"}, "the e-mail address"),
        ({"username": "KIM", "email": "x@example.org"}, "the user name"),
        ({"id": before.id, "username": "new"}, "the id"),
        ({"email": "kim@example.org", "username": "new"}, "the e-mail address"),
    ):
        outcome = one(accounts, fields)
        assert (outcome.verdict, outcome.why) == ("rejected", f"another account has {what}")
    assert found(accounts, "kim") == before


def test_of_two_imports_at_once_each_account_is_made_by_one(tmp_path: Path) -> None:
    file = as_csv(["email"], *[[f"u{number}@example.org"] for number in range(400)])
    started = threading.Barrier(2)

    def work(_: int) -> int:
        there = accounts_in(tmp_path)
        importing, records = Importing(there), iter(Records(io.BytesIO(file), "csv"))
        started.wait()
        verdicts = Counter[str]()
        while batch := list(islice(records, 10)):
            verdicts.update(outcome.verdict for outcome in run(importing.take(batch)))
        importing.close()
        there.close()
        assert set(verdicts) <= {"imported", "there"}
        return verdicts["imported"]

    accounts_in(tmp_path).close()
    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(work, range(2))) == 400


def test_postgresql_takes_the_same_accounts_once() -> None:
    file = as_csv(["email", "name"], ["kim@example.org", "홍길동"], ["x@example.org", "a\0b"])
    with postgres.serving() as server:
        address = server.url.removeprefix("postgresql")
        engine = create_engine(f"postgresql+psycopg{address}")
        upgrade(engine)
        there = Accounts(engine, clock=lambda: NOW, hasher=PasswordHasher(CHEAPEST))
        verdicts = [[outcome.verdict for outcome in imported(there, file)] for _ in range(2)]
        assert verdicts == [["imported", "rejected"], ["there", "rejected"]]
        there.close()


def test_a_long_file_takes_no_more_memory_than_a_short_one(
    accounts: Accounts, tmp_path: Path
) -> None:
    file, count = tmp_path / "users.csv", scaled(100_000)
    with file.open("w") as lines:
        lines.write("email,password\n")
        lines.writelines(f"u{number}@example.org,{BCRYPT}\n" for number in range(count))
    with file.open("rb") as opened:
        importing, records = Importing(accounts), iter(Records(opened, "csv"))
        run(importing.take(list(islice(records, 100))))
        done = 100
        tracemalloc.start()
        while batch := list(islice(records, 100)):
            done += len(run(importing.take(batch)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    importing.close()
    assert (done, peak < 5_000_000) == (count, True), peak


def test_nothing_is_written_in_a_dry_run(accounts: Accounts) -> None:
    assert one(accounts, {"email": "kim@example.org"}, dry=True).verdict == "imported"
    assert run(accounts.find_login("kim@example.org")) is None


def test_an_id_that_was_ours_or_a_uuid_stays(accounts: Accounts) -> None:
    ours = one(accounts, {"id": "A" * 22, "username": "kim"})
    assert ours.user == "A" * 22
    uuid = one(accounts, {"id": KEYCLOAK["id"], "username": "lee"})
    assert base64.urlsafe_b64decode((uuid.user or "") + "==").hex() == str(KEYCLOAK["id"]).replace(
        "-", ""
    )
    other = one(accounts, {"id": "auth0|1234", "username": "cho"})
    assert len(other.user or "") == 22
