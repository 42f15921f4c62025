"""What applications test with: somebody is signed in before the first request."""

import asyncio
from typing import Any

import httpx2
import pytest
import requests
from starlette.testclient import TestClient

from dojang import blocking
from dojang.adapters import asgi, wsgi
from dojang.errors import Misuse
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock, cookies_for, header_for, sign_in
from dojang.wire.chunking import Chunking
from dojang.wire.cookies import Cookie
from dojang.wire.iron.iron_session import IronSeal
from tests.adapters import django_project
from tests.adapters.homes import PRINCIPAL
from tests.conftest import SECRET

django_project.prepare()


async def who(scope: Any, receive: Any, send: Any) -> None:
    del receive
    session = scope["session"]
    text = f"{session.user} {session.get('theme')}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text})


def who_too(environ: Any, start_response: Any) -> Any:
    session = wsgi.session_of(environ)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{session.user} {session.get('theme')}".encode()]


def test_starlettes_client(sessions: Sessions) -> None:
    client = sign_in(
        TestClient(asgi.SessionMiddleware(who, sessions)), sessions, "ada", theme="dark"
    )
    assert client.get("/").text == "ada dark"


def test_httpx2_in_an_event_loop(sessions: Sessions) -> None:
    async def main() -> str:
        transport = httpx2.ASGITransport(asgi.SessionMiddleware(who, sessions))
        async with httpx2.AsyncClient(transport=transport, base_url="https://testserver") as client:
            sign_in(client, sessions, "ada", theme="dark")
            return (await client.get("/")).text

    assert asyncio.run(main()) == "ada dark"


def test_httpx2_without_one(sessions: Sessions) -> None:
    transport = httpx2.WSGITransport(wsgi.SessionMiddleware(who_too, sessions))
    with httpx2.Client(transport=transport, base_url="https://testserver") as client:
        assert sign_in(client, sessions, "ada").get("/").text == "ada None"
        client.cookies.clear()
        header = header_for(sessions, "eve", theme="light")
        assert client.get("/", headers={"cookie": header}).text == "eve light"


def test_requests(sessions: Sessions) -> None:
    client = sign_in(requests.Session(), sessions, "ada")
    assert client.cookies.keys() == [sessions.cookie.name]


@pytest.mark.parametrize("name", [None, "shop.example", "shop.example:8443"])
def test_flasks_client(sessions: Sessions, name: str | None) -> None:
    from flask import Flask

    from dojang.adapters.flask import Dojang, session

    app = Flask("tested")
    app.config.update(SERVER_NAME=name, PREFERRED_URL_SCHEME="https")
    Dojang(app, sessions)
    app.add_url_rule("/", view_func=lambda: f"{session.user} {session.get('theme')}")
    assert sign_in(app.test_client(), sessions, "ada", theme="dark").get("/").text == "ada dark"


@pytest.mark.parametrize("name", [None, "shop.example", "shop.example:8443"])
def test_quarts_client(sessions: Sessions, name: str | None) -> None:
    from quart import Quart

    from dojang.adapters.quart import Dojang, session

    app = Quart("tested")
    app.config["SERVER_NAME"] = name
    Dojang(app, sessions)

    @app.get("/")
    async def view() -> str:
        return f"{session.user} {session.get('theme')}"

    async def main() -> Any:
        client = sign_in(app.test_client(), sessions, "ada", theme="dark")
        return await (await client.get("/")).get_data(as_text=True)

    assert asyncio.run(main()) == "ada dark"


def test_djangos_client_and_its_own_way(clock: Clock) -> None:
    from django.contrib.auth.models import User
    from django.http import HttpResponse
    from django.test import Client, override_settings

    sessions = Sessions(ServerSide(MemoryStore()), secret=SECRET, principal=PRINCIPAL, clock=clock)
    django_project.VIEWS["who"] = lambda request: HttpResponse(
        f"{request.session.data.user} {request.session.get('theme')} {request.user}"
    )
    with override_settings(DOJANG={"SESSIONS": sessions}, SESSION_COOKIE_NAME=sessions.cookie.name):
        ada = User.objects.get(username="ada")
        client = sign_in(Client(), sessions, str(ada.pk), theme="dark")
        # contrib.auth wants more than a principal in the session, so that is its own to do.
        assert client.get("/who").content.decode() == f"{ada.pk} dark AnonymousUser"
        client = Client()
        client.force_login(ada)
        assert client.get("/who").content.decode() == f"{ada.pk} None ada"


def test_pieces_of_a_large_cookie_are_all_there(clock: Clock) -> None:
    cookie = Cookie(chunks=Chunking())
    sessions = Sessions(ClientSide(IronSeal(SECRET)), cookie=cookie, clock=clock)
    cookies = cookies_for(sessions, "ada", text="x" * 8_000)
    assert len(cookies) > 1
    client = TestClient(asgi.SessionMiddleware(who, sessions), base_url="https://testserver")
    client.cookies.update(cookies)
    assert client.get("/").text == "ada None"


def test_it_is_a_session_like_any_other(on_server: Sessions, clock: Clock) -> None:
    cookies_for(on_server, "ada")
    assert len(blocking.run(on_server.list("ada"))) == 1
    header = header_for(on_server, "ada")
    clock.tick(31 * 24 * 3600)
    assert blocking.run(on_server.open(header)).session.rejected in {"expired", "unknown"}


def test_nobody_with_something_is_a_session_and_nobody_with_nothing_is_none(
    sessions: Sessions,
) -> None:
    visit = blocking.run(sessions.open(header_for(sessions, None, cart=[1])))
    assert (visit.session.user, visit.session["cart"]) == (None, [1])
    with pytest.raises(Misuse, match="give a user, or data"):
        cookies_for(sessions, None)
    with pytest.raises(Misuse, match="a object has no cookies"):
        sign_in(object(), sessions, "ada")
