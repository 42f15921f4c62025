"""A PostgreSQL server of the tests' own: a free port, a directory that goes away with it."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

#: Seconds that a server has to come up, or to go away.
_PATIENCE = 60

#: Where Debian keeps them, away from the PATH.
_DEBIAN = Path("/usr/lib/postgresql")

#: A DELETE of a few rows is much faster than a TRUNCATE, which makes new files.
_EMPTY = """
    DO $$ DECLARE it record; BEGIN
        FOR it IN SELECT tablename FROM pg_tables
            WHERE tablename LIKE 'dojang%' AND tablename <> 'dojang_schema'
        LOOP EXECUTE 'DELETE FROM ' || it.tablename; END LOOP;
    END $$
"""


def program(name: str) -> str:
    """Return the path of a program of PostgreSQL; without it the test fails in CI."""
    newest = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = shutil.which(name) or (str(newest[-1]) if newest else None)
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is missing; scripts/setup-system installs it")
    pytest.skip(f"{name} is not installed; scripts/setup-system says how to get it")


class Server:
    """One server, which may be stopped, killed and started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        run(
            program("initdb"), "--pgdata", str(home / "data"), "--username=dojang",
            "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync",
            home=home,
        )  # fmt: skip

    @property
    def url(self) -> str:
        return f"postgresql://dojang@127.0.0.1:{self.port}/postgres"

    @property
    def log(self) -> str:
        return (self.home / "log").read_text()

    def start(self, **settings: str) -> None:
        """Start it, or start it again, and wait until it answers."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            process = self._spawn(settings)
            while process.poll() is None:
                if self.answers():
                    self._process = process
                    return
                assert time.monotonic() < deadline, self.log
                time.sleep(0.02)
            # What is left of one that was killed has to go away first.
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """Kill it as the kernel does when memory runs out: nothing is written any more."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it at once and in good order."""
        self._signal(signal.SIGINT)

    def drop(self) -> None:
        """Stop it and care for nothing."""
        self._signal(signal.SIGQUIT)

    def pause(self, *, on: bool) -> None:
        """Stop all of it in its tracks, or let it go on."""
        sign = signal.SIGSTOP if on else signal.SIGCONT
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        for pid in (self._process.pid, *map(int, children.split())):
            os.kill(pid, sign)

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Return what a query gives, asked by somebody else than the store."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def wait_until(self, sql: str) -> None:
        """Return once a query gives true."""
        deadline = time.monotonic() + _PATIENCE
        while self.ask(sql) != [(True,)]:
            assert time.monotonic() < deadline, sql
            time.sleep(0.01)

    def empty(self) -> None:
        """Leave nothing of what tests have written; the tables stay."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_EMPTY)

    def _spawn(self, settings: dict[str, str]) -> "subprocess.Popen[bytes]":
        named = {"listen_addresses": "127.0.0.1", "port": str(self.port), **settings}
        options = [f"--{name}={value}" for name, value in named.items()]
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                [
                    program("postgres"), "-D", str(self.home / "data"), "-k", str(self.home),
                    *options,
                ],
                stdout=log, stderr=log, cwd=self.home, **_identity(),
            )  # fmt: skip

    def _signal(self, sign: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
            self._process.wait(_PATIENCE)
            self._process = None


@contextmanager
def serving(**settings: str) -> Iterator[Server]:
    """Run a server until the block ends."""
    with TemporaryDirectory(prefix="dojang-postgres-") as folder:
        home = Path(folder)
        if _identity():
            shutil.chown(home, "nobody", "nogroup")
        server = Server(home)
        try:
            server.start(**settings)
            yield server
        finally:
            server.drop()


def run(*command: str, home: Path) -> None:
    """Run a program of PostgreSQL to its end."""
    done = subprocess.run(
        command, cwd=home, capture_output=True, text=True, check=False, **_identity()
    )
    assert done.returncode == 0, done.stderr


def _identity() -> dict[str, Any]:
    """Return whom the server runs as: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
