"""Real servers for tests: on free ports, with their data in a folder of the test, ended by id."""

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.need import need


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class RedisServer:
    """One redis-server process, that can be killed and started again on the same port."""

    folder: Path
    settings: Sequence[str] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> "RedisServer":
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [need("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self.folder), "--save", "", *self.settings]
        log = self.folder / "redis.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        self.until_it_answers()
        return self

    def until_it_answers(self) -> None:
        for _ in range(600):
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "redis.log").read_text()
            if self.answers():
                return
            wait_a_moment(self.process)
        raise AssertionError("redis-server does not answer")

    def answers(self) -> bool:
        try:
            return self.ask("PING") == b"+PONG"
        except OSError:
            return False

    def ask(self, *words: object) -> bytes:
        """Return the first line of what the server answers."""
        return self.read(*words)[0].encode()

    def read(self, *words: object) -> list[str]:
        """Return the lines of what the server answers, its own lines between values too."""
        with socket.create_connection(self.address, timeout=5) as wire:
            parts = [str(word).encode() for word in words]
            head = b"*%d\r\n" % len(parts)
            wire.sendall(head + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
            # It closes once it has answered, because we say that nothing more will come.
            wire.shutdown(socket.SHUT_WR)
            answer = b""
            while received := wire.recv(65536):
                answer += received
        if not answer:
            raise ConnectionError("closed")
        return answer.decode(errors="replace").split("\r\n")

    def kill(self) -> None:
        """End the process as a crash does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def wait_a_moment(process: subprocess.Popen[bytes]) -> None:
    """Wait until the process ends, or for a hundredth of a second."""
    try:
        process.wait(0.01)
    except subprocess.TimeoutExpired:
        return


@contextmanager
def redis_server(folder: Path, *settings: str) -> Iterator[RedisServer]:
    server = RedisServer(folder, settings).start()
    try:
        yield server
    finally:
        server.kill()
