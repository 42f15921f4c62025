from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang import blocking
from dojang.adapters.asgi import SessionMiddleware, session_of
from dojang.errors import Misuse
from dojang.session.limit import Limit
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
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
