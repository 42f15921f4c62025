"""granian with an application of a test, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.nginx import listens
from tests.redis import free_port, until

ROOT = Path(__file__).parent.parent
PATIENCE = 60


@contextmanager
def granian(
    target: str, log: Path, folder: Path = ROOT, /, *, interface: str = "asgi", **environment: str
) -> Iterator[int]:
    """Yield the port on which `target` of `folder` is served; what it says goes to `log`."""
    port = free_port()
    command = [
        sys.executable, "-c", "from granian.cli import entrypoint; entrypoint()", "--interface",
        interface, "--host", "127.0.0.1", "--port", str(port), "--no-ws", target,
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        until(lambda: listens(port, process, log), PATIENCE)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)
