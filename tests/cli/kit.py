"""Running the command line as a user does: another process, a clean environment."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

DOJANG = Path(sys.executable).with_name("dojang")

#: Seconds that a server has to come up, or to go away.
_PATIENCE = 30


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str


def dojang(*arguments: str, cwd: Path, typed: str | None = None, **variables: str) -> Done:
    """Run a command to its end; what is `typed` is piped into it."""
    done = subprocess.run(
        [DOJANG, *arguments],
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        input=typed,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def environment(**variables: str) -> dict[str, str]:
    """Return what a program needs, and `variables`."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "PYTHONPATH")
        if name in os.environ
    }
    return {**kept, **variables}


def free_port() -> int:
    """Return a port of this machine where nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """`dojang serve`, running in a directory."""

    def __init__(
        self, cwd: Path, url: str, process: "subprocess.Popen[bytes]", client: httpx2.Client
    ) -> None:
        self.url = url
        self.process = process
        self.client = client
        self._cwd = cwd

    @property
    def out(self) -> str:
        return (self._cwd / "out").read_text()

    @property
    def err(self) -> str:
        return (self._cwd / "err").read_text()

    def children(self) -> set[int]:
        """Return the ids of its processes, as Linux has them."""
        pid = self.process.pid
        return {int(id) for id in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def answers(self) -> bool:
        try:
            return self.client.get(f"{self.url}/readyz").status_code == 200
        except httpx2.TransportError:
            return False

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not self.answers():
            assert self.process.poll() is None, self.err
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.02)

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(_PATIENCE)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


@contextmanager
def serving(
    cwd: Path,
    *,
    verify: ssl.SSLContext | bool = True,
    uds: Path | None = None,
    **variables: str,
) -> Iterator[Server]:
    """Run a server until the block ends; its client reaches it by TLS, or through a socket."""
    port = int(variables.setdefault("PORT", str(free_port())))
    scheme = "http" if verify is True else "https"
    with (cwd / "out").open("wb") as out, (cwd / "err").open("wb") as err:
        process = subprocess.Popen(
            [DOJANG, "serve"], cwd=cwd, env=environment(**variables), stdout=out, stderr=err
        )
    transport = httpx2.HTTPTransport(verify=verify, uds=None if uds is None else str(uds))
    with httpx2.Client(transport=transport) as client:
        server = Server(cwd, f"{scheme}://localhost:{port}", process, client)
        try:
            while uds and not _listens(uds):  # httpx2 leaks what it could not connect
                assert process.poll() is None, server.err
                time.sleep(0.02)
            server.wait_until_it_answers()
            yield server
        finally:
            if process.poll() is None:
                server.stop()
