"""What the tests of the server share."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeVar

from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.auth import PasswordHasher
from dojang.auth.passwords import CHEAPEST
from dojang.server.app import create
from dojang.server.assembly import close
from dojang.server.parts import Parts
from dojang.server.settings import Settings
from dojang.testing import Clock

T = TypeVar("T")

#: Where browsers are.
HOME = ("192.0.2.7", 50_000)

PASSWORD = "correct horse battery"
SECRET = "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw"
ADA = {"email": "ada@example.org", "password": PASSWORD}
LOGIN = {"login": "ada@example.org", "password": PASSWORD}
GARBAGE = b"this was a database once, and it is none any more " * 100


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the result under an event loop."""
    return asyncio.run(coroutine)


def app_in(
    home: Path, *, clock: Clock | None = None, log: TextIO | None = None, **settings: Any
) -> Starlette:
    """Return a server with cheap hashes that keeps everything in `home`, and mails at once."""
    return create(
        Settings.load(home=home, **{"mail_spread": 0, **settings}),
        hasher=PasswordHasher(CHEAPEST),
        clock=clock or Clock(),
        log=log,
    )


def parts(app: Starlette) -> Parts:
    found: Parts = app.state.parts
    return found


def browser(app: Starlette, **headers: str) -> TestClient:
    """Return a browser of its own, with a jar of its own; faults of ours are answers to it."""
    url = parts(app).settings.url
    return TestClient(
        app, base_url=url, headers=headers, raise_server_exceptions=False, client=HOME
    )


def break_accounts(app: Starlette) -> None:
    """Put garbage where the accounts were, as a disk may."""
    parts(app).accounts.close()
    _garble(parts(app).settings.home / "accounts.db")


def break_sessions(app: Starlette) -> None:
    """Put garbage where the sessions were."""
    close(parts(app))
    _garble(parts(app).settings.home / "sessions.db")


def _garble(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(GARBAGE)


@contextmanager
def running(app: Starlette) -> Iterator[TestClient]:
    """Start and stop the server around a browser."""
    with browser(app) as client:
        yield client
