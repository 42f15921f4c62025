"""Behaviours of express-session behind every adapter; see explanation/express-behaviours."""

from typing import Any

import pytest

from dojang import blocking
from dojang.adapters.asgi import SessionMiddleware
from dojang.session.lifetime import Lifetime
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.cookies import Cookie
from tests.adapters.asking import Client, over_asgi
from tests.adapters.homes import made
from tests.adapters.served import Say, inner
from tests.adapters.stage import Stage, in_thread

HOUR = 3600


class Counted(MemoryStore):
    """A memory store that counts what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    async def insert(self, record: Any, **options: Any) -> None:
        self.writes.append("insert")
        await super().insert(record, **options)

    async def replace(self, before: Any, after: Any, **options: Any) -> None:
        self.writes.append("replace")
        await super().replace(before, after, **options)

    async def touch(self, record: Any, **options: Any) -> bool:
        self.writes.append("touch")
        return await super().touch(record, **options)

    async def remove(self, handle: str) -> bool:
        self.writes.append("remove")
        return await super().remove(handle)


@pytest.fixture
def store() -> Counted:
    return Counted()


@pytest.fixture
def client(stage: Stage, store: Counted, clock: Clock) -> Client:
    return stage.open(made(ServerSide(store), clock), **WORKS)


def show(session: Any) -> Say:
    return Say(str(dict(session.items())))


def save_twice(session: Any) -> Say:
    session["n"] = session.get("n", 0) + 1
    for _ in range(2):
        in_thread(lambda: blocking.run(inner(session).save()))
    return Say()


def change_and_back(session: Any) -> Say:
    before = session["n"]
    session["n"] = before + 1
    session["n"] = before
    return Say()


def unsaved(session: Any) -> Say:
    session["n"] = "unsaved"
    in_thread(lambda: blocking.run(inner(session).reload()))
    return Say(f"{inner(session).user} {dict(session.items())} {inner(session).rejected}")


WORKS = {
    "show": show,
    "save-twice": save_twice,
    "change-and-back": change_and_back,
    "unsaved": unsaved,
}


def test_saving_twice_writes_once_and_the_end_of_the_request_writes_no_more(
    client: Client, store: Counted
) -> None:
    client.get("/save-twice")
    assert store.writes == ["insert"]
    client.get("/save-twice")
    assert store.writes == ["insert", "replace"]


def test_a_change_that_was_undone_is_not_written(client: Client, store: Counted) -> None:
    client.get("/put")
    assert client.get("/change-and-back").cookies == []
    assert store.writes == ["insert"]


def test_a_reload_of_a_session_that_is_gone_finds_nobody_and_nothing(
    stage: Stage, store: Counted, clock: Clock
) -> None:
    sessions = made(ServerSide(store), clock)

    def slow(session: Any) -> Say:
        handle = inner(session).handle or ""
        in_thread(lambda: blocking.run(sessions.end(handle)))
        return unsaved(session)

    client = stage.open(sessions, slow=slow)
    client.get("/login")
    assert client.get("/slow").text == "None {} unknown"
    assert len(store) == 0


def test_two_visitors_have_two_sessions(client: Client, store: Counted) -> None:
    other = Client(client.ask)
    client.get("/put")
    other.get("/put")
    assert len(store) == 2
    assert client.cookies != other.cookies


@pytest.mark.parametrize("why", ["unknown", "bad-signature", "malformed", "expired"])
def test_what_follows_a_session_that_is_no_good_is_another_under_another_id(
    client: Client, store: Counted, clock: Clock, why: str
) -> None:
    client.get("/login")
    (old,) = client.cookies.values()
    name = next(iter(client.cookies))
    match why:
        case "unknown":
            blocking.run(store.remove_all("ada", now=clock()))
        case "bad-signature":
            client.cookies[name] = f"{old[:30]}{'A' if old[30] != 'A' else 'B'}{old[31:]}"
        case "malformed":
            client.cookies[name] = old.removeprefix("s%3A").partition(".")[0]
        case _:
            clock.tick(30 * 24 * HOUR)
    came = client.cookies[name]
    assert client.twin().get("/why").text == why
    client.get("/put")
    assert client.cookies[name] not in {came, old}
    assert client.get("/show").text == "{'n': 1}"


def test_with_rolling_every_answer_sets_the_cookie_again(
    stage: Stage, store: Counted, clock: Clock
) -> None:
    rolling = Lifetime(idle=HOUR, absolute=None, renew=0)
    client = stage.open(made(ServerSide(store), clock, lifetime=rolling))
    client.get("/put")
    for path in ("/peek", "/plain"):
        clock.tick(60)
        (line,) = client.get(path).cookies
        assert f"Max-Age={HOUR}" in line
    assert store.writes == ["insert", "touch", "touch"]


@pytest.mark.parametrize(
    "say",
    [
        Say(""),
        Say("", headers={"Content-Length": "0"}),
        Say("x" * 100_000),
        Say(pieces=lambda: iter(["hello, ", "world"])),
        Say(pieces=lambda: iter([])),
    ],
    ids=["empty", "empty with a length", "long", "several writes", "no write"],
)
def test_whatever_the_answer_is_like_its_session_is_saved(
    stage: Stage, store: Counted, clock: Clock, say: Say
) -> None:
    def answer(session: Any) -> Say:
        session["n"] = 1
        return say

    client = stage.open(made(ServerSide(store), clock), answer=answer)
    reply = client.get("/answer")
    assert (reply.status, len(reply.cookies)) == (200, 1)
    assert reply.text == "".join(say.pieces() if say.pieces else [say.text])
    assert client.get("/peek").text == "None ['n']"


def test_cookies_of_others_are_left_alone(stage: Stage, store: Counted, clock: Clock) -> None:
    def answer(session: Any) -> Say:
        session["n"] = 1
        return Say(headers={"Set-Cookie": "theme=dark; Path=/"})

    client = stage.open(made(ServerSide(store), clock), answer=answer)
    client.get("/answer")
    assert sorted(client.cookies) == ["__Host-session", "theme"]
    assert client.get("/peek").text == "None ['n']"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_cookie_is_secure_whatever_a_header_says(client: Client, scheme: str) -> None:
    (line,) = client.get("/put", ("x-forwarded-proto", scheme)).cookies
    assert "Secure" in line.split("; ")


def test_a_store_that_fails_when_a_session_is_ended_or_renewed_is_503(
    stage: Stage, clock: Clock
) -> None:
    from dojang.errors import Unavailable

    class Failing(Counted):
        down = False

        async def touch(self, record: Any, **options: Any) -> bool:
            if self.down:
                raise Unavailable("down", retry_after=7)
            return await super().touch(record, **options)

        async def remove(self, handle: str) -> bool:
            if self.down:
                raise Unavailable("down", retry_after=7)
            return await super().remove(handle)

    failing = Failing()
    client = stage.open(made(ServerSide(failing), clock))
    client.get("/login")
    clock.tick(6 * 24 * HOUR)
    failing.down = True
    for path in ("/logout", "/peek"):
        reply = client.get(path)
        assert (reply.status, reply.cookies) == (503, [])
    failing.down = False
    assert client.get("/peek").text == "ada []"


# -- of the protocol itself ------------------------------------------------------------------------


def test_the_session_is_stored_before_the_headers_leave(store: Counted, clock: Clock) -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        scope["session"]["n"] = 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    middleware = SessionMiddleware(app, made(ServerSide(store), clock))

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            seen.append((message["type"], list(store.writes)))
            await send(message)

        await middleware(scope, receive, sent)

    Client(over_asgi(watched)).get("/")
    assert seen == [("http.response.start", ["insert"]), ("http.response.body", ["insert"])]


def test_who_else_reads_the_cookies_takes_nothing_away(store: Counted, clock: Clock) -> None:
    """As cookie-parser before express-session: here `http.cookies` and Starlette, in and out."""
    from http.cookies import SimpleCookie

    from starlette.requests import Request
    from starlette.responses import PlainTextResponse

    async def app(scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        assert len(request.cookies) == len(SimpleCookie(request.headers.get("cookie", "")))
        request.session["n"] = request.session.get("n", 0) + 1
        await PlainTextResponse(str(request.session["n"]))(scope, receive, send)

    middleware = SessionMiddleware(app, made(ServerSide(store), clock))

    async def parser(scope: Any, receive: Any, send: Any) -> None:
        scope["cookies"] = dict(Request(scope, receive).cookies)
        await middleware(scope, receive, send)

    client = Client(over_asgi(parser))
    assert [client.get("/").text for _ in range(3)] == ["1", "2", "3"]


def test_a_secure_cookie_is_set_over_plain_http_and_one_for_development_is_not_secure(
    store: Counted, clock: Clock
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        scope["session"]["n"] = 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def plainly(cookie: Cookie) -> str:
        middleware = SessionMiddleware(app, made(ServerSide(store), clock, cookie=cookie))

        async def over_http(scope: Any, receive: Any, send: Any) -> None:
            await middleware({**scope, "scheme": "http"}, receive, send)

        (line,) = Client(over_asgi(over_http)).get("/").cookies
        return line

    assert "; Secure" in plainly(Cookie())
    assert "; Secure" not in plainly(Cookie.for_local_development())


def test_partitioned_priority_and_same_site_are_written_as_given() -> None:
    line = Cookie(same_site="none", partitioned=True, priority="high").set("v")
    assert {"SameSite=None", "Partitioned", "Priority=High", "Secure"} <= set(line.split("; "))
    assert not {"Partitioned", "Priority"} & {
        part.split("=")[0] for part in Cookie().set("v").split("; ")
    }
