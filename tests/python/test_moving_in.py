"""Who was signed in under Flask, Starlette or Django stays signed in under dojang."""

import asyncio
import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import flask
import pytest
from django.contrib.sessions.backends import signed_cookies
from fastapi_users.authentication import JWTStrategy
from fastapi_users.jwt import generate_jwt
from flask_login import LoginManager, UserMixin, login_user
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang import ClientSide, IronSeal, MemoryStore, ServerSide, Sessions, peers
from dojang.clock import now
from dojang.errors import Misuse
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


def of_itsdangerous(
    signer: Callable[[str], TimestampSigner | URLSafeTimedSerializer], value: Any
) -> tuple[str, dict[str, Any]]:
    """Return what an application has signed for a cookie of its own, and what is in it."""
    made = signer(OLD)
    text = made.dumps(value) if isinstance(made, URLSafeTimedSerializer) else made.sign(value)
    written = text if isinstance(text, str) else text.decode()
    return written, value if isinstance(value, dict) else {}


def of_fastapi_users() -> tuple[str, dict[str, Any]]:
    """Return a token of JWTStrategy, and what else is in it."""
    strategy: JWTStrategy[Any, Any] = JWTStrategy(OLD, lifetime_seconds=WEEK)
    return asyncio.run(strategy.write_token(Ada())), {}


WEEK = 7 * 24 * 3600

MOVES: dict[str, tuple[Callable[[], tuple[str, dict[str, Any]]], Peer]] = {
    "flask": (of_flask, peers.Flask(OLD)),
    "starlette": (of_starlette, peers.Starlette(OLD, principal="user.id")),
    "django": (of_django, peers.Django(django_project.SECRET_KEY)),
    "fastapi-users": (of_fastapi_users, peers.FastApiUsers(OLD)),
    "itsdangerous": (
        partial(of_itsdangerous, partial(URLSafeTimedSerializer, salt="login"), "7"),
        peers.ItsDangerous(OLD, "login", salt="login", max_age=WEEK),
    ),
    "itsdangerous, without JSON": (
        partial(of_itsdangerous, TimestampSigner, "7"),
        peers.ItsDangerous(OLD, "login", made_by="TimestampSigner", max_age=WEEK),
    ),
    "itsdangerous, an object": (
        partial(
            of_itsdangerous,
            partial(
                URLSafeTimedSerializer,
                signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
            ),
            {"who": {"id": "7"}, "theme": "dark"},
        ),
        peers.ItsDangerous(
            OLD, "login", digest="sha256", derivation="hmac", max_age=WEEK, principal="who.id"
        ),
    ),
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


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"sub": "7", "aud": ["fastapi-users:reset"]}, "wrong-audience"),
        ({"sub": "7", "aud": "fastapi-users:verify"}, "wrong-audience"),
        ({"sub": "7"}, "wrong-audience"),
        ({"aud": ["fastapi-users:auth"]}, "missing-claim"),
    ],
)
def test_a_token_of_fastapi_users_that_is_for_something_else_is_no_session(
    claims: dict[str, Any], code: str
) -> None:
    browser = Browser(
        Sessions(ClientSide(IronSeal(SECRET)), accepts={"old": peers.FastApiUsers(OLD)})
    )
    browser.cookies = {"fastapiusersauth": generate_jwt(claims, OLD, WEEK)}
    assert browser.visit(lambda session: (session.user, session.rejected)) == (None, code)


@pytest.mark.parametrize("value", [None, True, 1.5, [], "", 2**53 + 1])
def test_what_can_be_nobody_signs_nobody_in(value: Any) -> None:
    peer = peers.ItsDangerous(OLD, "login", max_age=WEEK)
    browser = Browser(Sessions(ClientSide(IronSeal(SECRET)), accepts={"old": peer}))
    browser.cookies = {"login": str(URLSafeTimedSerializer(OLD).dumps(value))}
    assert browser.visit(lambda session: (session.user, session.rejected)) == (None, "malformed")


@pytest.mark.parametrize(
    "peer", [peers.ItsDangerous(OLD, "login", max_age=WEEK), peers.FastApiUsers(OLD)]
)
def test_what_is_only_read_is_no_home(peer: Peer) -> None:
    with pytest.raises(Misuse, match="read and not written"):
        Browser(Sessions(peer)).visit(lambda session: session.login("7"))


def test_what_itsdangerous_signs_in_another_way_is_said_at_once() -> None:
    made_by: Any = "Signer"
    with pytest.raises(Misuse, match="URLSafeTimedSerializer or TimestampSigner, not 'Signer'"):
        peers.ItsDangerous(OLD, "login", made_by=made_by, max_age=WEEK)
