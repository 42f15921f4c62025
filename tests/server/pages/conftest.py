from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from .kit import Person


@pytest.fixture
def serve(start: Callable[..., TestClient]) -> Callable[..., Starlette]:
    """Start a server with settings, and return it."""

    def served(**settings: Any) -> Starlette:
        app = start(**settings).app
        assert isinstance(app, Starlette)
        return app

    return served


@pytest.fixture
def visitor(app: Starlette) -> Person:
    """Somebody who has never been here."""
    return Person(app)


@pytest.fixture
def member(app: Starlette) -> Person:
    """Somebody who has just signed up by these pages, as ada@example.org."""
    return Person(app).sign_up()
