"""Who was signed in under Flask, Starlette or Django stays signed in under dojang."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
from django.contrib.sessions.backends import signed_cookies
from flask_login import LoginManager, UserMixin, login_user
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang import ClientSide, IronSeal, MemoryStore, ServerSide, Sessions, peers
from dojang.clock import now
from dojang.peers.peer import Peer
from tests.adapters import django_project
from tests.browser import Browser, look
from tests.conftest import SECRET

django_project.prepare()

OLD = "the secret of the framework that was there before"


class Ada(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    id = "7"


def of_flask() -> tuple[str, dict[str, Any]]:
    """Return a cookie of Flask with Flask-Login, and what is in it."""
    app = flask.Flask(__name__)
    app.secret_key = OLD
    LoginManager(app).user_loader(lambda _: Ada())

    @app.post("/login")
    def login() -> str:
        login_user(Ada())
        flask.session["theme"] = "dark"
        return ""

    client = app.test_client()
    client.post("/login")
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value, {"theme": "dark", "_user_id": "7"}


def of_starlette() -> tuple[str, dict[str, Any]]:
    """Return a cookie of Starlette's SessionMiddleware, and what is in it."""

    async def login(request: Request) -> Response:
        request.session.update(user={"id": "7"}, theme="dark")
        return Response()

    app = Starlette(
        routes=[Route("/login", login, methods=["POST"])],
        middleware=[Middleware(SessionMiddleware, secret_key=OLD)],
    )
    client = TestClient(app)
    client.post("/login")
    return str(client.cookies["session"]), {"theme": "dark", "user": {"id": "7"}}


def of_django() -> tuple[str, dict[str, Any]]:
    """Return a cookie of Django's signed_cookies, and what is in it."""
    store = signed_cookies.SessionStore()
    store.update({"_auth_user_id": "7", "theme": "dark"})
    store.save()
    return str(store.session_key), {"_auth_user_id": "7", "theme": "dark"}


MOVES: dict[str, tuple[Callable[[], tuple[str, dict[str, Any]]], Peer]] = {
    "flask": (of_flask, peers.Flask(OLD)),
    "starlette": (of_starlette, peers.Starlette(OLD, principal="user.id")),
    "django": (of_django, peers.Django(django_project.SECRET_KEY)),
}


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("home", ["sealed", "on the server"])
def test_a_live_cookie_becomes_a_session_of_ours(name: str, home: str) -> None:
    make, peer = MOVES[name]
    text, data = make()
    sessions = (
        Sessions(ClientSide(IronSeal(SECRET)), accepts={name: peer})
        if home == "sealed"
        else Sessions(ServerSide(MemoryStore()), secret=SECRET, accepts={name: peer})
    )
    browser = Browser(sessions)
    browser.cookies = {peer.cookie.name: text}
    user, seen = browser.visit(lambda session: (session.user, dict(session)))
    assert user == "7"
    assert data.items() <= seen.items()
    assert set(browser.cookies) == {sessions.cookie.name}
    assert browser.visit(look) == seen
    assert sessions.circulation.seen[name].count == 1


@pytest.mark.parametrize("name", MOVES)
def test_a_cookie_that_is_too_old_there_is_too_old_here(name: str) -> None:
    make, peer = MOVES[name]
    text, _ = make()
    later = now() + 32 * 24 * 3600 * 1000
    browser = Browser(
        Sessions(ClientSide(IronSeal(SECRET)), accepts={name: peer}, clock=lambda: later)
    )
    browser.cookies = {peer.cookie.name: text}
    assert browser.visit(lambda session: (session.user, session.rejected)) == (None, "expired")
    assert browser.cookies == {}
