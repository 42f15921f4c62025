import json
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from dojang import blocking
from dojang.adapters import asgi, starlette, wsgi
from dojang.adapters.asgi import SessionMiddleware, session_of
from dojang.adapters.cross_site import CrossSiteMiddleware, WSGICrossSiteMiddleware
from dojang.errors import Misuse
from dojang.session.limit import Limit
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.testing.store_contract import in_threads
from dojang.wire.cookies import Cookie
from tests.browser import Browser, put
from tests.conftest import SECRET
from tests.session.test_session import LOOKS


def serve(sessions: Sessions, work: Any, headers: dict[str, str] | None = None) -> TestClient:
    async def handler(request: Request) -> Response:
        return JSONResponse(work(request), headers=headers)

    app = Starlette(routes=[Route("/", handler)])
    app.add_middleware(SessionMiddleware, sessions=sessions)
    return TestClient(app, base_url="https://testserver", raise_server_exceptions=False)


def test_requests_session_is_the_dict_starlette_promises(sessions: Sessions) -> None:
    def count(request: Request) -> Any:
        request.session["n"] = request.session.get("n", 0) + 1
        return isinstance(request.session, dict), request.session["n"]

    client = serve(sessions, count)
    assert [client.get("/").json() for _ in range(3)] == [[True, n] for n in (1, 2, 3)]


@pytest.mark.parametrize("look", LOOKS)
def test_an_answer_that_looked_at_the_session_varies_by_cookie(
    sessions: Sessions, look: str
) -> None:
    """Flask CVE-2023-30861, CVE-2026-27205; Django CVE-2014-1418."""

    def peek(request: Request) -> Any:
        if "n" not in request.scope["session"]:
            request.scope["session"]["n"] = 1
        LOOKS[look](request.scope["session"])

    client = serve(sessions, peek)
    client.get("/")
    answer = client.get("/")
    assert (answer.status_code, answer.headers["vary"]) == (200, "Cookie")


def test_an_answer_that_did_not_look_does_not_vary(sessions: Sessions) -> None:
    answer = serve(sessions, lambda _: None).get("/")
    assert "vary" not in answer.headers
    assert "set-cookie" not in answer.headers


def test_a_vary_of_the_application_is_kept_and_cookie_not_named_twice(
    sessions: Sessions,
) -> None:
    def peek(request: Request) -> Any:
        return session_of(request).user

    answer = serve(sessions, peek, {"vary": "Accept"}).get("/")
    assert answer.headers.get_list("vary") == ["Accept", "Cookie"]
    answer = serve(sessions, peek, {"vary": "Accept, cookie"}).get("/")
    assert answer.headers.get_list("vary") == ["Accept, cookie"]


def test_an_answer_that_sets_a_cookie_is_not_stored_by_caches(sessions: Sessions) -> None:
    """Django CVE-2014-1418: a session handed out again by a shared cache."""

    def store(request: Request) -> Any:
        request.session["n"] = 1

    answer = serve(sessions, store, {"cache-control": "public, max-age=600"}).get("/")
    assert answer.headers.get_list("cache-control") == ["no-store"]
    assert "set-cookie" in answer.headers


def test_an_answer_that_sets_none_keeps_its_caching(sessions: Sessions) -> None:
    answer = serve(sessions, lambda _: None, {"cache-control": "max-age=600"}).get("/")
    assert answer.headers["cache-control"] == "max-age=600"


def test_what_the_calling_code_did_wrong_is_500_without_details(sessions: Sessions) -> None:
    def bad(request: Request) -> Any:
        request.session["when"] = {1, 2}

    answer = serve(sessions, bad).get("/")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal"
    assert "when" not in answer.text


def test_a_login_beyond_the_limit_is_409_and_hands_out_no_cookie(clock: Clock) -> None:
    strategy = ServerSide(MemoryStore(), limit=Limit(1, "refuse"))
    sessions = Sessions(strategy, secret=SECRET, clock=clock)

    def login(request: Request) -> Any:
        session_of(request).login("ada")

    assert serve(sessions, login).get("/").status_code == 200
    answer = serve(sessions, login).get("/")
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-sessions")
    assert "set-cookie" not in answer.headers


def test_address_and_browser_of_a_login_are_in_the_device_list(on_server: Sessions) -> None:
    def login(request: Request) -> Any:
        session_of(request).login("ada")

    serve(on_server, login).get("/", headers={"user-agent": "Netscape " + "x" * 600})
    (entry,) = blocking.run(on_server.list("ada"))
    assert entry.device.address == "testclient"
    assert (entry.device.agent[:9], len(entry.device.agent)) == ("Netscape ", 512)


def test_several_cookie_headers_are_read_as_one(in_memory: Sessions) -> None:
    def count(request: Request) -> Any:
        request.session["n"] = request.session.get("n", 0) + 1
        return request.session["n"]

    client = serve(in_memory, count)
    client.get("/")
    cookie = f"__Host-session={client.cookies['__Host-session']}"
    client.cookies.clear()
    headers = [("cookie", "other=1"), ("cookie", cookie), ("cookie", "more=2")]
    assert client.get("/", headers=headers).json() == 2


def test_a_lifespan_passes_through(sessions: Sessions) -> None:
    app = Starlette()
    app.add_middleware(SessionMiddleware, sessions=sessions)
    with TestClient(app) as client:
        assert client.get("/").status_code == 404


@pytest.mark.parametrize(
    "cookie",
    [
        "\xff\xfe", "__Host-session=\xff", "=", ";", ";;;", "a" * 8_000, "__Host-session",
        "__Host-session=%00", "__Host-session=%ff%fe", "__Host-session=" + "A" * 65_536,
        "; ".join(f"__Host-session={n}" for n in range(1_000)),
        "; ".join(f"c{n}={n}" for n in range(1_000)),
        "; ".join(f"__Host-session.{n}=x" for n in range(100)),
        "__Host-session=Fe26.2*1*2*3*4*5*6*7~2", "__Host-session=s%3Aid.sig",
    ],
)  # fmt: skip
def test_a_hostile_cookie_header_is_never_a_server_error(sessions: Sessions, cookie: str) -> None:
    """next-auth CVE-2022-31093: malformed input that threw."""

    def peek(request: Request) -> Any:
        return session_of(request).user

    answer = serve(sessions, peek).get("/", headers=[(b"cookie", cookie.encode("latin-1"))])
    assert (answer.status_code, answer.json()) == (200, None)


def test_without_the_middleware_the_error_says_what_to_write() -> None:
    with pytest.raises(Misuse, match="add_middleware"):
        session_of(Request({"type": "http"}))


def test_a_message_the_application_sends_to_everybody_is_never_changed(
    in_memory: Sessions,
) -> None:
    """express-session CVE-2025-7339 (on-headers): one visitor's header sent to the next."""
    start = {"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        if scope["path"] == "/login":
            scope["session"].login("ada")
        await send(start)
        await send({"type": "http.response.body", "body": b""})

    client = TestClient(SessionMiddleware(app, in_memory), base_url="https://testserver")
    assert "set-cookie" in client.get("/login").headers
    client.cookies.clear()
    assert "set-cookie" not in client.get("/").headers
    assert start["headers"] == [(b"x", b"y")]


def test_headers_may_come_as_any_iterable(in_memory: Sessions) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        _ = scope["session"].user
        headers = iter([(b"x", b"y"), (b"vary", b"X-Cookie-Consent")])
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    answer = TestClient(SessionMiddleware(app, in_memory)).get("/")
    assert answer.headers["x"] == "y"
    assert answer.headers.get_list("vary") == ["X-Cookie-Consent", "Cookie"]


def test_where_a_token_may_stand_for_the_cookie_the_answer_varies_by_both(clock: Clock) -> None:
    sessions = Sessions(ServerSide(MemoryStore()), secret=SECRET, clock=clock, bearer=True)
    client = serve(sessions, lambda request: session_of(request).user)
    assert client.get("/").headers.get_list("vary") == ["Cookie", "Authorization"]
    answer = client.get("/", headers={"authorization": "Bearer junk"})
    assert "set-cookie" not in answer.headers


def test_two_requests_at_once_both_win_over_asgi_too(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(put(x=1))

    def change(request: Request) -> Any:
        in_threads(lambda _: browser.twin().visit(put(b=1)), 1)
        request.session["a"] = 1

    client = serve(on_server, change)
    client.cookies.set("__Host-session", browser.cookie)
    client.get("/")
    assert browser.visit(dict) == {"x": 1, "a": 1, "b": 1}


def test_several_saves_of_one_request_send_one_cookie_each_name(sealed: Sessions) -> None:
    def save_twice(request: Request) -> Any:
        session = session_of(request)
        for n in range(3):
            session["n"] = n
            blocking.run(session.save())

    answer = serve(sealed, save_twice).get("/")
    assert len(answer.headers.get_list("set-cookie")) == 1


@pytest.mark.parametrize("write", [json.dumps, lambda session: json.dumps(dict(session))])
def test_what_is_written_from_the_scope_is_the_session_and_not_an_empty_dict(
    sessions: Sessions, write: Any
) -> None:
    def work(request: Request) -> Any:
        session = request.scope["session"]
        return json.loads(write(session)) if request.url.query else session.update(cart=[1])

    client = serve(sessions, work)
    client.get("/")
    assert client.get("/?show").json() == {"cart": [1]}


def test_a_reader_in_c_that_asks_nobody_finds_no_json_in_a_session_that_is_not_open(
    in_memory: Sessions,
) -> None:
    session = blocking.run(in_memory.open()).session
    with pytest.raises(TypeError, match="NotLookedAt"):
        msgspec.json.encode(session)
    session.mark_accessed()
    assert msgspec.json.encode(session) == b"{}"


def test_a_session_that_was_replaced_by_a_dict_is_an_error_and_not_lost(sessions: Sessions) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        scope["session"] = {"other": 1}
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    client = TestClient(SessionMiddleware(app, sessions))
    with pytest.raises(Misuse, match=r"session\.update"):
        client.get("/")
    with pytest.raises(Misuse, match=r"session\.update"), client.websocket_connect("/"):
        raise AssertionError


def test_a_mounted_application_with_the_same_middleware_has_the_same_session(
    sessions: Sessions,
) -> None:
    async def login(request: Request) -> Response:
        request.session["inner"] = True
        session_of(request).login("ada")
        return Response()

    async def who(request: Request) -> Response:
        return JSONResponse([session_of(request).user, dict(request.session)])

    class Counting:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                scope["session"]["visits"] = scope["session"].get("visits", 0) + 1
            await self.app(scope, receive, send)

    keeping = Middleware(SessionMiddleware, sessions=sessions)
    routes = [Route("/login", login), Route("/who", who)]
    mounted = Starlette(routes=routes, middleware=[keeping])
    app = Starlette(
        routes=[Mount("/in", mounted), *routes], middleware=[keeping, Middleware(Counting)]
    )
    client = TestClient(app, base_url="https://testserver")
    assert len(client.get("/in/login").headers.get_list("set-cookie")) == 1
    for visits, path in enumerate(("/in/who", "/who"), start=2):
        assert client.get(path).json() == ["ada", {"inner": True, "visits": visits}]


def test_a_mounted_application_with_other_sessions_has_its_own(clock: Clock) -> None:
    def of(name: str) -> Sessions:
        return Sessions(
            ServerSide(MemoryStore()), secret=SECRET, clock=clock, cookie=Cookie(name=name)
        )

    async def put(request: Request) -> Response:
        request.session["n"] = 1
        return Response()

    mounted = Starlette(routes=[Route("/", put)])
    mounted.add_middleware(SessionMiddleware, sessions=of("__Host-inner"))
    app = Starlette(routes=[Mount("/in", mounted), Route("/", put)])
    app.add_middleware(SessionMiddleware, sessions=of("__Host-outer"))
    client = TestClient(app, base_url="https://testserver")
    client.get("/in/")
    assert set(client.cookies) == {"__Host-inner"}
    client.get("/")
    assert set(client.cookies) == {"__Host-inner", "__Host-outer"}
    assert client.get("/in/").status_code == 200


@pytest.mark.parametrize("given", [None, "sealed:"])
def test_what_are_no_sessions_is_said_when_the_middleware_is_made(given: Any) -> None:
    app: Any = None
    gates = (CrossSiteMiddleware, WSGICrossSiteMiddleware)
    for made in (SessionMiddleware, wsgi.SessionMiddleware, *gates):
        with pytest.raises(Misuse, match=r"Sessions\.from_url"):
            made(app, given)
    for decorator in (asgi.with_session, wsgi.with_session, starlette.with_session):
        with pytest.raises(Misuse, match=r"Sessions\.from_url"):
            decorator(given)
