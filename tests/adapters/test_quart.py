"""Quart's `session`, over HTTP and over WebSockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from quart import Quart, Response, stream_with_context, websocket

from dojang import blocking
from dojang.adapters.cross_site.quart import CrossSite
from dojang.adapters.quart import Dojang, current_user, login_required, session
from dojang.errors import Misuse, Unavailable
from dojang.sessions import Sessions
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from tests.adapters.asking import Client, over_asgi
from tests.adapters.test_flask import VALUES
from tests.conftest import SECRET
from tests.test_visit import Remote


def application(sessions: Sessions, **options: Any) -> Quart:
    app = Quart("tested")
    Dojang(app, sessions, **options)

    @app.get("/login/<name>")
    async def login(name: str) -> str:
        session.login(name)
        return ""

    @app.get("/peek")
    async def peek() -> str:
        return f"{session.user} {sorted(session)}"

    return app


def test_values_that_json_lacks_come_back_as_they_were(sessions: Sessions) -> None:
    app = application(sessions)

    @app.get("/")
    async def view() -> str:
        seen = dict(session)
        session.update(VALUES)
        return str(seen == VALUES)

    client = Client(over_asgi(app))
    assert [client.get("/").text for _ in range(2)] == ["False", "True"]


def test_a_store_across_a_network_is_waited_for(clock: Clock) -> None:
    remote = Sessions(ServerSide(Remote()), secret=SECRET, clock=clock)
    client = Client(over_asgi(application(remote)))
    client.get("/login/ada")
    assert client.get("/peek").text == "ada []"


def test_a_store_that_is_down_is_503_and_pages_that_do_not_look_stay_up(clock: Clock) -> None:
    store = Remote()
    app = application(Sessions(ServerSide(store), secret=SECRET, clock=clock))

    @app.get("/plain")
    async def plain() -> str:
        return "up"

    client = Client(over_asgi(app))
    client.get("/login/ada")
    store.down = True
    reply = client.get("/peek")
    assert (reply.status, reply.all("retry-after")) == (503, ["1"])
    assert client.get("/plain").text == "up"


def test_a_fault_of_the_application_goes_quarts_own_way(in_memory: Sessions) -> None:
    app = application(in_memory)

    @app.get("/")
    async def view() -> str:
        raise Misuse("wrong use")

    assert Client(over_asgi(app)).get("/").status == 500


def test_what_a_view_raises_is_a_problem_document(in_memory: Sessions) -> None:
    app = application(in_memory)

    @app.get("/")
    async def view() -> str:
        raise Unavailable("down", retry_after=7)

    reply = Client(over_asgi(app)).get("/")
    assert (reply.status, reply.all("retry-after")) == (503, ["7"])
    assert reply.all("content-type") == ["application/problem+json"]


def test_what_a_stream_changes_is_kept_on_the_server(on_server: Sessions) -> None:
    app = application(on_server)

    @app.get("/")
    async def view() -> Response:
        count = session.setdefault("n", 0)

        @stream_with_context
        async def body() -> AsyncIterator[bytes]:
            yield str(count).encode()
            session["n"] = count + 1

        return Response(body())

    client = Client(over_asgi(app))
    assert [client.get("/").text for _ in range(3)] == ["0", "1", "2"]


def test_quarts_test_client_reads_and_writes_the_session(sessions: Sessions) -> None:
    app = application(sessions)

    async def main() -> str:
        client = app.test_client()
        async with client.session_transaction(scheme="https") as before:
            before["n"] = 7
        answer = await client.get("/peek", scheme="https")
        return str(await answer.get_data(as_text=True))

    assert asyncio.run(main()) == "None ['n']"


def test_a_websocket_shows_the_session_and_may_save_it(on_server: Sessions) -> None:
    app = application(on_server)

    @app.websocket("/ws")
    async def talk() -> None:
        await websocket.send(str(session.user))
        session["said"] = await websocket.receive()
        await session.save()
        await websocket.send("saved")

    async def main() -> Any:
        client = app.test_client()
        await client.get("/login/ada", scheme="https")
        async with client.websocket("/ws", scheme="wss") as connection:
            user = await connection.receive()
            await connection.send("hello")
            return user, await connection.receive(), await _text(client, "/peek")

    assert asyncio.run(main()) == ("ada", "saved", "ada ['said']")


def test_a_websocket_that_is_all_there_is_gets_its_cookie_when_it_is_accepted(
    sessions: Sessions,
) -> None:
    app = application(sessions)

    @app.websocket("/ws")
    async def talk() -> None:
        session["n"] = 1
        await websocket.accept()
        await websocket.send("hello")

    sent: list[Any] = []

    async def main() -> None:
        come, heard = iter([{"type": "websocket.connect"}]), asyncio.Event()

        async def receive() -> Any:
            for message in come:
                return message
            await heard.wait()
            return {"type": "websocket.disconnect", "code": 1000}

        async def send(message: Any) -> None:
            sent.append(message)
            if message["type"] == "websocket.send":
                heard.set()

        scope = {
            "type": "websocket", "asgi": {}, "http_version": "1.1", "scheme": "wss", "path": "/ws",
            "raw_path": b"/ws", "query_string": b"", "root_path": "", "headers": [],
            "client": ("192.0.2.7", 1), "server": ("testserver", 443), "subprotocols": [],
            "extensions": {},
        }  # fmt: skip
        await app(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(main())
    accept = next(message for message in sent if message["type"] == "websocket.accept")
    assert [name for name, _ in accept["headers"]].count(b"set-cookie") == 1


def test_current_user_may_be_waited_for(on_server: Sessions) -> None:
    async def load_user(principal: Any) -> str:
        return f"<{principal}>"

    app = application(on_server, load_user=load_user)

    @app.get("/mine")
    @login_required
    async def mine() -> str:
        return f"{await current_user()} {await current_user()}"

    client = Client(over_asgi(app))
    assert client.get("/mine").status == 401
    client.get("/login/ada")
    assert client.get("/mine").text == "<ada> <ada>"


def test_current_user_without_a_loader_is_the_principal(in_memory: Sessions) -> None:
    app = application(in_memory)

    @app.get("/")
    async def view() -> str:
        return str(await current_user())

    client = Client(over_asgi(app))
    client.get("/login/ada")
    assert client.get("/").text == "ada"


def test_everything_may_come_from_the_configuration() -> None:
    app = Quart("configured")
    app.config.update(SECRET_KEY=SECRET, SESSION_COOKIE_NAME="sid")
    extension = Dojang()
    extension.init_app(app)

    @app.get("/")
    async def view() -> str:
        return str(session.setdefault("n", 1))

    (line,) = Client(over_asgi(app)).get("/").cookies
    assert line.startswith("sid=Fe26.2")


def test_where_it_came_from_is_in_the_device_list(on_server: Sessions) -> None:
    Client(over_asgi(application(on_server))).get("/login/ada", ("user-agent", "Netscape"))
    (entry,) = blocking.run(on_server.list("ada"))
    assert (entry.device.address, entry.device.agent) == ("192.0.2.7", "Netscape")


async def _text(client: Any, path: str) -> str:
    answer = await client.get(path, scheme="https")
    return str(await answer.get_data(as_text=True))


@pytest.mark.parametrize("status", [400, 500])
def test_an_error_answer_gains_no_principal(in_memory: Sessions, status: int) -> None:
    app = application(in_memory)

    @app.get("/")
    async def view() -> tuple[str, int]:
        session.login("ada")
        return "", status

    client = Client(over_asgi(app))
    client.get("/")
    assert client.get("/peek").text == "None []"


def test_keys_that_are_set_after_dojang_count() -> None:
    app = Quart("tested")
    app.secret_key = SECRET
    Dojang(app)
    CrossSite(app)
    app.config.update(SESSION_COOKIE_NAME="shop", SESSION_COOKIE_SECURE=True)

    @app.get("/put")
    async def put() -> str:
        session["n"] = session.get("n", 0) + 1
        return str(session["n"])

    async def twice() -> list[str]:
        client = app.test_client()
        answers = [await client.get("/put", scheme="https") for _ in range(2)]
        assert answers[0].headers["Set-Cookie"].startswith("shop=")
        return [(await answer.get_data(as_text=True)) for answer in answers]

    assert asyncio.run(twice()) == ["1", "2"]


def test_a_user_who_is_gone_is_said_to_be(in_memory: Sessions) -> None:
    app = application(in_memory, load_user=lambda _: None)

    @app.get("/private")
    @login_required
    async def private() -> str:
        return "in"

    client = Client(over_asgi(app))
    client.get("/login/ada")
    answer = client.get("/private")
    assert (answer.status, json.loads(answer.text)["code"]) == (401, "anonymous")
