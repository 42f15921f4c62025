"""Real servers for tests: on free ports, with their data in a folder of the test, ended by id."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.need import need


def free_port() -> int:
    return free_ports(1)[0]


@dataclass(eq=False)
class RedisServer:
    """One redis-server process, that can be killed and started again on the same port."""

    folder: Path
    settings: Sequence[str] = ()
    port: int = field(default_factory=free_port)
    configuration: str | None = None
    alive: bytes = b"+PONG"
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> "RedisServer":
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [need("redis-server"), *filter(None, [self.configuration])]
        command += ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command += [*([] if self.configuration else ["--save", ""]), *self.settings]
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
            return self.ask("PING").startswith(self.alive)
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

    def role(self) -> str:
        return self.said("role")

    def is_linked(self) -> bool:
        return self.said("master_link_status") == "up"

    def said(self, name: str) -> str:
        lines = [line.partition(":") for line in self.read("INFO", "replication")]
        return next(value for found, _, value in lines if found == name)

    def own_slots(self) -> str:
        """Return the first range of slots of a node of a cluster, as `0-5461`."""
        lines = "\n".join(self.read("CLUSTER", "NODES")).split("\n")
        (line,) = [line for line in lines if "myself" in line]
        return line.split()[8]

    def signal(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """End the process as a crash does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def callers(server: RedisServer) -> int:
    """Return how many connections have asked for sessions."""
    lines = server.read("CLIENT", "LIST", "TYPE", "normal")
    return sum("cmd=get" in line or "cmd=mget" in line for line in lines)


def wait_a_moment(process: subprocess.Popen[bytes]) -> None:
    """Wait until the process ends, or for a hundredth of a second."""
    try:
        process.wait(0.01)
    except subprocess.TimeoutExpired:
        return


@contextmanager
def redis_server(folder: Path, *settings: str, answers: bytes = b"+PONG") -> Iterator[RedisServer]:
    """Yield a server that is up, which `answers` to a PING."""
    server = RedisServer(folder, settings, alive=answers).start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class RedisCluster:
    """Three primaries with a replica each."""

    nodes: list[RedisServer]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:3])
        return f"redis+cluster://{hosts}"

    def empty(self) -> None:
        for node in self.nodes:
            if node.process is not None and node.role() == "master":
                node.ask("FLUSHALL")

    def replica_of(self, primary: RedisServer) -> RedisServer:
        return next(
            node for node in self.nodes[3:] if node.said("master_port") == str(primary.port)
        )

    def primaries(self) -> list[RedisServer]:
        return [node for node in self.nodes if node.process and node.role() == "master"]


@contextmanager
def redis_cluster(folder: Path, *settings: str) -> Iterator[RedisCluster]:
    """Yield a cluster whose nodes find a dead one within a second, and serve on without it."""
    common = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", *settings]
    common += ["--cluster-require-full-coverage", "no"]
    ports = free_ports(12)
    nodes = [
        RedisServer(folder / str(n), [*common, "--cluster-port", str(ports[6 + n])], ports[n])
        for n in range(6)
    ]
    try:
        for node in nodes:
            node.start()
        _form(nodes, ports[6:])
        yield RedisCluster(nodes)
    finally:
        for node in nodes:
            node.kill()


def _form(nodes: Sequence[RedisServer], buses: Sequence[int]) -> None:
    for n, node in enumerate(nodes):
        node.ask("CLUSTER", "SET-CONFIG-EPOCH", n + 1)
    for n, primary in enumerate(nodes[:3]):
        primary.ask("CLUSTER", "ADDSLOTSRANGE", n * 5462, min(n * 5462 + 5461, 16383))
    for node, bus in zip(nodes[1:], buses[1:], strict=True):
        nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
    until(lambda: all("cluster_known_nodes:6" in n.read("CLUSTER", "INFO") for n in nodes))
    for n, replica in enumerate(nodes[3:]):
        name = nodes[n].read("CLUSTER", "MYID")[1]
        until(lambda r=replica, i=name: r.ask("CLUSTER", "REPLICATE", i) == b"+OK")  # type: ignore[misc]
    until(lambda: all("cluster_state:ok" in node.read("CLUSTER", "INFO") for node in nodes))
    until(lambda: all(node.is_linked() for node in nodes[3:]))
    # Every node knows every replica, so that it can take over.
    until(lambda: all(str(n.read("CLUSTER", "NODES")).count("slave") == 3 for n in nodes))


@dataclass
class RedisWithSentinels:
    """A primary, two replicas, and three sentinels that watch them."""

    servers: list[RedisServer]
    sentinels: list[RedisServer]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/main"

    def primary(self) -> RedisServer:
        return next(one for one in self.servers if one.process and one.role() == "master")


@contextmanager
def redis_with_sentinels(folder: Path) -> Iterator[RedisWithSentinels]:
    """Yield one whose sentinels find a dead primary within a second."""
    ports = free_ports(6)
    primary = RedisServer(folder / "0", port=ports[0])
    of = ["--replicaof", f"127.0.0.1 {primary.port}", "--repl-diskless-sync-delay", "0"]
    servers = [primary, *(RedisServer(folder / str(n), of, ports[n]) for n in (1, 2))]
    sentinels = [_sentinel(folder / f"sentinel{n}", ports[n], primary) for n in (3, 4, 5)]
    try:
        for server in servers:
            server.start()
        until(lambda: all(replica.is_linked() for replica in servers[1:]))
        for sentinel in sentinels:
            sentinel.start()
        until(lambda: all(_sees_all(sentinel) for sentinel in sentinels))
        yield RedisWithSentinels(servers, sentinels)
    finally:
        for server in [*servers, *sentinels]:
            server.kill()


def _sentinel(folder: Path, port: int, primary: RedisServer) -> RedisServer:
    folder.mkdir(parents=True)
    (folder / "sentinel.conf").write_text(
        f"sentinel monitor main 127.0.0.1 {primary.port} 2\n"
        "sentinel down-after-milliseconds main 1000\n"
        "sentinel failover-timeout main 5000\n"
    )
    return RedisServer(folder, ["--sentinel"], port, str(folder / "sentinel.conf"))


def _sees_all(sentinel: RedisServer) -> bool:
    (line,) = [line for line in sentinel.read("INFO", "sentinel") if line.startswith("master0")]
    return line.endswith("slaves=2,sentinels=3")


def free_ports(count: int) -> list[int]:
    """Return ports that differ from each other."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Ask again and again, without hurry, until it is so; a server that hangs up says no."""

    def is_so() -> bool:
        try:
            return true()
        except OSError:
            return False

    asleep = threading.Event()
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it does not come to pass"
        asleep.wait(0.02)
