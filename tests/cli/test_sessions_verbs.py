import asyncio
import json
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from dojang import blocking, clock
from dojang.errors import Rejected
from dojang.session.record import Device, Login, Record
from dojang.sessions import Sessions
from dojang.stores import urls
from dojang.stores.whole import WholeStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.tokens import Pair, Tokens
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser
from tests.conftest import SECRET
from tests.redis import RedisServer

from . import kit
from .kit import Done

HOUR = 3_600_000


def of(handle: str, user: str | int | None, age: int = 0, agent: str = "Firefox") -> Record:
    now = clock.now() // 1000 * 1000
    return Record(
        handle=handle,
        data='{"theme":"dark"}',
        user=user,
        created=now - age,
        expires=now + HOUR,
        login=None if user is None else Login(now - age, ("pwd",)),
        seen=now,
        device=Device("203.0.113.9", agent),
    )


def run(*arguments: str, cwd: Path, **variables: str) -> Done:
    """Run a command; that the tests' server does not wait for its disk is no news here."""
    done = kit.dojang(*arguments, cwd=cwd, **variables)
    said = [line for line in done.err.splitlines(keepends=True) if "has fsync=off" not in line]
    return Done(done.code, done.out, "".join(said))


@pytest.fixture(params=["sqlite", "postgres", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/sessions.db"
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis")
        server.ask("FLUSHALL")
        return server.url
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def store(url: str) -> Iterator[WholeStore]:
    store = urls.open_store(url)
    for record in (
        of("ada-1", "ada", 2_000),
        of("ada-2", "ada", 1_000),
        of("eve", 7),
        of("x", None),
    ):
        blocking.run(store.insert(record, now=clock.now()))
    yield store
    store.close()


def fill(url: str, count: int) -> None:
    """Store sessions, all at once, which is one commit."""
    store = urls.open_store(url)

    async def insert() -> None:
        records = [of(f"h{n:04}", None) for n in range(count)]
        await asyncio.gather(*(store.insert(record, now=clock.now()) for record in records))

    asyncio.run(insert())
    store.close()


def objects(done: Done) -> list[dict[str, object]]:
    assert (done.code, done.err) == (0, "")
    return [json.loads(line) for line in done.out.splitlines()]


def test_sessions_are_listed_counted_shown_and_ended(
    url: str, store: WholeStore, tmp_path: Path
) -> None:
    store.close()

    def dojang(*arguments: str) -> Done:
        return run("sessions", *arguments, cwd=tmp_path, DOJANG_SESSIONS=url)

    assert {line["handle"] for line in objects(dojang("list", "--json"))} == {
        "ada-1", "ada-2", "eve", "x",
    }  # fmt: skip
    table = dojang("list", "--user", "ada").out
    assert table.index("ada-2") < table.index("ada-1")
    assert "203.0.113.9" in table
    assert "eve" not in table
    assert dojang("count") == Done(0, "4\n", "")
    (shown,) = objects(dojang("show", "eve", "--json"))
    assert (shown["user"], shown["data"]) == (7, {"theme": "dark"})
    assert 'data      {"theme":"dark"}' in dojang("show", "eve").out
    assert dojang("end", "eve") == Done(0, "ended\n", "")
    assert dojang("end", "eve") == Done(2, "", "dojang: there is no such session\n")
    for handle in ("eve", "-abc", "-h_", "--x"):  # one in 64 begins with a hyphen
        assert dojang("show", handle) == Done(2, "", "dojang: there is no such session\n")
    assert dojang("end-user", "ada", "--but", "ada-1") == Done(0, "1 ended\n", "")
    assert objects(dojang("end-user", "ada", "--json")) == [{"ended": 1}]
    assert objects(dojang("count", "--json")) == [{"live": 1}]


def test_a_long_list_goes_on_where_it_ended(store: WholeStore, url: str, tmp_path: Path) -> None:
    del store
    met: set[object] = set()
    more = ["--after", ""]
    while more:
        done = run(
            "sessions", "list", "--store", url, "--limit", "1", "--json", *more, cwd=tmp_path
        )
        met |= {json.loads(line)["handle"] for line in done.out.splitlines()}
        # As somebody pastes it into a shell.
        more = shlex.split(done.err.removeprefix("there are more: "))
    assert met == {"ada-1", "ada-2", "eve", "x"}


def test_what_has_expired_is_swept(url: str, store: WholeStore, tmp_path: Path) -> None:
    now = clock.now()
    for n in range(25):
        over = Record(handle=f"over{n}", created=now, expires=now - 1)
        blocking.run(store.insert(over, now=now))
    done = run("sessions", "sweep", "--store", url, "--batch", "10", cwd=tmp_path)
    assert done == Done(0, "25 deleted\n", "")


def test_sessions_are_copied_to_another_store_and_back(
    url: str, store: WholeStore, tmp_path: Path
) -> None:
    other = f"sqlite:///{tmp_path}/other.db"
    first = run("sessions", "copy", "--from", url, "--to", other, cwd=tmp_path)
    assert first == Done(0, "4 copied, 0 were there already\n", "")
    target = urls.open_store(other)
    assert blocking.run(target.find("eve")) == blocking.run(store.find("eve"))
    target.close()
    back = run("sessions", "copy", "--from", other, "--to", url, "--json", cwd=tmp_path)
    assert objects(back) == [{"copied": 0, "there_already": 4, "left_behind": 0}]


def test_a_copy_that_was_interrupted_goes_on_from_its_cursor_file(tmp_path: Path) -> None:
    old, new = (f"sqlite:///{tmp_path}/{name}.db" for name in ("old", "new"))
    fill(old, 1_200)
    cursor = tmp_path / "cursor"
    cursor.write_text("h0999\n")
    command = ("sessions", "copy", "--from", old, "--to", new, "--cursor-file", str(cursor))
    assert run(*command, cwd=tmp_path) == Done(0, "200 copied, 0 were there already\n", "")
    assert not cursor.exists()
    # Stopped in the midst: the database it copies to takes no more.
    with closing(sqlite3.connect(tmp_path / "new.db")) as db, db:
        db.execute("CREATE TRIGGER no BEFORE INSERT ON session WHEN new.handle = 'h0700' "
                   "BEGIN SELECT json('{'); END")  # fmt: skip
    stopped = run(*command, cwd=tmp_path)
    assert stopped.code == 2
    assert cursor.read_text() == "h0499\n"
    with closing(sqlite3.connect(tmp_path / "new.db")) as db, db:
        db.execute("DROP TRIGGER no")
    assert run(*command, cwd=tmp_path).out.endswith("were there already\n")
    done = run("sessions", "count", "--store", new, cwd=tmp_path)
    assert done == Done(0, "1200\n", "")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("count", "--store", "mongodb://me:hunter2@h"), "'mongodb' names no place for sessions"),
        (("count", "--store", "sealed:"), "in their cookies"),
        (("count", "--store", "memory:"), "in the process that made them"),
        (("count", "--store", "sqlite:////nowhere/s.db"), "does not answer"),
        (("count", "--store", "postgresql://me:hunter2@127.0.0.1:1/d"), "does not answer"),
        (("list", "--store", "sqlite:///s.db", "--user", "\udcff"), "a user's id is text"),
        (("copy", "--from", "sqlite:///s.db", "--to", "sqlite:///s.db"), "the same store"),
        (
            (
                "copy", "--from", "sqlite:///s.db", "--to", "sqlite:///t.db",
                "--cursor-file", "no/where",
            ),
            "the cursor file 'no/where' is out of reach",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_line_without_a_password(
    tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    fill(f"sqlite:///{tmp_path}/s.db", 501)
    done = run("sessions", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert complaint in done.err
    assert done.err.count("\n") == 1
    assert "hunter2" not in done.err


def test_what_a_user_agent_says_does_not_reach_the_terminal(tmp_path: Path) -> None:
    """CWE-150: a header that moves the cursor, or writes the clipboard, of whoever looks."""
    url = f"sqlite:///{tmp_path}/s.db"
    store = urls.open_store(url)
    blocking.run(store.insert(of("h", "[red]ada\x9b", agent="\x1b]52;c;eA==\x07"), now=clock.now()))
    store.close()
    for verb in (("list",), ("show", "h")):
        out = run("sessions", *verb, "--store", url, cwd=tmp_path).out
        assert "[red]ada\\x9b" in out
        assert "\\x1b]52;c;eA==\\x07" in out
        assert not any(char in out for char in "\x1b\x07\x9b")


def sign_in(store: WholeStore) -> tuple[Browser, Tokens, Pair]:
    """A session on the server, and tokens of it."""
    sessions = Sessions(ServerSide(store), secret=SECRET)
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    tokens = Tokens(
        store, secret=SECRET, issuer="https://a", audience="https://a", sessions=sessions
    )
    return browser, tokens, browser.visit(lambda s: blocking.run(tokens.of_session(s)))


def verdict(tokens: Tokens, pair: Pair) -> str:
    """Say what becomes of its tokens in another process, which begins now."""
    assert tokens.sessions is not None
    strategy = tokens.sessions.strategy
    assert isinstance(strategy, ServerSide)
    sessions = Sessions(ServerSide(strategy.store), secret=SECRET)
    store = cast("WholeStore", strategy.store)
    other = Tokens(
        store, secret=SECRET, issuer="https://a", audience="https://a", sessions=sessions
    )
    said = []
    for use in (other.verify(pair.access), other.refresh(pair.refresh)):
        try:
            blocking.run(use)
        except Rejected as rejected:
            said.append(rejected.code)
        else:
            said.append("good")
    return " ".join(said)


def test_the_tokens_of_a_session_end_with_it(url: str, store: WholeStore, tmp_path: Path) -> None:
    first, second, third = (sign_in(store) for _ in range(3))
    handles = [one[0].visit(lambda session: session.handle) for one in (first, second, third)]
    assert verdict(*first[1:]) == "good good"
    environment = {"DOJANG_SESSIONS": url}
    run("sessions", "end", handles[0], cwd=tmp_path, **environment)
    assert [verdict(*one[1:]) for one in (first, second)] == ["revoked revoked", "good good"]
    run("sessions", "end-user", "ada", "--but", handles[1], cwd=tmp_path, **environment)
    assert [verdict(*one[1:]) for one in (second, third)] == ["good good", "revoked revoked"]
    run("sessions", "end-user", "ada", cwd=tmp_path, **environment)
    assert verdict(*second[1:]) == "revoked revoked"


@pytest.mark.parametrize("born_in_a_peer", [False, True])
def test_sessions_in_a_cookie_end_where_the_store_is_their_log(
    url: str, store: WholeStore, tmp_path: Path, born_in_a_peer: bool
) -> None:
    def process() -> Sessions:
        return Sessions(ClientSide(IronSeal(SECRET), revocations=store), principal="user.id")

    one, two = Browser(process()), Browser(process())
    for browser in (one, two):
        if born_in_a_peer:
            seal = IronSeal(SECRET).encode({"user": {"id": "ada"}}, expires=None, now=clock.now())
            browser.cookies = {"__Host-session": seal}
        browser.visit(lambda session: session.update(n=1))
        if not born_in_a_peer:
            browser.visit(lambda session: session.login("ada"))
    handle = one.twin().visit(lambda session: session.handle)
    assert run("sessions", "end", handle, "--store", url, cwd=tmp_path).out == "ended\n"
    for browser in (one, two):
        browser.sessions = process()
    assert [browser.twin().visit(lambda session: session.user) for browser in (one, two)] == [
        None, "ada",
    ]  # fmt: skip
    run("sessions", "end-user", "ada", "--store", url, cwd=tmp_path)
    two.sessions = process()
    assert two.visit(lambda session: session.user) is None
