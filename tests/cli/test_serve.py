import os
import signal
import socket
import ssl
import stat
import time
from pathlib import Path

import httpx2
import pytest

from dojang.wire.keyring import new_secret
from tests.certificates import certify

from .kit import Done, dojang, free_port, serving

ADA = {"email": "ada@example.org", "password": "correct horse battery"}


def refused(done: Done) -> str:
    """Return the one line of a start that was refused."""
    assert done.code == 2
    assert not done.out
    [line] = done.err.splitlines()
    assert line.startswith("dojang: ")
    return line.removeprefix("dojang: ")


def test_it_starts_answers_and_says_where_everything_is(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert httpx2.get(f"{server.url}/healthz").text == "ok\n"
        assert server.out == (
            f"dojang is at {server.url} (development)\n"
            f"  listening  127.0.0.1, port {server.url.rpartition(':')[2]}\n"
            "  accounts   var/accounts.db\n"
            "  sessions   sqlite:///var/sessions.db\n"
            "  note       development secret, made now and kept in var/secret\n"
        )
        assert not server.err


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(tmp_path: Path, sign: signal.Signals) -> None:
    with serving(tmp_path) as server:
        children = server.children()
        assert server.stop(sign) == 0
        assert not server.err
        assert not server.answers()
        for child in children:
            with pytest.raises(ProcessLookupError):
                os.kill(child, 0)


def test_a_restart_signs_nobody_out_and_keeps_the_secret(tmp_path: Path) -> None:
    with httpx2.Client() as browser:
        with serving(tmp_path) as server:
            assert browser.post(f"{server.url}/api/auth/signup", json=ADA).status_code == 201
        secret = tmp_path / "var" / "secret"
        kept = secret.read_text()
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        with serving(tmp_path) as server:
            assert browser.get(f"{server.url}/api/auth/check").json()["email"] == ADA["email"]
            assert "development secret, kept in var/secret" in server.out
        assert secret.read_text() == kept


def test_what_it_keeps_is_for_its_owner_alone(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        httpx2.post(f"{server.url}/api/auth/signup", json=ADA)
        home = tmp_path / "var"
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_several_processes_share_one_port_and_the_sessions(tmp_path: Path) -> None:
    with serving(tmp_path, DOJANG_WORKERS="2") as server:
        assert len(server.children()) == 2
        assert ", 2 processes" in server.out
        with httpx2.Client() as browser:
            assert browser.post(f"{server.url}/api/auth/signup", json=ADA).status_code == 201
            cookies = dict(browser.cookies)
        for _ in range(20):  # connections of their own, so that both processes get some
            answer = httpx2.get(f"{server.url}/api/auth/check", cookies=cookies)
            assert answer.status_code == 200
        assert server.stop() == 0


def test_processes_count_together(tmp_path: Path) -> None:
    key = "k" * 32
    with serving(tmp_path, DOJANG_WORKERS="2", DOJANG_METRICS_KEY=key) as server:
        for _ in range(20):  # connections of their own, so that both processes get some
            assert httpx2.get(f"{server.url}/api/auth/check").status_code == 401
        for _ in range(4):  # and whichever answers knows of all
            headers = {"authorization": f"Bearer {key}"}
            numbers = httpx2.get(f"{server.url}/metrics", headers=headers).text
            assert 'dojang_request_seconds_count{status="401"} 20.0' in numbers
        assert server.stop() == 0


def test_processes_share_sessions_in_postgresql_and_its_password_is_not_shown(
    tmp_path: Path, postgres_url: str
) -> None:
    url = postgres_url.replace("dojang@", "dojang:hunter2@")
    with serving(tmp_path, DOJANG_WORKERS="2", DOJANG_SESSIONS=url) as server:
        assert "postgresql://dojang:***@127.0.0.1" in server.out
        assert "hunter2" not in server.out + server.err
        with httpx2.Client() as browser:
            assert browser.post(f"{server.url}/api/auth/signup", json=ADA).status_code == 201
            cookies = dict(browser.cookies)
        for _ in range(20):  # connections of their own, so that both processes get some
            answer = httpx2.get(f"{server.url}/api/auth/check", cookies=cookies)
            assert answer.status_code == 200
        assert server.stop() == 0


def test_it_speaks_tls_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    certify(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with serving(
        tmp_path, verify=trusting, DOJANG_TLS_CERTIFICATE="cert.pem", DOJANG_TLS_KEY="key.pem"
    ) as server:
        assert server.out.startswith(f"dojang is at {server.url} (development)\n")
        answer = server.client.post(f"{server.url}/api/auth/signup", json=ADA)
        assert answer.status_code == 201
        assert answer.headers["set-cookie"].startswith("__Host-session=")
        assert server.stop() == 0


def test_at_a_socket_a_proxy_says_who_comes(tmp_path: Path) -> None:
    path = tmp_path / "dojang.sock"
    told = {"x-forwarded-for": "192.0.2.9", "x-forwarded-proto": "https"}
    with serving(
        tmp_path,
        uds=path,
        DOJANG_UNIX_SOCKET=path.name,
        DOJANG_URL="https://a.example.org",
    ) as server:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert "listening  dojang.sock" in server.out
        refused = {"login": "eve@example.org", "password": "guess"}
        server.client.post(f"{server.url}/api/auth/login", json=refused, headers=told)
        assert "address=192.0.2.9" in server.err
        assert server.stop() == 0
    assert not path.exists()


def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        [child] = server.children()
        os.kill(child, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while not server.answers() or server.children() == {child}:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert server.stop() == 0


def test_processes_that_cannot_start_are_not_started_for_ever(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        accounts = tmp_path / "var" / "accounts.db"
        accounts.unlink()
        accounts.mkdir()
        for child in server.children():
            os.kill(child, signal.SIGKILL)
        assert server.process.wait(30) == 1
        assert "DOJANG_HOME is 'var'" in server.err
        assert "crash loop" in server.err
        assert "Traceback" not in server.err


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        line = refused(dojang("serve", cwd=tmp_path, PORT=port))
    assert (
        line == f"port {port} of 127.0.0.1 is taken: stop what runs there, or set PORT to another"
    )


def test_two_servers_of_ours_do_not_share_a_port(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with serving(tmp_path) as server:
        port = server.url.rpartition(":")[2]
        assert "is taken" in refused(dojang("serve", cwd=other, PORT=port))


def test_an_address_of_another_machine_is_one_line(tmp_path: Path) -> None:
    line = refused(dojang("serve", cwd=tmp_path, HOST="192.0.2.1"))
    assert line.startswith("HOST is '192.0.2.1'")


def test_a_directory_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    port = str(free_port())
    line = refused(dojang("serve", cwd=tmp_path, PORT=port, DOJANG_HOME="file/home"))
    assert line.startswith("DOJANG_HOME is 'file/home': Not a directory")


@pytest.mark.parametrize("name", ["accounts.db", "sessions.db"])
def test_a_database_that_is_none_is_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / name).write_bytes(b"this is no database at all, whatever it is called")
    line = refused(dojang("serve", cwd=tmp_path, PORT=str(free_port())))
    assert "not a database" in line


def test_a_bad_setting_is_one_line(tmp_path: Path) -> None:
    line = refused(dojang("serve", cwd=tmp_path, DOJANG_WORKERS="many"))
    assert line == "DOJANG_WORKERS is 'many': write a number of processes from 1 to 256"


def test_an_option_wins_over_the_environment(tmp_path: Path) -> None:
    line = refused(dojang("serve", "--port", "99999", cwd=tmp_path, PORT="8000"))
    assert "99999" in line


def test_sessions_in_memory_and_several_processes_do_not_start(tmp_path: Path) -> None:
    done = dojang("serve", cwd=tmp_path, DOJANG_SESSIONS="memory:", DOJANG_WORKERS="2")
    assert "DOJANG_WORKERS=1" in refused(done)


@pytest.mark.parametrize(
    "secret", [None, "short", "complex_password_at_least_32_characters_long", "a" * 64]
)
def test_production_without_a_good_secret_does_not_start(
    tmp_path: Path, secret: str | None
) -> None:
    variables = {"DOJANG_ENV": "production", "DOJANG_SECRET": secret or ""}
    line = refused(dojang("serve", cwd=tmp_path, **variables))
    assert "`dojang keys new`" in line
    assert not secret or secret not in line
    assert not (tmp_path / "var").exists()


def test_production_with_a_good_secret_starts_and_logs_json(tmp_path: Path) -> None:
    secret = new_secret()
    with serving(tmp_path, DOJANG_ENV="production", DOJANG_SECRET=secret) as server:
        httpx2.get(f"{server.url}/api/auth/check")
    assert "note" not in server.out
    assert server.err.startswith("{")
    assert secret not in server.out + server.err
