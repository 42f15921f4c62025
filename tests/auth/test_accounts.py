import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event

from dojang.auth import (
    Accounts,
    AlreadyTaken,
    InvalidCredentials,
    InvalidInput,
    PasswordHasher,
    PasswordPolicy,
    TooBusy,
    User,
)
from dojang.auth.passwords import CHEAPEST, Cost
from dojang.auth.sqlite import sqlite_engine
from dojang.blocking import run as run_blocking
from dojang.errors import Rejected, Unavailable

from .kit import NOW, PASSWORD, CountingHasher, accounts_in, run

BCRYPT = "$2b$04$CN4RD3hb4OPsO6WQkKI3POvwoDUbGo4E6nzxyq8kzGiKLbrBdoqLe"
BCRYPT_PASSWORD = "Cy1XR6HiZOJK"


def sql(directory: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Return what another program, here the sqlite3 module, sees in the same file."""
    connection = sqlite3.connect(directory / "accounts.db")
    with connection:
        found = connection.execute(statement, values).fetchall()
    connection.close()
    return found


def test_who_signs_up_can_sign_in_by_address_and_by_user_name(accounts: Accounts) -> None:
    ada = run(
        accounts.sign_up(
            email=" Ada@Example.org ", username="Ada_L", password=PASSWORD, name="Ada Lovelace"
        )
    )
    assert ada == User(ada.id, "Ada@Example.org", "Ada_L", "Ada Lovelace", NOW)
    for login in ("Ada@Example.org", "ada@example.ORG", "ada_l", " ADA_L "):
        assert run(accounts.check_password(login, PASSWORD)) == ada
    assert run(accounts.find(ada.id)) == ada


def test_everything_works_without_an_event_loop_too(accounts: Accounts) -> None:
    ada = run_blocking(accounts.sign_up(username="ada", password=PASSWORD))
    assert run_blocking(accounts.check_password("ada", PASSWORD)) == ada
    assert run_blocking(accounts.find(ada.id)) == ada
    assert run_blocking(accounts.set_disabled(ada.id, disabled=True))


def test_one_identifier_is_enough(accounts: Accounts) -> None:
    assert run(accounts.sign_up(email="ada@example.org", password=PASSWORD)).username is None
    assert run(accounts.sign_up(username="ada", email="", password=PASSWORD)).email is None


def test_many_accounts_may_have_no_address(accounts: Accounts) -> None:
    for username in ("ada", "bob", "eve"):
        run(accounts.sign_up(username=username, password=PASSWORD))
    for number in range(3):
        run(accounts.sign_up(email=f"{number}@example.org", password=PASSWORD))


def test_no_identifier_is_too_few(accounts: Accounts) -> None:
    with pytest.raises(InvalidInput, match="an e-mail address or a user name"):
        run(accounts.sign_up(password=PASSWORD))


def test_an_id_is_128_random_bits(accounts: Accounts) -> None:
    ids = [
        run(accounts.sign_up(username=f"ada{number}", password=PASSWORD)).id for number in range(20)
    ]
    assert len(set(ids)) == 20
    assert {len(user_id) for user_id in ids} == {22}


def test_what_is_stored_is_a_hash_and_two_spellings(accounts: Accounts, tmp_path: Path) -> None:
    run(accounts.sign_up(email="\u212aim@Example.org", username="Kim", password=PASSWORD))
    columns = "email, email_key, username, username_key, disabled, created, password_changed"
    [stored] = sql(tmp_path, f"SELECT {columns} FROM dojang_users")
    assert stored == ("Kim@Example.org", "kim@example.org", "Kim", "kim", 0, NOW, NOW)
    [(encoded,)] = sql(tmp_path, "SELECT password_hash FROM dojang_users")
    assert str(encoded).startswith("$argon2id$")


def test_an_address_or_user_name_in_any_spelling_is_taken_once(accounts: Accounts) -> None:
    run(accounts.sign_up(email="kim@example.org", username="kim", password=PASSWORD))
    with pytest.raises(AlreadyTaken) as refused:
        run(accounts.sign_up(email="\u212aIM@EXAMPLE.org", password=PASSWORD))
    assert (refused.value.field, refused.value.status) == ("email", 409)
    with pytest.raises(AlreadyTaken) as refused:
        run(accounts.sign_up(username="\uff2bim", password=PASSWORD))
    assert refused.value.field == "username"
    with pytest.raises(AlreadyTaken) as refused:
        run(accounts.sign_up(email="new@example.org", username="KIM", password=PASSWORD))
    assert refused.value.field == "username"
    with pytest.raises(AlreadyTaken) as refused:
        run(accounts.sign_up(email="KIM@example.org", username="KIM", password=PASSWORD))
    assert refused.value.field == "email"


def test_of_parallel_sign_ups_of_one_address_exactly_one_succeeds(
    tmp_path: Path, hasher: CountingHasher
) -> None:
    spellings = [
        "kim@example.org",
        "KIM@example.org",
        "\u212aim@example.org",
        "kim\uff20example.org",
    ]
    several = [accounts_in(tmp_path, hasher) for _ in range(4)]

    async def all_at_once() -> list[User | BaseException]:
        return await asyncio.gather(
            *(
                accounts.sign_up(email=spelling, password=PASSWORD)
                for accounts in several
                for spelling in spellings
            ),
            return_exceptions=True,
        )

    answers = run(all_at_once())
    assert sum(isinstance(answer, User) for answer in answers) == 1
    assert sum(isinstance(answer, AlreadyTaken) for answer in answers) == len(answers) - 1
    assert sql(tmp_path, "SELECT count(*) FROM dojang_users") == [(1,)]
    for accounts in several:
        accounts.close()


def test_cve_2022_35924_a_list_of_addresses_signs_nobody_up_or_in(accounts: Accounts) -> None:
    with pytest.raises(InvalidInput):
        run(accounts.sign_up(email="eve@example.com,ada@example.org", password=PASSWORD))
    run(accounts.sign_up(email="ada@example.org", password=PASSWORD))
    with pytest.raises(InvalidCredentials):
        run(accounts.check_password("eve@example.com,ada@example.org", PASSWORD))


def test_cve_2019_19844_a_look_alike_address_does_not_open_the_account(accounts: Accounts) -> None:
    run(accounts.sign_up(email="mike@example.org", password=PASSWORD))
    with pytest.raises(InvalidCredentials):
        run(accounts.check_password("m\u0131ke@example.org", PASSWORD))
    look_alike = run(accounts.sign_up(email="m\u0131ke@example.org", password="another password!"))
    assert look_alike.email == "m\u0131ke@example.org"


@pytest.mark.parametrize(
    "password", ["short", "password", "ada@example.org", "q" * 1025, "\ud800" * 9]
)
def test_a_refused_password_makes_no_account_and_no_hash(
    accounts: Accounts, hasher: CountingHasher, tmp_path: Path, password: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        run(accounts.sign_up(email="ada@example.org", password=password))
    assert refused.value.field == "password"
    assert hasher.hashed == 0
    assert sql(tmp_path, "SELECT count(*) FROM dojang_users") == [(0,)]


def test_an_application_may_have_its_own_policy_and_user_names(tmp_path: Path) -> None:
    policy = PasswordPolicy(minimum=4, refuse_common=False)
    accounts = accounts_in(tmp_path, policy=policy, username_pattern=r"s\d{3}")
    assert run(accounts.sign_up(username="S123", password="1234")).username == "S123"
    with pytest.raises(InvalidInput):
        run(accounts.sign_up(username="ada", password="1234"))
    accounts.close()


def test_a_user_name_outlives_a_stricter_pattern(tmp_path: Path) -> None:
    before = accounts_in(tmp_path)
    ada = run(before.sign_up(username="ada", password=PASSWORD))
    before.close()
    after = accounts_in(tmp_path, username_pattern=r"s\d{3}")
    assert run(after.check_password("Ada", PASSWORD)) == ada
    after.close()


def test_an_unknown_user_and_a_wrong_password_do_the_same_work(
    accounts: Accounts, hasher: CountingHasher, tmp_path: Path
) -> None:
    for username in ("known", "disabled", "passwordless", "unreadable"):
        user = run(accounts.sign_up(username=username, password=PASSWORD))
        if username == "disabled":
            run(accounts.set_disabled(user.id, disabled=True))
    sql(tmp_path, "UPDATE dojang_users SET password_hash = NULL WHERE username = 'passwordless'")
    sql(tmp_path, "UPDATE dojang_users SET password_hash = '!' WHERE username = 'unreadable'")
    attempts = [
        ("known", "wrong password"),
        ("disabled", PASSWORD),
        ("disabled", "wrong password"),
        ("passwordless", PASSWORD),
        ("unreadable", PASSWORD),
        ("unknown", PASSWORD),
        ("unknown@example.org", PASSWORD),
        ("a@b@c", PASSWORD),
        ("\ud800", PASSWORD),
        ("", ""),
    ]
    answers = []
    for login, password in attempts:
        hasher.verified.clear()
        hasher.hashed = 0
        with pytest.raises(InvalidCredentials) as refused:
            run(accounts.check_password(login, password))
        error = refused.value
        answers.append((str(error), error.code, error.status, len(hasher.verified), hasher.hashed))
    assert set(answers) == {
        ("the login or the password is not right", "invalid-credentials", 401, 1, 0)
    }


def test_invalid_credentials_are_a_rejection() -> None:
    assert issubclass(InvalidCredentials, Rejected)


def test_a_sign_up_for_a_taken_address_does_the_work_of_a_new_one(
    accounts: Accounts, hasher: CountingHasher
) -> None:
    run(accounts.sign_up(email="ada@example.org", password=PASSWORD))
    with pytest.raises(AlreadyTaken):
        run(accounts.sign_up(email="ada@example.org", password=PASSWORD))
    assert hasher.hashed == 2


def test_a_disabled_account_is_not_found_unless_asked_for(accounts: Accounts) -> None:
    ada = run(accounts.sign_up(username="ada", password=PASSWORD))
    assert run(accounts.set_disabled(ada.id, disabled=True))
    assert run(accounts.find(ada.id)) is None
    found = run(accounts.find(ada.id, also_disabled=True))
    assert found is not None
    assert found.disabled
    assert run(accounts.set_disabled(ada.id, disabled=False))
    assert run(accounts.find(ada.id)) == ada
    assert run(accounts.check_password("ada", PASSWORD)) == ada


@pytest.mark.parametrize("user_id", ["", "A" * 22, "nobody", "\ud800", "a\x00", "' OR 1=1 --"])
def test_an_id_that_nobody_has_is_nobody(accounts: Accounts, user_id: str) -> None:
    run(accounts.sign_up(username="ada", password=PASSWORD))
    assert run(accounts.find(user_id)) is None
    assert run(accounts.set_disabled(user_id, disabled=True)) is False


def test_a_bcrypt_hash_is_replaced_after_a_good_login_only(
    accounts: Accounts, tmp_path: Path
) -> None:
    ada = run(accounts.sign_up(username="ada", password=PASSWORD))
    sql(tmp_path, "UPDATE dojang_users SET password_hash = ?", BCRYPT)
    with pytest.raises(InvalidCredentials):
        run(accounts.check_password("ada", "wrong password"))
    assert sql(tmp_path, "SELECT password_hash FROM dojang_users") == [(BCRYPT,)]
    for _ in range(2):
        assert run(accounts.check_password("ada", BCRYPT_PASSWORD)) == ada
        [(replaced,)] = sql(tmp_path, "SELECT password_hash FROM dojang_users")
        assert str(replaced).startswith("$argon2id$")


def test_while_imported_hashes_remain_every_sign_in_does_the_work_of_one(tmp_path: Path) -> None:
    hasher = CountingHasher()
    accounts = accounts_in(tmp_path, hasher)
    run(accounts.sign_up(username="ada", password=PASSWORD))
    run(accounts.sign_up(username="eve", password=PASSWORD))
    sql(tmp_path, "UPDATE dojang_users SET password_hash = ? WHERE username = 'ada'", BCRYPT)
    for login in ("ada", "eve", "nobody", "no login at all"):
        with pytest.raises(InvalidCredentials):
            run(accounts.check_password(login, "wrong password"))
    run(accounts.check_password("ada", BCRYPT_PASSWORD))
    run(accounts.check_password("eve", PASSWORD))
    assert hasher.beside == [[BCRYPT]] * 5 + [[]]
    accounts.close()


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize("before", ["", "AND password_hash < 'pbkdf2`' "])
def test_finding_the_kinds_of_imported_hashes_uses_an_index(tmp_path: Path, before: str) -> None:
    plan = sql(
        tmp_path,
        "EXPLAIN QUERY PLAN SELECT password_hash FROM dojang_users "
        f"WHERE password_hash NOT LIKE '$argon2id$%' {before}ORDER BY password_hash DESC LIMIT 1",
    )
    assert "dojang_users_imported" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_a_weak_hash_is_replaced_by_a_strong_one(tmp_path: Path) -> None:
    before = accounts_in(tmp_path)
    run(before.sign_up(username="ada", password=PASSWORD))
    before.close()
    after = accounts_in(tmp_path, PasswordHasher(Cost(memory=64, passes=2, lanes=1)))
    run(after.check_password("ada", PASSWORD))
    [(replaced,)] = sql(tmp_path, "SELECT password_hash FROM dojang_users")
    assert "$m=64,t=2,p=1$" in str(replaced)
    after.close()


def test_a_replacement_never_undoes_a_password_changed_in_the_meantime(tmp_path: Path) -> None:
    changed = "$2b$04$changed.in.the.meantime"

    class Slow(PasswordHasher):
        """Finishes its new hash only after somebody else has changed the password."""

        async def hash(self, password: str) -> str:
            encoded = await super().hash(password)
            sql(tmp_path, "UPDATE dojang_users SET password_hash = ?", changed)
            return encoded

    accounts_in(tmp_path).close()
    sql(
        tmp_path,
        "INSERT INTO dojang_users (id, username, username_key, password_hash, disabled, created)"
        " VALUES (?, 'ada', 'ada', ?, 0, 0)",
        "A" * 22,
        BCRYPT,
    )
    accounts = accounts_in(tmp_path, Slow(CHEAPEST))
    assert run(accounts.check_password("ada", BCRYPT_PASSWORD)).id == "A" * 22
    assert sql(tmp_path, "SELECT password_hash FROM dojang_users") == [(changed,)]
    accounts.close()


def test_a_login_succeeds_even_if_the_better_hash_cannot_be_kept(
    accounts: Accounts, tmp_path: Path
) -> None:
    ada = run(accounts.sign_up(username="ada", password=PASSWORD))
    sql(tmp_path, "UPDATE dojang_users SET password_hash = ?", BCRYPT)
    accounts.close()

    def read_only(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(accounts.engine, "connect", read_only)
    assert run(accounts.check_password("ada", BCRYPT_PASSWORD)) == ada
    assert sql(tmp_path, "SELECT password_hash FROM dojang_users") == [(BCRYPT,)]


def test_a_locked_database_is_unavailable_and_no_failed_login(
    accounts: Accounts, tmp_path: Path
) -> None:
    def impatient(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 1")

    event.listen(accounts.engine, "connect", impatient)
    other = sqlite3.connect(tmp_path / "accounts.db", isolation_level=None)
    assert run(accounts.find("A" * 22)) is None
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked") as refused:
        run(accounts.sign_up(username="ada", password=PASSWORD))
    assert refused.value.status == 503
    other.execute("ROLLBACK")
    other.close()
    run(accounts.sign_up(username="ada", password=PASSWORD))


def test_a_full_disk_is_unavailable_and_says_nothing_of_the_person(
    accounts: Accounts, hasher: CountingHasher
) -> None:
    def tiny(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(accounts.engine, "connect", tiny)

    async def until_it_is_full() -> None:
        for number in range(1000):
            await accounts.sign_up(email=f"ada{number}@example.org", password=PASSWORD)

    with pytest.raises(Unavailable, match="full") as refused:
        run(until_it_is_full())
    assert hasher.hashed > 0
    told = f"{refused.value!r} {refused.value.__cause__!r}"
    assert "ada" not in told
    assert "argon2" not in told


def test_a_broken_or_missing_database_is_unavailable_and_no_failed_login(tmp_path: Path) -> None:
    file = tmp_path / "accounts.db"
    accounts = accounts_in(tmp_path)
    run(accounts.sign_up(username="ada", password=PASSWORD))
    accounts.close()
    file.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(Unavailable):
        run(accounts.check_password("ada", PASSWORD))
    accounts.close()
    file.unlink()
    file.mkdir()
    with pytest.raises(Unavailable, match="unable to open"):
        run(accounts.check_password("ada", PASSWORD))


def test_a_database_without_its_tables_is_unavailable(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "accounts.db")
    accounts = Accounts(engine, clock=lambda: NOW, hasher=PasswordHasher(CHEAPEST))
    with pytest.raises(Unavailable, match="no such table"):
        run(accounts.check_password("ada", PASSWORD))
    accounts.close()


def test_when_all_connections_are_busy_the_accounts_are_unavailable(tmp_path: Path) -> None:
    accounts_in(tmp_path).close()
    file = tmp_path / "accounts.db"
    engine = create_engine(f"sqlite:///{file}", pool_size=1, max_overflow=0, pool_timeout=0.01)
    accounts = Accounts(engine, clock=lambda: NOW, hasher=PasswordHasher(CHEAPEST))
    with engine.connect(), pytest.raises(Unavailable, match="busy"):
        run(accounts.check_password("ada", PASSWORD))
    accounts.close()


def test_too_many_sign_ins_at_once_are_told_so_and_are_no_failed_logins(tmp_path: Path) -> None:
    accounts = accounts_in(tmp_path, PasswordHasher(workers=1, waiting=1))

    async def twenty_at_once() -> list[User | BaseException]:
        twenty = (accounts.check_password("nobody", PASSWORD) for _ in range(20))
        return await asyncio.gather(*twenty, return_exceptions=True)

    answers = {type(answer) for answer in run(twenty_at_once())}
    assert answers == {InvalidCredentials, TooBusy}
    accounts.close()


def test_roles_are_kept_each_once_and_in_order(accounts: Accounts) -> None:
    made = accounts.sign_up(username="ada", password=PASSWORD, roles=["editor", "admin", "editor"])
    ada = run(made)
    assert ada.roles == ("admin", "editor")
    assert run(accounts.find(ada.id)) == ada
    assert run(accounts.set_roles(ada.id, ["reader"]))
    found = run(accounts.find_login(" ADA "))
    assert found is not None
    assert found.roles == ("reader",)


@pytest.mark.parametrize("role", ["", "Admin", "a b", "a" * 33, "1st", "ädmin", "admin\n"])
def test_what_is_no_role_is_refused_and_nothing_is_changed(accounts: Accounts, role: str) -> None:
    ada = run(accounts.sign_up(username="ada", password=PASSWORD, roles=["admin"]))
    with pytest.raises(InvalidInput, match="is no role"):
        run(accounts.set_roles(ada.id, [role]))
    assert run(accounts.find(ada.id)) == ada


def test_an_account_has_a_bounded_number_of_roles(accounts: Accounts) -> None:
    ada = run(accounts.sign_up(username="ada", password=PASSWORD))
    most = [f"role-{n:0>27}" for n in range(32)]
    assert run(accounts.set_roles(ada.id, most))
    with pytest.raises(InvalidInput, match="33 roles"):
        run(accounts.set_roles(ada.id, [*most, "another"]))


def test_nobody_has_no_roles_to_set(accounts: Accounts) -> None:
    assert not run(accounts.set_roles("nobody", ["admin"]))
    assert run(accounts.find_login("nobody")) is None
