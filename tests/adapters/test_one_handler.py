"""A session for one handler: opened for it alone, and written when it says so."""

from typing import Any

import pytest
from anyio import from_thread
from fastapi import FastAPI
from fastapi import Request as FastAPIRequest
from fastapi import Response as FastAPIResponse
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from werkzeug.test import Client as WerkzeugClient

from dojang import blocking
from dojang.adapters import asgi, wsgi
from dojang.adapters.asgi import session_of
from dojang.adapters.starlette import with_session
from dojang.errors import Misuse, Rejected, ResponseStarted, Unavailable, WrongAudience
from dojang.sessions import Sessions
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.wire.chunking import Chunking
from dojang.wire.cookies import Cookie
from dojang.wire.iron.iron_session import IronSeal
from tests.adapters import typed_for_checkers
from tests.adapters.asking import Client, over_wsgi
from tests.conftest import SECRET


def starlette(**handlers: Any) -> TestClient:
    app = Starlette(routes=[Route(f"/{name}", work) for name, work in handlers.items()])
    return TestClient(app, base_url="https://testserver", raise_server_exceptions=False)


def fastapi(**handlers: Any) -> TestClient:
    app = FastAPI()
    for name, work in handlers.items():
        app.get(f"/{name}")(work)
    return TestClient(app, base_url="https://testserver", raise_server_exceptions=False)


def test_only_what_was_saved_is_written_and_its_cookie_goes_with_the_answer(
    sessions: Sessions,
) -> None:
    @with_session(sessions)
    async def login(request: Request) -> Response:
        session_of(request).login("ada")
        await session_of(request).save()
        return PlainTextResponse("in")

    @with_session(sessions)
    async def forgetful(request: Request) -> Response:
        request.session["n"] = 1
        return PlainTextResponse("")

    @with_session(sessions)
    async def show(request: Request) -> Response:
        return JSONResponse([session_of(request).user, dict(request.session)])

    for serve in (starlette, fastapi):
        client = serve(login=login, forgetful=forgetful, show=show)
        assert "set-cookie" not in client.get("/forgetful").headers
        answer = client.get("/login")
        assert answer.headers.get_list("cache-control") == ["no-store"]
        assert len(answer.headers.get_list("set-cookie")) == 1
        client.get("/forgetful")
        assert client.get("/show").json() == ["ada", {}]
        assert client.get("/show").headers["vary"] == "Cookie"


def test_what_is_beside_it_has_none(sessions: Sessions) -> None:
    @with_session(sessions)
    async def here(request: Request) -> Response:
        return PlainTextResponse(str(session_of(request).new))

    async def there(request: Request) -> Response:
        return PlainTextResponse(str("session" in request.scope))

    client = starlette(here=here, there=there)
    assert (client.get("/here").text, client.get("/there").text) == ("True", "False")


def test_a_plain_function_runs_in_a_thread_and_saves_from_there(sessions: Sessions) -> None:
    @with_session(sessions)
    def count(request: Request) -> Response:
        request.session["n"] = request.session.get("n", 0) + 1
        from_thread.run(session_of(request).save)
        return PlainTextResponse(str(request.session["n"]))

    for serve in (starlette, fastapi):
        client = serve(count=count)
        assert [client.get("/count").text for _ in range(2)] == ["1", "2"]


def test_a_method_of_an_endpoint_is_a_handler_too(sessions: Sessions) -> None:
    class Endpoint(HTTPEndpoint):
        @with_session(sessions)
        async def get(self, request: Request) -> Response:
            request.session["n"] = request.session.get("n", 0) + 1
            await session_of(request).save()
            return PlainTextResponse(str(request.session["n"]))

    client = starlette(count=Endpoint)
    assert [client.get("/count").text for _ in range(2)] == ["1", "2"]


def test_in_fastapi_a_handler_takes_and_returns_what_it_always_does(sessions: Sessions) -> None:
    @with_session(sessions)
    async def count(by: int, asked: FastAPIRequest, answer: FastAPIResponse) -> dict[str, int]:
        asked.session["n"] = asked.session.get("n", 0) + by
        answer.headers["X-Own"] = "kept"
        await session_of(asked).save()
        return {"n": asked.session["n"]}

    client = fastapi(count=count)
    client.get("/count?by=2")
    answer = client.get("/count?by=3")
    assert (answer.json(), answer.headers["x-own"]) == ({"n": 5}, "kept")
    assert client.get("/count").status_code == 422
    parameters = client.get("/openapi.json").json()["paths"]["/count"]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == ["by"]


def test_what_it_refuses_is_a_problem_document(sessions: Sessions) -> None:
    @with_session(sessions)
    async def refuses(_: Request) -> Response:
        raise WrongAudience("not for us")

    @with_session(sessions)
    async def troubled(_: Request) -> Response:
        raise Unavailable("taken down by the test", retry_after=7)

    @with_session(sessions)
    async def at_fault(_: Request) -> Response:
        raise Misuse("a fault")

    for serve in (starlette, fastapi):
        client = serve(refuses=refuses, troubled=troubled, at_fault=at_fault)
        assert (answer := client.get("/refuses")).status_code == 401
        assert answer.json()["code"] == "wrong-audience"
        assert client.get("/troubled").headers["retry-after"] == "7"
        assert client.get("/at_fault").status_code == 500


def test_a_stream_may_save_on_the_server_and_sets_no_cookie_any_more(on_server: Sessions) -> None:
    raised: list[BaseException] = []

    @with_session(on_server)
    async def stream(request: Request) -> Response:
        session = session_of(request)
        _ = session.user

        async def pieces() -> Any:
            yield "first "
            try:
                session["late"] = True
                await session.save()
            except ResponseStarted as error:
                raised.append(error)
            yield "last"

        return StreamingResponse(pieces())

    @with_session(on_server)
    async def put(request: Request) -> Response:
        request.session["n"] = 1
        await session_of(request).save()
        return JSONResponse(dict(request.session))

    client = starlette(stream=stream, put=put)
    assert (client.get("/stream").text, len(raised)) == ("first last", 1)
    client.get("/put")
    client.get("/stream")
    assert client.get("/put").json() == {"late": True, "n": 1}


def test_a_handler_without_a_request_is_told_so_in_starlette(sessions: Sessions) -> None:
    @with_session(sessions)
    async def odd() -> Response:
        return PlainTextResponse("")

    with pytest.raises(Misuse, match="handlers of requests"):
        blocking.run(odd())
    assert fastapi(odd=odd).get("/odd").status_code == 200


def test_a_handler_that_answers_nothing_is_told_so(sessions: Sessions) -> None:
    @with_session(sessions)
    async def silent(_: Request) -> None:
        return None

    app = Starlette(routes=[Route("/", silent)])
    with pytest.raises(Misuse, match="no Response"):
        TestClient(app).get("/")


def test_around_a_bare_asgi_application(sessions: Sessions) -> None:
    @asgi.with_session(sessions)
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        session = scope["session"]
        if scope["path"] == "/refuse":
            raise Rejected("no")
        session["n"] = session.get("n", 0) + 1
        if scope["path"] == "/save":
            await session.save()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(session["n"]).encode()})

    client = TestClient(app, base_url="https://testserver")
    paths = ["/save", "/look", "/save", "/look"]
    assert [client.get(path).text for path in paths] == ["1", "2", "2", "3"]
    assert (client.get("/refuse").status_code, client.get("/look").text) == (401, "3")
    with pytest.raises(Misuse, match="WebSockets need"), client.websocket_connect("/"):
        raise AssertionError


def test_around_a_bare_wsgi_application(in_memory: Sessions) -> None:
    sessions = in_memory

    @wsgi.with_session(sessions)
    def app(environ: Any, start_response: Any) -> Any:
        session = wsgi.session_of(environ)
        if environ["PATH_INFO"] == "/refuse":
            raise Rejected("no")
        session["n"] = session.get("n", 0) + 1
        if environ["PATH_INFO"] == "/save":
            wsgi.save(session)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(session["n"]).encode()]

    client = Client(over_wsgi(app))
    paths = ["/save", "/look", "/save", "/look"]
    assert [client.get(path).text for path in paths] == ["1", "2", "2", "3"]
    assert (client.get("/refuse").status, client.get("/look").text) == (401, "3")


@pytest.mark.parametrize("handler", [typed_for_checkers.count, typed_for_checkers.count_too])
def test_annotations_may_be_for_type_checkers_alone(sessions: Sessions, handler: Any) -> None:
    client = starlette(count=with_session(sessions)(handler))
    assert [client.get("/count").text for _ in range(2)] == ["1", "2"]


NO_SUCH_PAGE = HTTPException(404, "no such page", {"X-Own": "kept"})


def test_an_http_exception_after_a_save_carries_the_cookie_of_its_own_request(
    sessions: Sessions,
) -> None:
    @with_session(sessions)
    async def missing(request: Request) -> Response:
        session_of(request).login("ada")
        await session_of(request).save()
        raise NO_SUCH_PAGE

    @with_session(sessions)
    async def who(request: Request) -> Response:
        return PlainTextResponse(str(session_of(request).user))

    for serve in (starlette, fastapi):
        client, other = (serve(missing=missing, who=who) for _ in range(2))
        answer = client.get("/missing")
        assert (answer.status_code, answer.headers["x-own"]) == (404, "kept")
        assert len(answer.headers.get_list("set-cookie")) == 1
        assert answer.headers.get_list("cache-control") == ["no-store"]
        assert client.get("/who").text == "ada"
        assert client.cookies["__Host-session"] not in str(other.get("/missing").headers)
    assert NO_SUCH_PAGE.headers == {"X-Own": "kept"}


def test_a_large_session_and_an_http_exception_of_the_applications_own(clock: Clock) -> None:
    class Teapot(HTTPException):
        def __init__(self, *, tea: str) -> None:
            super().__init__(418, tea)
            self.tea = tea

    cookie = Cookie(chunks=Chunking())
    sessions = Sessions(ClientSide(IronSeal(SECRET)), cookie=cookie, clock=clock)

    @with_session(sessions)
    async def brew(request: Request) -> Response:
        request.session["leaves"] = "x" * 5000
        await session_of(request).save()
        raise Teapot(tea="oolong")

    answer = starlette(brew=brew).get("/brew")
    assert (answer.status_code, answer.text) == (418, "oolong")
    assert len(answer.headers.get_list("set-cookie")) > 1


@pytest.mark.parametrize("around", ["asgi", "starlette", "wsgi"])
def test_a_cookie_that_no_browser_will_keep_is_said_for_one_handler_too(
    around: str, in_memory: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"user-agent": "Mozilla/5.0", "host": "shop.example"}

    @asgi.with_session(in_memory)
    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await Response()(scope, receive, send)

    @with_session(in_memory)
    async def handler(_: Request) -> Response:
        return Response()

    @wsgi.with_session(in_memory)
    def application(_: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return [b""]

    if around == "wsgi":
        werkzeug = WerkzeugClient(application)
        werkzeug.get("/", headers=headers, base_url="http://shop.example")
    else:
        app = bare if around == "asgi" else Starlette(routes=[Route("/", handler)])
        TestClient(app, base_url="http://shop.example").get("/", headers=headers)
    assert "X-Forwarded-Proto is missing" in caplog.text
