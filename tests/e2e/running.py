"""A server of the tests in a process of its own."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.server import START_SECONDS, free_port
from tests.need import need, need_peers

__all__ = ["backend_server", "node_server", "running"]

ROOT = Path(__file__).parents[2]
SERVERS = ROOT / "tests" / "node" / "servers"


@contextmanager
def node_server(name: str, /, **options: Any) -> Iterator[str]:
    """Run a server of tests/node/servers until the block ends; yield its URL."""
    need_peers()
    with running([need("node"), str(SERVERS / f"{name}.mjs")], **options) as url:
        yield url


@contextmanager
def backend_server(front: str, /, **options: Any) -> Iterator[str]:
    """Run the service behind such a front until the block ends; yield its URL."""
    with running([sys.executable, "-m", "tests.e2e.backend"], front=front, **options) as url:
        yield url


@contextmanager
def running(command: Sequence[str], /, **options: Any) -> Iterator[str]:
    """Run `command` with a port and its options as JSON until the block ends; yield its URL."""
    port = free_port()
    with subprocess.Popen([*command, str(port), json.dumps(options)], cwd=ROOT) as process:
        try:
            _wait_until_it_listens(process, port)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"not listening after {START_SECONDS} s: {process.args!r}")
