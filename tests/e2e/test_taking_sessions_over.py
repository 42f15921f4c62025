"""Nobody signs in again: sessions of Flask-Session, starsessions and Django go on here."""

import asyncio
import json
import os
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from flask import Flask, session
from flask_session import Session as FlaskSession
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starsessions import SessionAutoloadMiddleware, SessionMiddleware
from starsessions.stores.redis import RedisStore as StarsessionsStore

import redis as redis_py
from dojang import Cookie, MemoryStore, Sessions, blocking, clock, peers
from dojang.adapters.flask import Dojang
from dojang.session.handle import handle_of
from dojang.session.record import Record
from dojang.stores.redis import RedisStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.server_side import ServerSide
from dojang.wire.migration import django as django_row
from tests.browser import Browser, look, put
from tests.cli import kit
from tests.conftest import SECRET
from tests.e2e.django_sessions import SECRET as DJANGO_SECRET
from tests.postgres import Server
from tests.redis import RedisCluster, RedisServer

HOUR = 3_600_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "new.db")
    yield store
    store.close()


def copied(source: str, cwd: Path, *options: str, **variables: str) -> kit.Done:
    command = ("sessions", "copy", "--from", source, "--to", f"sqlite:///{cwd}/new.db", *options)
    return kit.dojang(*command, cwd=cwd, **variables)


def known(store: SqliteStore, id: str) -> Record:
    found = blocking.run(store.find(handle_of(id)))
    assert found is not None
    return found


def flask(port: int, **config: Any) -> Flask:
    app = Flask("theirs")
    client = redis_py.Redis(port=port)
    app.config.update(SESSION_TYPE="redis", SESSION_REDIS=client, **config)
    FlaskSession(app)
    return with_views(app)


def with_views(app: Flask) -> Flask:
    @app.post("/")
    def write() -> str:
        session.update({"_user_id": "7", "cart": [{"sku": "책", "qty": 2}], "price": 1.5})
        return ""

    @app.get("/")
    def read() -> dict[str, Any]:
        return {"permanent": session.permanent, **session}

    return app


@pytest.mark.parametrize("format", ["msgpack", "json"])
def test_a_visitor_of_flask_session_goes_on_with_the_cookie_they_have(
    format: str, redis: RedisServer, store: SqliteStore, tmp_path: Path
) -> None:
    redis.ask("FLUSHALL")
    theirs = flask(redis.port, SESSION_SERIALIZATION_FORMAT=format).test_client()
    theirs.post("/")
    cookie = theirs.get_cookie("session")
    assert cookie is not None
    done = copied(f"flask-session+{redis.url}", tmp_path)
    assert done == kit.Done(0, "1 copied, 0 were there already\n", "")
    record = known(store, cookie.value)
    assert (record.user, record.remember) == ("7", True)
    assert record.expires is not None
    assert abs(record.expires - clock.now() - 31 * 24 * HOUR) < 60_000
    assert [one.handle for one in blocking.run(store.list("7", now=clock.now()))] == [record.handle]

    app = with_views(Flask("ours"))
    sessions = Sessions(
        ServerSide(store, unsigned=True),
        secret=SECRET,
        cookie=Cookie(name="session", secure=False),
        principal="_user_id",
    )
    Dojang(app, sessions)
    ours = app.test_client()
    ours.set_cookie("session", cookie.value)
    seen = {"permanent": True, "cart": [{"sku": "책", "qty": 2}], "price": 1.5, "_user_id": "7"}
    assert ours.get("/").json == seen
    ours.set_cookie("session", "A" * 43)
    assert ours.get("/").json == {"permanent": False}


def test_a_pickle_is_left_behind_with_a_reason_and_the_others_come(
    redis: RedisServer, store: SqliteStore, tmp_path: Path
) -> None:
    redis.ask("FLUSHALL")
    there = {
        "old": pickle.dumps({"a": 1}),
        "new": msgspec.msgpack.encode({"a": 1}),
        "when": msgspec.msgpack.encode({"at": msgspec.Raw(b"\xd6\xff\0\0\0\0")}),
        "big": msgspec.msgpack.encode({"id": 2**53 + 1}),
        "\x1b": b"",
    }

    with redis_py.Redis(port=redis.port) as keys:
        for id, value in there.items():
            keys.set(f"session:{id}", value)
        keys.sadd("session:index", "new")
    done = copied(f"flask-session+{redis.url}", tmp_path, "--json")
    assert json.loads(done.out) == {"copied": 1, "there_already": 0, "left_behind": 4}
    assert done.code == 1
    why = "pickled, and loading a pickle runs whatever is in it; "
    assert f"left behind: {handle_of('old')}: {why}" in done.err
    assert "that JSON does not have" in done.err
    assert "id is 9007199254740993" in done.err
    assert known(store, "new").expires is None


def starsessions(client: Redis, **options: Any) -> Starlette:
    async def write(request: Request) -> JSONResponse:
        request.session.update({"user": {"id": 7}, "name": "김"})
        return JSONResponse({})

    app = Starlette(routes=[Route("/", write, methods=["POST"])])
    app.add_middleware(SessionAutoloadMiddleware)
    app.add_middleware(SessionMiddleware, store=StarsessionsStore(connection=client), **options)
    return app


@pytest.mark.parametrize("lifetime", [0, 3600])
def test_a_visitor_of_starsessions_goes_on_with_the_cookie_they_have(
    lifetime: int, redis: RedisServer, store: SqliteStore, tmp_path: Path
) -> None:
    redis.ask("FLUSHALL")

    async def visit() -> str:
        async with Redis(port=redis.port) as keys:
            transport = httpx2.ASGITransport(starsessions(keys, lifetime=lifetime))
            async with httpx2.AsyncClient(transport=transport, base_url="https://app") as client:
                await client.post("/")
                id: str = client.cookies["session"]
        return id

    id = asyncio.run(visit())
    done = copied(f"starsessions+{redis.url}", tmp_path, "--principal", "user.id")
    assert done == kit.Done(0, "1 copied, 0 were there already\n", "")
    record = known(store, id)
    assert (record.user, record.remember) == (7, lifetime > 0)
    assert record.expires is not None
    life = lifetime * 1000 or 30 * 24 * HOUR
    assert abs(record.expires - record.created - life) < 10_000

    sessions = Sessions(
        ServerSide(store, unsigned=True),
        secret=SECRET,
        cookie=Cookie(name="session"),
        principal="user.id",
    )
    browser = Browser(sessions)
    browser.cookies["session"] = id
    assert browser.visit(look) == {"user": {"id": 7}, "name": "김"}
    browser.visit(put(theme="dark"))
    assert browser.cookie.startswith(f"s%3A{id}.")
    assert browser.visit(look)["theme"] == "dark"


@pytest.fixture(params=["sqlite", "postgres"])
def django(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, dict[str, str]]:
    """The URL of a database in which Django keeps sessions, and their keys."""
    if request.param == "sqlite":
        where = ["sqlite3", str(tmp_path / "django.db"), ""]
        url = f"django+sqlite:///{tmp_path}/django.db"
    else:
        server: Server = request.getfixturevalue("postgres")
        server.ask("DROP TABLE IF EXISTS django_session, django_migrations")
        where = ["postgresql", "postgres", server.url.rpartition(":")[2].partition("/")[0]]
        url = f"django+{server.url}"
    command = [sys.executable, "-m", "tests.e2e.django_sessions", *where]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return url, json.loads(done.stdout)


def test_the_sessions_of_django_go_on_with_the_keys_they_have(
    django: tuple[str, dict[str, str]], store: SqliteStore, tmp_path: Path
) -> None:
    url, keys = django
    done = copied(url, tmp_path, "--json", DJANGO_SECRET_KEY=f"newer\n{DJANGO_SECRET}")
    assert json.loads(done.out) == {"copied": 4, "there_already": 0, "left_behind": 1}
    record = known(store, keys["signed in"])
    assert (record.user, record.remember) == ("7", True)
    assert record.expires is not None
    assert abs(record.expires - clock.now() - HOUR) < 60_000
    assert len(json.loads(known(store, keys["large"]).data)["cart"]) == 200
    assert known(store, keys["until the browser is closed"]).remember is False
    assert known(store, keys["as it comes"]).user is None
    assert blocking.run(store.find(handle_of(keys["over"]))) is None
    sessions = Sessions(
        ServerSide(store, unsigned=True),
        secret=SECRET,
        cookie=Cookie(name="sessionid"),
        principal="_auth_user_id",
    )
    browser = Browser(sessions)
    browser.cookies["sessionid"] = keys["signed in"]
    assert browser.visit(lambda session: session.user) == "7"


def test_a_session_of_django_is_looked_up_with_the_key_somebody_has(
    django: tuple[str, dict[str, str]],
) -> None:
    url, keys = django
    peer = peers.Stored(url, "sessionid", secrets=["newer", DJANGO_SECRET])
    home = ServerSide(MemoryStore())
    browser = Browser(Sessions(home, secret=SECRET, accepts={"django": peer}))
    for name, found in (
        ("signed in", ("7", None)),
        ("as it comes", (None, None)),
        ("over", (None, "unknown")),
    ):
        browser.cookies = {"sessionid": keys[name]}
        assert browser.visit(lambda session: (session.user, session.rejected)) == found
    assert browser.sessions.circulation.seen["django"].count == 2
    other = peers.Stored(url, "sessionid", secrets="another")
    browser = Browser(Sessions(home, secret=SECRET, accepts={"django": other}))
    browser.cookies = {"sessionid": keys["signed in"]}
    assert browser.visit(lambda session: session.rejected) == "malformed"


def test_sessions_of_django_that_another_secret_signed_are_left_behind(
    django: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    done = copied(django[0], tmp_path, "--json", DJANGO_SECRET_KEY="another")
    assert json.loads(done.out)["left_behind"] == 5
    assert done.code == 1
    assert done.err.count(": no secret made this signature\n") == 5


def test_rows_of_django_without_text_are_left_behind_by_name(
    store: SqliteStore, tmp_path: Path
) -> None:
    ends = "2100-01-01 00:00:00"
    rows = [("good", good_row(), ends), ("null", None, ends), ("blob", b"\xff\xfe", ends),
            ("text", "zzz", ends), (b"\xff", "z", ends), ("endless", good_row(), None)]  # fmt: skip
    with closing(sqlite3.connect(tmp_path / "django.db")) as db, db:
        db.execute("CREATE TABLE django_session (session_key, session_data, expire_date)")
        db.executemany("INSERT INTO django_session VALUES (?, ?, ?)", rows)
    url = f"django+sqlite:///{tmp_path}/django.db"
    done = copied(url, tmp_path, DJANGO_SECRET_KEY=DJANGO_SECRET)
    assert (done.code, done.out) == (1, "1 copied, 0 were there already, 3 left behind\n")
    assert known(store, "good").data == '{"n":1}'
    for id in ("null", "blob"):
        assert f"left behind: {handle_of(id)}: the session_data of the row" in done.err


def good_row() -> str:
    return django_row.write({"n": 1}, secrets=[DJANGO_SECRET], now=clock.now())


def test_an_interrupted_copy_of_a_cluster_goes_on_where_it_was(
    cluster: RedisCluster, tmp_path: Path
) -> None:
    cluster.empty()

    async def fill() -> None:
        filled = RedisStore(cluster.url)
        value = msgspec.msgpack.encode({"a": 1})
        keys = [f"session:{n:05}".encode() for n in range(1_500)]
        await filled._driver.each([("SET", key, value) for key in keys])

    asyncio.run(fill())
    cursor = tmp_path / "cursor"
    source = f"flask-session+{cluster.url}"
    target = f"sqlite:///{tmp_path}/new.db"
    cursor.write_text(json.dumps({"from": source, "to": target, "after": "1 0 -"}))
    done = copied(source, tmp_path, "--cursor-file", str(cursor), "--json")
    behind_the_first = json.loads(done.out)["copied"]
    assert 700 < behind_the_first < 1_300
    assert not cursor.exists()
    again = json.loads(copied(source, tmp_path, "--json").out)
    assert again["copied"] + behind_the_first == 1_500


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("flask-session+postgresql://me:hunter2@h/d", "write it as flask-session+redis://host"),
        ("django+redis://me:hunter2@h", "write it as django+postgresql://"),
        ("flask-session+redis://h?layout=native", "layout is for sessions of dojang"),
        ("flask-session+redis://h?prefx=a", "has no option 'prefx'"),
        ("django+sqlite:///db", "set DJANGO_SECRET_KEY"),
        ("starsessions+redis://me:hunter2@h/x", "cannot be read"),
        ("starsessions+redis://me:hunter2@127.0.0.1:1", "does not answer"),
        ("flask+redis://h", "'flask+redis' names no place"),
    ],
)
def test_what_cannot_be_copied_from_is_said_in_one_line_without_a_password(
    url: str, complaint: str, tmp_path: Path
) -> None:
    done = copied(url, tmp_path)
    assert (done.code, done.out) == (2, "")
    assert complaint in done.err
    assert done.err.count("\n") == 1
    assert "hunter2" not in done.err


def test_an_unsigned_id_is_refused_unless_that_was_asked_for(store: SqliteStore) -> None:
    record = Record(handle=handle_of("x" * 43), created=clock.now(), expires=None)
    blocking.run(store.insert(record, now=clock.now()))
    browser = Browser(Sessions(ServerSide(store), secret=SECRET))
    browser.cookies[browser.sessions.cookie.name] = "x" * 43
    assert browser.visit(lambda session: session.rejected) == "malformed"
