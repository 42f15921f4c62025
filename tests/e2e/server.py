"""The server as a person starts it: `dojang serve`, in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError, URLError

COMMAND = Path(sys.executable).with_name("dojang")
START_SECONDS = 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


class Server:
    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("DOJANG_")}
        own |= {"PORT": str(self.port), "DOJANG_HOME": str(self.home / "data"), **self._settings}
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [COMMAND, "serve"], cwd=self.home, env=own, stdout=log, stderr=log
            )
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(START_SECONDS)

    def restart(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.stop(how)
        self.start()

    @property
    def log(self) -> str:
        return (self.home / "log").read_text()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self._process is not None
            assert self._process.poll() is None, self.log
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=1):
                    # Not an older one's processes: ours listens, or it would have ended.
                    assert self._process.poll() is None, self.log
                    return
            except (HTTPError, URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"not ready after {START_SECONDS} s: {self.log}")
