import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from dojang.auth import Accounts
from dojang.auth.schema import current, upgrade
from dojang.auth.sqlite import sqlite_engine
from dojang.auth.tables import metadata
from dojang.errors import Misuse, Unavailable

from .kit import NOW, PASSWORD, accounts_in, run

START = """
import sys
from dojang.auth import Accounts
from dojang.auth.schema import current
sys.stdin.readline()
accounts = Accounts.on_sqlite(sys.argv[1], clock=lambda: 0)
print(current(accounts.engine))
accounts.close()
"""


def test_upgrading_makes_the_tables_and_upgrading_again_changes_nothing(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "accounts.db")
    assert current(engine) is None
    for _ in range(2):
        upgrade(engine)
        assert current(engine) == "0010"
    assert set(inspect(engine).get_table_names()) == {
        "dojang_auth_version",
        "dojang_events",
        "dojang_identities",
        "dojang_one_time_tokens",
        "dojang_recovery_codes",
        "dojang_second_factors",
        "dojang_users",
    }
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_describes(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "accounts.db")
    upgrade(engine)
    with engine.connect() as connection:
        options = {"version_table": "dojang_auth_version", "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_tables_keep_out_of_the_way_of_an_applications_own(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'shared.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('theirs')")
    upgrade(engine)
    with engine.connect() as connection:
        theirs = connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()
    assert [tuple(row) for row in theirs] == [("theirs",)]
    engine.dispose()


def test_processes_that_start_together_on_one_file_all_find_it_ready(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", START, str(tmp_path / "accounts.db")]
    starting = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for process in starting:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    assert [process.communicate() for process in starting] == [(b"0010\n", b"")] * 4


def test_accounts_outlive_the_process(tmp_path: Path) -> None:
    first = accounts_in(tmp_path)
    ada = run(first.sign_up(username="ada", password=PASSWORD))
    first.close()
    second = accounts_in(tmp_path)
    assert run(second.check_password("ada", PASSWORD)) == ada
    second.close()


def test_a_new_file_and_its_companions_are_readable_by_the_owner_alone(tmp_path: Path) -> None:
    accounts = accounts_in(tmp_path)
    run(accounts.sign_up(username="ada", password=PASSWORD))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("accounts.db", "accounts.db-wal", "accounts.db-shm"), 0o600)
    accounts.close()


def test_an_existing_file_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "accounts.db"
    file.touch()
    file.chmod(0o640)
    accounts_in(tmp_path).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_every_connection_is_in_wal_mode_with_foreign_keys_and_patience(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "accounts.db")
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 1, 5000]
    engine.dispose()


def test_a_path_may_have_any_characters(tmp_path: Path) -> None:
    directory = tmp_path / "100% of ?a=b #도장"
    directory.mkdir()
    accounts = accounts_in(directory)
    run(accounts.sign_up(username="ada", password=PASSWORD))
    assert (directory / "accounts.db").stat().st_size > 0
    accounts.close()


def test_a_file_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No such file or directory"):
        Accounts.on_sqlite(tmp_path / "missing" / "accounts.db", clock=lambda: NOW)


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "accounts.db").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(Unavailable, match="not a database"):
        accounts_in(tmp_path)


def test_memory_is_no_place_for_accounts() -> None:
    with pytest.raises(Misuse, match="a file"):
        Accounts.on_sqlite(":memory:", clock=lambda: NOW)
