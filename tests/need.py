"""Real parts a test cannot do without: found, or the test fails in CI and is skipped elsewhere."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

PEERS = Path(__file__).parent / "node"
EXAMPLES = Path(__file__).parent.parent / "examples"


def need(program: str) -> str:
    """Return the path of `program`."""
    path = shutil.which(program)
    if path is None:
        _lack(program, "scripts/setup-system")
    return path


def need_peers() -> Path:
    """Return where the Node libraries are."""
    return _installed(PEERS) / "node_modules"


def need_front(name: str) -> Path:
    """Return the folder of an example that has a front of Node, with its libraries."""
    need("node")
    return _installed(EXAMPLES / name)


def _installed(folder: Path) -> Path:
    if not (folder / "node_modules" / ".installed").is_file():
        _lack(f"{folder.name}/node_modules", "scripts/setup-peers")
    return folder


def _lack(what: str, remedy: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing; {remedy} installs it")
    pytest.skip(f"{what} is not installed; {remedy} says how to get it")
