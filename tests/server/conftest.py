import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.testing import Clock

from .kit import ADA, app_in, running


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment that sets nothing, in a directory without `.env`."""
    for name in list(os.environ):
        if name.startswith("DOJANG_") or name in {"HOST", "PORT"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def start(bare: Path, clock: Clock) -> Iterator[Callable[..., TestClient]]:
    """Start a server with settings, and return a browser at it."""
    with ExitStack() as servers:

        def started(**settings: Any) -> TestClient:
            home = settings.pop("home", bare / "var")
            app = app_in(home, clock=clock, **settings)
            return servers.enter_context(running(app))

        yield started


@pytest.fixture
def client(start: Callable[..., TestClient]) -> TestClient:
    return start()


@pytest.fixture
def app(client: TestClient) -> Starlette:
    found = client.app
    assert isinstance(found, Starlette)
    return found


@pytest.fixture
def ada(client: TestClient) -> TestClient:
    """The browser of somebody who has just signed up."""
    assert client.post("/api/auth/signup", json=ADA).status_code == 201
    return client
