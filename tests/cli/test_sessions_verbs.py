import asyncio
import json
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from dojang import blocking, clock
from dojang.cli.sessions.bookmark import Bookmark
from dojang.errors import Rejected
from dojang.session.handle import handle_of
from dojang.session.record import Device, Login, Record
from dojang.sessions import Sessions
from dojang.stores import urls
from dojang.stores.whole import WholeStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.strategies.sightings import add
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
    assert objects(dojang("end", "x", "--json")) == [{"ended": 1}]
    assert dojang("end", "eve") == Done(0, "ended\n", "")
    assert dojang("end", "eve") == Done(2, "", "dojang: there is no such session\n")
    for handle in ("eve", "-abc", "-h_", "--x", "\udcff", "김"):  # one in 64 begins with a hyphen
        for verb in ("show", "end"):
            assert dojang(verb, handle) == Done(2, "", "dojang: there is no such session\n")
    assert dojang("end-user", "ada", "--but", "ada-1") == Done(0, "1 ended\n", "")
    assert objects(dojang("end-user", "ada", "--json")) == [{"ended": 1}]
    assert objects(dojang("count", "--json")) == [{"live": 0}]


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
    cursor.write_text(json.dumps({"from": old, "to": new, "after": "h0999"}))
    command = ("sessions", "copy", "--from", old, "--to", new, "--cursor-file", str(cursor))
    assert run(*command, cwd=tmp_path) == Done(0, "200 copied, 0 were there already\n", "")
    assert not cursor.exists()
    # Stopped in the midst: the database it copies to takes no more.
    with closing(sqlite3.connect(tmp_path / "new.db")) as db, db:
        db.execute("CREATE TRIGGER no BEFORE INSERT ON session WHEN new.handle = 'h0700' "
                   "BEGIN SELECT json('{'); END")  # fmt: skip
    stopped = run(*command, cwd=tmp_path)
    assert stopped.code == 2
    assert json.loads(cursor.read_text()) == {"from": old, "to": new, "after": "h0499"}
    with closing(sqlite3.connect(tmp_path / "new.db")) as db, db:
        db.execute("DROP TRIGGER no")
    assert run(*command, cwd=tmp_path).out.endswith("were there already\n")
    done = run("sessions", "count", "--store", new, cwd=tmp_path)
    assert done == Done(0, "1200\n", "")


def test_a_cursor_file_is_of_one_copy_and_no_other(tmp_path: Path) -> None:
    one, two, new = (f"sqlite:///{tmp_path}/{name}.db" for name in ("one", "two", "new"))
    fill(one, 3)
    fill(two, 3)
    cursor = tmp_path / "cursor"
    cursor.write_text(json.dumps({"from": one, "to": new, "after": "h0001"}))
    for source, target in ((two, new), (one, two)):
        done = run("sessions", "copy", "--from", source, "--to", target,
                   "--cursor-file", str(cursor), cwd=tmp_path)  # fmt: skip
        assert (done.code, done.out) == (2, "")
        assert f"is of a copy from {one} to {new}; name another one, or delete it" in done.err
        assert done.err.count("\n") == 1
    done = run("sessions", "copy", "--from", one, "--to", new, "--cursor-file", str(cursor),
               cwd=tmp_path)  # fmt: skip
    assert done == Done(0, "1 copied, 0 were there already\n", "")


def test_a_cursor_file_holds_no_password(tmp_path: Path) -> None:
    file = tmp_path / "cursor"
    stores = {"source": "redis+sentinel://me:hunter2@h/m?sentinel_password=hunter2",
              "target": "postgresql://me:hunter2@h/d"}  # fmt: skip
    Bookmark(file, **stores).move("7 h")
    assert "hunter2" not in file.read_text()
    assert Bookmark(file, **stores).cursor == "7 h"


@pytest.mark.parametrize("junk", [b"", b"h0999\n", b"\xff\xfe", b"[1]", b'{"after":1}', b"null"])
def test_what_is_no_cursor_file_is_said_to_be_none_and_left_as_it_is(
    tmp_path: Path, junk: bytes
) -> None:
    cursor = tmp_path / "cursor"
    cursor.write_bytes(junk)
    fill(f"sqlite:///{tmp_path}/s.db", 1)
    done = run("sessions", "copy", "--from", "sqlite:///s.db", "--to", "sqlite:///t.db",
               "--cursor-file", "cursor", cwd=tmp_path)  # fmt: skip
    message = "dojang: 'cursor' is no cursor file; name one that is not there yet\n"
    assert done == Done(2, "", message)
    assert cursor.read_bytes() == junk


def test_a_session_that_cannot_be_copied_is_named_and_the_others_come(
    redis: RedisServer, tmp_path: Path
) -> None:
    old, new = (f"{redis.url}?layout=connect-redis&prefix={name}%3A" for name in ("old", "new"))
    redis.ask("FLUSHALL")
    for n in range(600):
        redis.ask("SET", f"old:{n}", f'{{"cookie":{{}},"n":{n}}}', "EX", 60)
    redis.ask("SET", "old:7", "NOT JSON hunter2", "EX", 60)
    source = f"flask-session+{redis.url}?prefix=flask%3A"
    for id, data in (("good", {"n": 1}), ("bad", {"cookie": "hunter2"})):
        redis.ask("SET", f"flask:{id}", json.dumps(data), "EX", 60)
    unreadable = "a session in Redis is not as express-session writes them"
    untaken = "the member cookie is express-session's own; choose another name"
    for where, copied, handle, why in (
        (old, 599, handle_of("7"), unreadable),
        (source, 1, handle_of("bad"), untaken),
    ):
        for line in (f"{copied} copied, 0 were", f"0 copied, {copied} were"):
            done = run("sessions", "copy", "--from", where, "--to", new, cwd=tmp_path)
            assert done == Done(
                1, f"{line} there already, 1 left behind\n", f"left behind: {handle}: {why}\n"
            )


@pytest.mark.parametrize(
    "arguments",
    [("list", "--limit", str(10**30)), ("sweep", "--batch", str(10**30)), ("list", "--limit", "0")],
)
def test_a_number_beyond_all_bounds_is_said_to_be(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    fill(f"sqlite:///{tmp_path}/s.db", 1)
    done = run("sessions", *arguments, "--store", "sqlite:///s.db", cwd=tmp_path)
    message = "dojang: write how many sessions at once, from 1 to 1,000,000\n"
    assert done == Done(2, "", message)


@pytest.mark.parametrize(
    "after", ["garbage", "1 2", "x y z", "1 x here", f"{10**30} 0 -", "\udcff"]
)
def test_a_list_goes_on_from_no_cursor_that_a_redis_never_gave(
    redis: RedisServer, tmp_path: Path, after: str
) -> None:
    done = run("sessions", "list", "--store", redis.url, "--after", after, cwd=tmp_path)
    message = "dojang: this is no cursor of a Redis; write one that a list gave, or none\n"
    assert done == Done(2, "", message)


@pytest.mark.parametrize("verb", ["list", "count", "sweep", "show h", "end h", "end-user ada"])
def test_a_path_that_was_mistyped_is_said_to_be_and_nothing_is_made(
    tmp_path: Path, verb: str
) -> None:
    done = run("sessions", *verb.split(), "--store", "sqlite:///typo.db", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert f"there is no file '{tmp_path}/typo.db'" in done.err
    assert done.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_session_of_nobody_in_the_layout_of_connect_redis_is_shown_and_ended_by_its_handle(
    redis: RedisServer, tmp_path: Path
) -> None:
    redis.ask("FLUSHALL")
    url = f"{redis.url}?layout=connect-redis"
    ours = urls.open_store(url)
    record = replace(of(handle_of("ours"), None), id="ours")
    blocking.run(ours.insert(record, now=clock.now()))
    ours.close()
    redis.ask("SET", "sess:theirs", '{"cookie":{},"n":1}', "EX", 60)
    redis.ask("SET", "sess:broken", "NOT JSON hunter2", "EX", 60)
    listed = run("sessions", "list", "--store", url, "--json", cwd=tmp_path)
    handles = [json.loads(line)["handle"] for line in listed.out.splitlines()]
    assert set(handles) == {handle_of("ours"), handle_of("theirs")}
    why = "a session in Redis is not as express-session writes them"
    assert listed.err == f"cannot be read: {handle_of('broken')}: {why}\n"
    for handle in handles:
        shown = run("sessions", "show", handle, "--store", url, "--json", cwd=tmp_path)
        assert objects(shown)[0]["handle"] == handle
    for handle in (*handles, handle_of("broken")):
        assert run("sessions", "end", handle, "--store", url, cwd=tmp_path).out == "ended\n"
        assert run("sessions", "end", handle, "--store", url, cwd=tmp_path).code == 2
    assert run("sessions", "count", "--store", url, cwd=tmp_path).out == "0\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("count", "--store", "mongodb://me:hunter2@h"), "'mongodb' names no place for sessions"),
        (("count", "--store", "sealed:"), "in their cookies"),
        (("count", "--store", "memory:"), "in the process that made them"),
        (("count", "--store", "sqlite:////nowhere/s.db"), "there is no file '/nowhere/s.db'"),
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


def test_old_cookies_that_still_come_are_counted_by_kind(
    url: str, store: WholeStore, tmp_path: Path
) -> None:
    now = clock.now()
    for kind, days in (("flask", 0), ("flask", 3), ("retired \x1b[31m", 20)):
        blocking.run(add(store, kind, 2, now=now - days * 86_400_000))
    done = run("sessions", "circulation", "--json", cwd=tmp_path, DOJANG_SESSIONS=url)
    flask, retired = objects(done)
    assert flask["days"] == {"1": 2, "7": 4, "30": 4}
    assert (retired["kind"], retired["days"]) == ("retired \x1b[31m", {"1": 0, "7": 0, "30": 2})
    shown = run("sessions", "circulation", cwd=tmp_path, DOJANG_SESSIONS=url)
    assert "\x1b" not in shown.out
    assert [line.split()[:4] for line in shown.out.splitlines() if "flask" in line] == [
        ["flask", "2", "4", "4"]
    ]


@pytest.mark.usefixtures("store")
def test_where_nothing_old_came_that_is_said(url: str, tmp_path: Path) -> None:
    fill(url, 1)
    done = run("sessions", "circulation", cwd=tmp_path, DOJANG_SESSIONS=url)
    assert done.out.startswith("No cookie of another kind")
