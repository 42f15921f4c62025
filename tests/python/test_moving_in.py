"""Who was signed in under Flask, Starlette or Django stays signed in under dojang."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from types import CodeType
from typing import Any
from uuid import UUID

import flask
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.contrib.sessions.backends import signed_cookies
from fastapi_users.authentication import JWTStrategy, RedisStrategy
from fastapi_users.authentication.strategy.db import AccessTokenDatabase, DatabaseStrategy
from fastapi_users.jwt import generate_jwt
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, login_user
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang import ClientSide, IronSeal, MemoryStore, ServerSide, Sessions, peers
from dojang.adapters.flask import Dojang
from dojang.clock import now
from dojang.errors import Misuse
from dojang.peers.peer import Peer
from tests.adapters import django_project
from tests.browser import Browser, look
from tests.conftest import SECRET
from tests.redis import RedisServer
from tests.test_docs import ROOT, blocks

django_project.prepare()

MOVING_FROM_FASTAPI_USERS = ROOT / "docs/howto/move-from/fastapi-users.md"

OLD = "the secret of the framework that was there before"


class Ada(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    id = "7"


class Someone:
    id = UUID(int=7)


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


def flask_session(**members: Any) -> str:
    """Return a cookie of Flask's own."""
    app = flask.Flask(__name__)
    app.secret_key = OLD
    signer: Any = SecureCookieSessionInterface().get_signing_serializer(app)
    return str(signer.dumps(members))


def django_session(expiry: int | None) -> str:
    """Return a cookie of Django's signed_cookies, of a session whose end was set."""
    store = signed_cookies.SessionStore()
    store["theme"] = "dark"
    store.set_expiry(expiry)
    store.save()
    return str(store.session_key)


@pytest.mark.parametrize(
    ("peer", "text", "lasts"),
    [
        (peers.Flask(OLD), flask_session(theme="dark"), False),
        (peers.Flask(OLD), flask_session(theme="dark", _permanent=True), True),
        (peers.Starlette(OLD, max_age=None), of_starlette()[0], False),
        (peers.Starlette(OLD), of_starlette()[0], True),
        (peers.Django(django_project.SECRET_KEY), django_session(0), False),
        (peers.Django(django_project.SECRET_KEY), django_session(None), True),
    ],
    ids=["flask", "flask-permanent", "starlette", "starlette-fortnight", "django", "django-fixed"],
)
def test_a_cookie_that_ends_with_the_browser_still_does(peer: Peer, text: str, lasts: bool) -> None:
    browser = Browser(Sessions(ServerSide(MemoryStore()), secret=SECRET, accepts={"old": peer}))
    browser.cookies = {peer.cookie.name: text}
    assert browser.visit(look)["theme"] == "dark"
    (ours,) = [line for line in browser.sent if line.startswith("__Host-session=")]
    assert ("Max-Age" in ours) == lasts


def test_an_application_that_stays_with_flask_keeps_its_values() -> None:
    there: dict[str, Any] = {"pair": (1, b"2"), "when": datetime(2026, 1, 1, tzinfo=UTC)}
    app = flask.Flask(__name__)
    app.config.update(SECRET_KEY=SECRET, DOJANG_ACCEPTS={"flask": peers.Flask(OLD, tags=True)})
    Dojang(app)

    @app.get("/")
    def seen() -> dict[str, bool]:
        return {"alike": dict(flask.session) == there}

    client = app.test_client()
    client.set_cookie("session", flask_session(**there))
    assert client.get("/").json == {"alike": True}


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


@dataclass
class Token:
    token: str
    user_id: UUID
    created_at: datetime


class Tokens(AccessTokenDatabase[Any]):
    """A table of tokens, as fastapi-users asks for one."""

    def __init__(self) -> None:
        self.rows: list[Token] = []

    async def get_by_token(self, token: str, max_age: datetime | None = None) -> Token | None:
        found = (row for row in self.rows if row.token == token)
        return next((row for row in found if not max_age or row.created_at >= max_age), None)

    async def create(self, create_dict: dict[str, Any]) -> Token:
        self.rows.append(Token(**create_dict, created_at=datetime.now(UTC)))
        return self.rows[-1]

    async def update(self, access_token: Token, update_dict: dict[str, Any]) -> Token:
        raise NotImplementedError

    async def delete(self, access_token: Token) -> None:
        raise NotImplementedError


def owners_on_the_page() -> list[CodeType]:
    """Return the functions that docs/howto/move-from/fastapi-users.md looks tokens up with."""
    (block,) = [each for each in blocks(MOVING_FROM_FASTAPI_USERS, "python") if "owner_of" in each]
    pieces = ("async def" + each for each in block.split("async def")[1:])
    return [compile(each, "page", "exec") for each in pieces]


def test_tokens_that_fastapi_users_has_stored_are_looked_up(redis: RedisServer) -> None:
    of_redis, of_database = owners_on_the_page()
    tokens = Tokens()

    async def visit(keys: Redis, strategy: Any, code: CodeType) -> Any:
        names: dict[str, Any] = {"redis": keys, "tokens": tokens, "LIFETIME": WEEK}
        names |= {"UTC": UTC, "datetime": datetime, "timedelta": timedelta}
        exec(code, names)
        peer = peers.OpaqueToken(names["owner_of"], "fastapiusersauth")
        sessions = Sessions(ServerSide(MemoryStore()), secret=SECRET, accepts={"old": peer})
        text = await strategy.write_token(Someone())
        known = await sessions.open(f"fastapiusersauth={text}")
        unknown = await sessions.open(f"fastapiusersauth={'A' * 43}")
        return known.session.user, unknown.session.user

    async def both() -> None:
        async with Redis(port=redis.port) as keys:
            strategy: Any = RedisStrategy(keys, lifetime_seconds=WEEK)
            assert await visit(keys, strategy, of_redis) == (str(Someone.id), None)
            strategy = DatabaseStrategy(tokens, lifetime_seconds=WEEK)
            assert await visit(keys, strategy, of_database) == (str(Someone.id), None)

    asyncio.run(both())


def test_a_token_of_fastapi_users_is_read_with_the_public_half_of_its_key() -> None:
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    strategy: Any = JWTStrategy(private, WEEK, algorithm="RS256", public_key=public.decode())
    peer = peers.FastApiUsers(public, algorithm="RS256")
    browser = Browser(Sessions(ClientSide(IronSeal(SECRET)), accepts={"old": peer}))
    browser.cookies = {"fastapiusersauth": asyncio.run(strategy.write_token(Ada()))}
    assert browser.visit(lambda session: session.user) == "7"
    browser.cookies = {"fastapiusersauth": of_fastapi_users()[0]}
    assert browser.visit(lambda session: session.rejected) == "wrong-algorithm"


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
