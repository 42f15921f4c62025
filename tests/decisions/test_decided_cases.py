"""What happens at the edges of a request, over real ASGI."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dojang import blocking
from dojang.adapters.asgi import SessionMiddleware, session_of
from dojang.adapters.sockets import SESSION_ENDED, Sockets
from dojang.errors import Disagreeing, ResponseStarted
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, look, put
from tests.conftest import SECRET


def serve(sessions: Sessions, **handlers: Any) -> TestClient:
    """An application with one route per handler, and a way to look at the session."""

    async def peek(request: Request) -> Response:
        session = session_of(request)
        return Response(f"{session.user} {sorted(session)}", headers={"x": "y"})

    async def login(request: Request) -> Response:
        session_of(request).login("ada")
        return Response()

    handlers = {"peek": peek, "login": login, **handlers}
    routes = [Route(f"/{name}", handler) for name, handler in handlers.items()]
    app = Starlette(routes=routes)
    app.add_middleware(SessionMiddleware, sessions=sessions)
    return TestClient(app, base_url="https://testserver", raise_server_exceptions=False)


def test_a_handler_that_raises_saves_nothing_and_sends_no_cookie(sessions: Sessions) -> None:
    async def breaks(request: Request) -> Response:
        request.session["n"] = 1
        raise RuntimeError("boom")

    client = serve(sessions, breaks=breaks)
    answer = client.get("/breaks")
    assert answer.status_code == 500
    assert "set-cookie" not in answer.headers
    assert client.get("/peek").text == "None []"


def test_an_answer_of_5xx_saves_nothing_and_sends_no_cookie(sessions: Sessions) -> None:
    async def fails(request: Request) -> Response:
        request.session["n"] = 1
        return Response(status_code=503)

    client = serve(sessions, fails=fails)
    assert "set-cookie" not in client.get("/fails").headers
    assert client.get("/peek").text == "None []"


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_an_error_answer_drops_a_gained_principal_and_keeps_the_rest(
    sessions: Sessions, status: int
) -> None:
    async def half(request: Request) -> Response:
        session_of(request).login("ada")
        request.session["flash"] = "second factor wanted"
        return Response(status_code=status)

    client = serve(sessions, half=half)
    client.get("/half")
    assert client.get("/peek").text == "None ['flash']"


def test_an_error_answer_keeps_a_logout_and_a_renewal(sessions: Sessions) -> None:
    async def out(request: Request) -> Response:
        session_of(request).logout()
        return Response(status_code=403)

    client = serve(sessions, out=out)
    client.get("/login")
    assert client.get("/peek").text == "ada []"
    client.get("/out")
    assert client.get("/peek").text == "None []"


def test_an_error_answer_keeps_a_logout_that_a_refused_login_followed(
    sessions: Sessions,
) -> None:
    async def change_seats(request: Request) -> Response:
        session_of(request).logout()
        session_of(request).login("eve")
        return Response(status_code=403)

    client = serve(sessions, change_seats=change_seats)
    client.get("/login")
    client.get("/change_seats")
    assert client.get("/peek").text == "None []"


def test_an_error_answer_does_not_turn_one_user_into_another(sessions: Sessions) -> None:
    async def become(request: Request) -> Response:
        session_of(request).login("root")
        return Response(status_code=400)

    client = serve(sessions, become=become)
    client.get("/login")
    client.get("/become")
    assert client.get("/peek").text == "ada []"


def test_a_principal_the_application_wrote_itself_is_dropped_from_an_error_answer_too(
    clock: Clock,
) -> None:
    strategy = ServerSide(MemoryStore())
    sessions = Sessions(strategy, secret=SECRET, clock=clock, principal="user.id")

    async def half(request: Request) -> Response:
        request.session["user"] = {"id": 7}
        request.session["flash"] = "no"
        return Response(status_code=401)

    client = serve(sessions, half=half)
    client.get("/half")
    assert client.get("/peek").text == "None ['flash']"


def test_an_answer_of_5xx_saves_nothing_that_comes_after_it_either(on_server: Sessions) -> None:
    async def fails(request: Request) -> Response:
        async def body() -> AsyncIterator[str]:
            yield "first"
            request.session["late"] = True

        return StreamingResponse(body(), status_code=500)

    client = serve(on_server, fails=fails)
    client.get("/login")
    client.get("/fails")
    assert client.get("/peek").text == "ada []"


def test_in_a_cookie_changing_after_the_headers_have_left_raises(sealed: Sessions) -> None:
    raised: list[BaseException] = []

    async def late(request: Request) -> Response:
        request.session["n"] = 1

        async def body() -> AsyncIterator[str]:
            yield "first"
            try:
                request.session["n"] = 2
            except ResponseStarted as error:
                raised.append(error)

        return StreamingResponse(body())

    client = serve(sealed, late=late)
    assert client.get("/late").text == "first"
    assert len(raised) == 1
    assert "headers have left" in str(raised[0])


def test_on_the_server_data_changed_after_the_headers_have_left_are_still_saved(
    on_server: Sessions,
) -> None:
    async def late(request: Request) -> Response:
        async def body() -> AsyncIterator[str]:
            yield "first"
            request.session["late"] = True

        return StreamingResponse(body())

    client = serve(on_server, late=late)
    client.get("/login")
    client.get("/late")
    assert client.get("/peek").text == "ada ['late']"


@pytest.mark.parametrize("change", ["login", "rotate", "logout"])
def test_on_the_server_a_new_id_after_the_headers_have_left_raises(
    on_server: Sessions, change: str
) -> None:
    raised: list[BaseException] = []

    async def late(request: Request) -> Response:
        async def body() -> AsyncIterator[str]:
            yield "first"
            try:
                getattr(session_of(request), change)(*(["eve"] if change == "login" else []))
            except ResponseStarted as error:
                raised.append(error)

        return StreamingResponse(body())

    client = serve(on_server, late=late)
    client.get("/login")
    client.get("/late")
    assert len(raised) == 1
    assert client.get("/peek").text == "ada []"


def test_on_the_server_a_first_cookie_after_the_headers_have_left_raises(
    on_server: Sessions,
) -> None:
    raised: list[BaseException] = []

    async def late(request: Request) -> Response:
        async def body() -> AsyncIterator[str]:
            yield "first"
            try:
                request.session["n"] = 1
            except ResponseStarted as error:
                raised.append(error)

        return StreamingResponse(body())

    serve(on_server, late=late).get("/late")
    assert len(raised) == 1


def sockets(sessions: Sessions, handler: Any) -> TestClient:
    async def peek(request: Request) -> Response:
        return PlainTextResponse(f"{session_of(request).user} {dict(request.session)}")

    async def login(request: Request) -> Response:
        session_of(request).login("ada")
        return Response()

    routes = [WebSocketRoute("/ws", handler), Route("/peek", peek), Route("/login", login)]
    app = Starlette(routes=routes)
    app.add_middleware(SessionMiddleware, sessions=sessions)
    return TestClient(app, base_url="https://testserver")


def test_a_websocket_has_the_session_and_sends_its_cookie_with_the_acceptance(
    sessions: Sessions,
) -> None:
    async def handler(socket: WebSocket) -> None:
        socket.session["from"] = "socket"
        await socket.accept()
        await socket.send_json(dict(socket.session))
        await socket.close()

    client = sockets(sessions, handler)
    with client.websocket_connect("wss://testserver/ws") as connection:
        assert connection.receive_json() == {"from": "socket"}
        headers: dict[bytes, bytes] = dict(connection.extra_headers or [])
    assert headers[b"set-cookie"].startswith(b"__Host-session=")


def test_a_websocket_saves_and_reloads_while_it_is_open(on_server: Sessions) -> None:
    async def handler(socket: WebSocket) -> None:
        await socket.accept()
        socket.session["from"] = "socket"
        await session_of(socket).save()
        await socket.send_text("saved")
        await socket.receive_text()
        await session_of(socket).reload()
        await socket.send_json(dict(socket.session))
        await socket.close()

    client = sockets(on_server, handler)
    client.get("/login")
    with client.websocket_connect("wss://testserver/ws") as connection:
        assert connection.receive_text() == "saved"
        assert client.get("/peek").text == "ada {'from': 'socket'}"
        browser = Browser(on_server)
        browser.cookies = {"__Host-session": client.cookies["__Host-session"]}
        browser.visit(put(other=1))
        connection.send_text("go on")
        assert connection.receive_json() == {"from": "socket", "other": 1}


def test_a_websocket_whose_session_was_ended_is_closed_by_the_ticker(
    on_server: Sessions,
) -> None:
    async def handler(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(str(session_of(socket).user))
        with suppress(WebSocketDisconnect):
            await socket.receive_text()

    client = sockets(on_server, handler)
    client.get("/login")
    with client.websocket_connect("wss://testserver/ws") as connection:
        assert connection.receive_text() == "ada"
        blocking.run(on_server.end_all("ada"))
        message = connection.receive()
    assert (message["type"], message["code"]) == ("websocket.close", SESSION_ENDED)


def test_there_is_one_ticker_and_only_while_sockets_are_open(on_server: Sessions) -> None:
    async def main() -> None:
        watching = Sockets(on_server)

        async def receive() -> Any:
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            del message

        def ticker() -> object:
            return watching._ticker

        visit = await on_server.open()
        assert ticker() is None
        async with watching.watch(visit.session, receive, send):
            first = ticker()
            assert first is not None
            async with watching.watch(visit.session, receive, send):
                assert ticker() is first
            assert ticker() is first
        assert ticker() is None

    asyncio.run(main())


def test_a_socket_that_cannot_be_closed_does_not_keep_the_others_open(
    on_server: Sessions,
) -> None:
    closed = []

    async def receive() -> Any:
        await asyncio.Event().wait()

    def sending(name: str) -> Any:
        async def send(message: Any) -> None:
            if message["type"] == "websocket.close":
                if name == "gone":
                    raise RuntimeError("the client is gone")
                if name == "stuck":
                    await asyncio.Event().wait()
                closed.append(name)

        return send

    async def main() -> None:
        browser = Browser(on_server)
        visit = await on_server.open()
        visit.session.login("ada")
        browser.cookies = dict([(await visit.close(200))[0].partition(";")[0].split("=", 1)])
        watching = Sockets(on_server)
        async with AsyncExitStack() as stack:
            for name in ("gone", "stuck", "good"):
                own = await on_server.open(browser.header)
                own.session.get("open it")
                _, say = await stack.enter_async_context(
                    watching.watch(own.session, receive, sending(name))
                )
                await say({"type": "websocket.accept"})
            await on_server.end_all("ada")
            await watching.look()
            await asyncio.sleep(0)
            assert watching._ticker is not None
            assert not watching._ticker.done()

    asyncio.run(main())
    assert closed == ["good"]


def test_of_two_cookies_of_one_name_the_one_that_verifies_counts(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(put(n=1))
    good = browser.header
    for header in (f"__Host-session=evil; {good}", f"{good}; __Host-session=evil"):
        visit = blocking.run(sessions.open(header))
        assert visit.session.copy() == {"n": 1}
        assert list(blocking.run(visit.close(200))) == []


def test_of_two_cookies_that_both_verify_the_newest_counts_and_nothing_is_merged(
    sessions: Sessions, clock: Clock
) -> None:
    old, new = Browser(sessions), Browser(sessions)
    old.visit(put(a=1))
    clock.tick(1)
    new.visit(put(b=2))
    for header in (f"{old.header}; {new.header}", f"{new.header}; {old.header}"):
        assert blocking.run(sessions.open(header)).session.copy() == {"b": 2}


@pytest.fixture
def either(clock: Clock) -> Sessions:
    return Sessions(ServerSide(MemoryStore()), secret=SECRET, clock=clock, bearer=True)


def test_a_bearer_token_opens_what_the_cookie_would(either: Sessions) -> None:
    browser = Browser(either)
    browser.visit(lambda session: session.login("ada"))
    visit = blocking.run(either.open(bearer=browser.cookie))
    assert visit.session.user == "ada"
    both = blocking.run(either.open(browser.header, bearer=browser.cookie))
    assert both.session.user == "ada"


def test_cookie_and_bearer_of_different_sessions_are_401_and_said_not_to_match(
    either: Sessions,
) -> None:
    ada, eve = Browser(either), Browser(either)
    ada.visit(lambda session: session.login("ada"))
    eve.visit(lambda session: session.login("eve"))
    visit = blocking.run(either.open(ada.header, bearer=eve.cookie))
    with pytest.raises(Disagreeing, match="two different sessions") as caught:
        _ = visit.session.user
    assert caught.value.status == 401


def test_when_one_of_cookie_and_bearer_failed_the_401_says_which_and_how(
    either: Sessions,
) -> None:
    browser = Browser(either)
    browser.visit(lambda session: session.login("ada"))
    visit = blocking.run(either.open(browser.header, bearer="junk"))
    with pytest.raises(Disagreeing, match="cookie is good and the bearer token is malformed"):
        _ = visit.session.user
    other = blocking.run(either.open("__Host-session=junk", bearer=browser.cookie))
    with pytest.raises(Disagreeing, match="cookie is malformed and the bearer token is good"):
        _ = other.session.user


def test_two_sessions_born_in_a_peer_are_two_sessions(clock: Clock) -> None:
    seals = IronSeal(SECRET)
    sessions = Sessions(ClientSide(seals), clock=clock, bearer=True)
    ada, eve = (seals.encode({"user": name}, expires=None, now=clock()) for name in ("ada", "eve"))
    visit = blocking.run(sessions.open(f"__Host-session={ada}", bearer=eve))
    with pytest.raises(Disagreeing):
        _ = visit.session.user
    same = blocking.run(sessions.open(f"__Host-session={ada}", bearer=ada))
    assert same.session["user"] == "ada"


def test_a_bearer_token_is_not_looked_at_unless_it_was_asked_for(in_memory: Sessions) -> None:
    browser = Browser(in_memory)
    browser.visit(lambda session: session.login("ada"))
    assert blocking.run(in_memory.open(bearer=browser.cookie)).session.user is None


def test_saving_in_the_middle_of_a_request_is_seen_by_others_at_once(
    on_server: Sessions,
) -> None:
    browser = Browser(on_server)
    browser.visit(put(n=0))
    visit = browser.open()
    visit.session["n"] = 1
    blocking.run(visit.session.save())
    assert browser.twin().visit(look) == {"n": 1}
    visit.session["m"] = 2
    browser.close(visit)
    assert browser.visit(look) == {"n": 1, "m": 2}
