"""A backup is made while the server runs, and brings back nothing that was over."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from dojang.wire.keyring import new_secret

from .kit import Server, dojang, serving

ADA = {"email": "ada@example.org", "password": "correct horse battery"}
EVE = {"email": "eve@example.org", "password": "correct horse battery"}
LOGIN = {"login": "ada@example.org", "password": "correct horse battery"}


@pytest.fixture(params=["sqlite:///var/sessions.db", "sealed:"])
def home(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"DOJANG_SESSIONS": request.param}


@pytest.fixture
def server(tmp_path: Path, home: dict[str, str]) -> Iterator[Server]:
    with serving(tmp_path, DOJANG_SESSIONS=home["DOJANG_SESSIONS"]) as running:
        yield running


@contextmanager
def signed_up(server: Server, who: dict[str, str]) -> Iterator[httpx2.Client]:
    """Yield a browser in which somebody has just signed up."""
    with httpx2.Client(base_url=server.url) as browser:
        assert browser.post("/api/auth/signup", json=who).status_code == 201
        yield browser


def check(browser: httpx2.Client, **headers: str) -> int:
    return browser.get("/api/auth/check", headers=headers).status_code


def log_in(server: Server) -> int:
    return httpx2.post(f"{server.url}/api/auth/login", json=LOGIN).status_code


def test_a_running_server_goes_back_to_a_backup_and_nobody_stays_signed_in(
    server: Server, tmp_path: Path, home: dict[str, str]
) -> None:
    with signed_up(server, ADA) as ada:
        pair = ada.post("/api/auth/token", json=LOGIN).json()
        bearer = f"Bearer {pair['access_token']}"
        service_key = dojang("keys", "service", "new", "orders", cwd=tmp_path, **home).out.strip()
        made = dojang("backup", "kept", cwd=tmp_path, **home)
        assert (made.code, made.err) == (0, "")
        assert check(ada) == check(ada, authorization=bearer) == 200  # it runs on
        ended = dict(ada.cookies)
        assert ada.post("/api/auth/logout").status_code == 204
        with signed_up(server, EVE) as eve:
            done = dojang("restore", "kept", "--yes", cwd=tmp_path, **home)
            assert (done.code, done.err) == (0, "")
            assert "what was there is kept in" in done.out
            assert check(eve) == 401
        with httpx2.Client(base_url=server.url, cookies=ended) as again:
            assert check(again) == 401  # what had ended after the backup is not alive again
        with httpx2.Client(base_url=server.url) as bare:
            assert check(bare, authorization=bearer) == 401
            refresh = {"refresh_token": pair["refresh_token"]}
            assert bare.post("/api/auth/token/refresh", json=refresh).status_code == 401
            asked = {"cookie": "session=x"}
            service = {"authorization": f"Bearer {service_key}"}
            answer = bare.post("/api/auth/introspect-session", json=asked, headers=service)
            assert answer.status_code == 200  # keys stay
        assert log_in(server) == 200
        eve_again = {**LOGIN, "login": EVE["email"]}
        assert httpx2.post(f"{server.url}/api/auth/login", json=eve_again).status_code == 401


def test_what_was_there_before_a_restore_is_kept_and_can_be_restored(
    server: Server, tmp_path: Path, home: dict[str, str]
) -> None:
    assert dojang("backup", "empty", cwd=tmp_path, **home).code == 0
    with signed_up(server, ADA):
        pass
    assert dojang("restore", "empty", "--yes", cwd=tmp_path, **home).code == 0
    assert log_in(server) == 401
    [kept] = (tmp_path / "var").glob("before-restore-*")
    assert dojang("restore", str(kept), "--yes", cwd=tmp_path, **home).code == 0
    assert log_in(server) == 200


def test_a_backup_is_for_its_owner_alone_and_whole(tmp_path: Path) -> None:
    with serving(tmp_path) as server, signed_up(server, ADA):
        done = dojang("backup", "kept", cwd=tmp_path)
    assert done.code == 0
    kept = tmp_path / "kept"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    for path in kept.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(kept / "accounts.db")) as accounts:
        assert accounts.execute("SELECT count(*) FROM dojang_users").fetchone() == (1,)


def test_mailed_links_do_not_come_back(tmp_path: Path) -> None:
    assert dojang("users", "create", "ada@example.org", cwd=tmp_path, typed="x" * 12).code == 0
    assert dojang("backup", "kept", cwd=tmp_path).code == 0
    with closing(sqlite3.connect(tmp_path / "kept" / "accounts.db")) as accounts, accounts:
        [user] = accounts.execute("SELECT id FROM dojang_users").fetchone()
        accounts.execute(
            "INSERT INTO dojang_one_time_tokens (digest, purpose, user_id, target, expires, tries)"
            " VALUES ('d', 'reset-password', ?, '', 99999999999999, 0)",
            (user,),
        )
    assert dojang("restore", "kept", "--yes", cwd=tmp_path).code == 0
    with closing(sqlite3.connect(tmp_path / "var" / "accounts.db")) as accounts:
        counted = accounts.execute("SELECT count(*) FROM dojang_one_time_tokens").fetchone()
    assert counted == (0,)


def refused(cwd: Path, *arguments: str, **variables: str) -> str:
    done = dojang(*arguments, cwd=cwd, **variables)
    assert done.code == 2
    [line] = done.err.splitlines()
    return line.removeprefix("dojang: ")


def test_what_cannot_be_is_one_line_and_nothing_is_lost(tmp_path: Path) -> None:
    assert "there are no accounts" in refused(tmp_path, "backup", "kept")
    assert dojang("users", "create", "ada@example.org", cwd=tmp_path, typed="x" * 12).code == 0
    (tmp_path / "var" / "secret").write_text(new_secret())
    assert dojang("backup", "kept", cwd=tmp_path).code == 0
    assert "name a directory that is not there yet" in refused(tmp_path, "backup", "kept")
    assert "is no backup" in refused(tmp_path, "restore", "nowhere", "--yes")
    other = refused(tmp_path, "restore", "kept", "--yes", DOJANG_SECRET=new_secret())
    assert "another secret than DOJANG_SECRET" in other
    accounts, damaged = tmp_path / "var" / "accounts.db", tmp_path / "kept" / "accounts.db"
    before = accounts.read_bytes()
    damaged.write_bytes(damaged.read_bytes()[:5000])
    assert "accounts.db" in refused(tmp_path, "restore", "kept", "--yes")
    assert accounts.read_bytes() == before


def test_sessions_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    with serving(tmp_path) as server, signed_up(server, ADA):
        assert dojang("backup", "kept", cwd=tmp_path).code == 0
    with closing(sqlite3.connect(tmp_path / "kept" / "sessions.db")) as sessions, sessions:
        sessions.execute("UPDATE dojang_schema SET value = 999")
    assert "schema 999" in refused(tmp_path, "restore", "kept", "--yes")
