"""What another site sends, in every framework: refused, let in by name, or proven by a token."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi import FastAPI
from litestar import Litestar, get
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dojang.adapters.cross_site import (
    CrossSiteMiddleware,
    Gate,
    WSGICrossSiteMiddleware,
    form_token,
)
from dojang.adapters.cross_site.gate import Asked
from dojang.adapters.litestar import Dojang
from dojang.errors import Misuse
from dojang.sessions import Sessions
from dojang.testing import Clock
from dojang.wire.cors import Cors
from dojang.wire.cross_site import CrossSite
from tests.adapters.asking import Client, Reply, over_wsgi
from tests.adapters.guarded import APPLICATIONS, guarded
from tests.adapters.homes import HOMES, made
from tests.browser import Browser
from tests.conftest import SECRET

FRONT = "https://app.example.com"
FORM = ("content-type", "application/x-www-form-urlencoded")
JSON = ("content-type", "application/json")


@pytest.fixture(params=APPLICATIONS)
def client(request: pytest.FixtureRequest, home: Sessions) -> Iterator[Client]:
    with guarded(request.param, home, [FRONT]) as ask:
        yield Client(ask)


@pytest.fixture
def home(request: pytest.FixtureRequest, clock: Clock) -> Sessions:
    return made(HOMES["sqlite"](request.getfixturevalue), clock)


def refused(reply: Reply, code: str) -> bool:
    kind = reply.all("content-type")
    return (reply.status, kind, f'"{code}"' in reply.text) == (
        403,
        ["application/problem+json"],
        True,
    )


@pytest.mark.parametrize(
    "header",
    [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "https://testserver.evil.example"),
        ("origin", "https://evil-testserver"),
        ("origin", "http://testserver"),
        ("origin", "https://app.example.com.evil"),
        ("origin", "https://evil-app.example.com"),
        ("origin", "http://app.example.com"),
        ("origin", "null"),
    ],
)
@pytest.mark.parametrize("kind", [FORM, JSON])
def test_what_another_site_sends_does_nothing(
    client: Client, header: tuple[str, str], kind: tuple[str, str]
) -> None:
    """Sentry CVE-2023-36829: an origin compared by its end."""
    reply = client.post("/login", "", kind, header)
    assert refused(reply, "cross-site")
    assert (reply.cookies, reply.all("access-control-allow-origin")) == ([], [])


@pytest.mark.parametrize(
    "headers",
    [
        [("sec-fetch-site", "same-origin"), FORM],
        [("sec-fetch-site", "none"), FORM],
        [("origin", "https://testserver"), FORM],
        [("origin", FRONT), ("sec-fetch-site", "same-site"), JSON],
        [("origin", FRONT), ("sec-fetch-site", "cross-site"), JSON],
        [JSON],
        [],
    ],
)
def test_what_our_pages_our_fronts_and_programs_send_is_let_in(
    client: Client, headers: list[tuple[str, str]]
) -> None:
    assert client.post("/login", "", *headers).status == 200
    assert "__Host-session" in client.cookies


BEARER = ("authorization", "Bearer token")


@pytest.mark.parametrize(
    "headers",
    [[FORM], [FORM, ("sec-fetch-site", "cross-site")], [JSON, ("origin", "app://mobile")]],
)
def test_a_token_without_a_cookie_is_sent_by_no_page_of_others(
    client: Client, headers: list[tuple[str, str]]
) -> None:
    assert client.post("/login", "", BEARER, *headers).status == 200


@pytest.mark.parametrize("authorization", ["Basic YTpi", "Digest x", ""])
def test_what_browsers_send_by_themselves_proves_nothing(
    client: Client, authorization: str
) -> None:
    headers = (("authorization", authorization), ("origin", "https://evil.example"))
    assert refused(client.post("/login", "", FORM, *headers), "cross-site")


def test_with_a_cookie_beside_it_a_token_proves_nothing(client: Client) -> None:
    client.get("/login")
    headers = (FORM, BEARER, ("origin", "https://evil.example"))
    client.cookies["__Host-session"] = "any"
    assert refused(client.post("/login", "", *headers), "cross-site")


def test_reading_is_for_everybody(client: Client) -> None:
    reply = client.get(
        "/send", ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")
    )
    assert reply.status == 200
    assert reply.all("access-control-allow-origin") == []


def token(client: Client) -> str:
    text = client.get("/form").text
    assert text.startswith('<input type="hidden" name="csrf_token" value="')
    return text.split('"')[5]


def test_a_form_without_a_browsers_word_needs_the_token_of_its_session(client: Client) -> None:
    client.get("/login")
    for body in ("note=hello", "note=hello&csrf_token=", "note=hello&csrf_token=forged.token"):
        assert refused(client.post("/send", body, FORM), "csrf")
    reply = client.post("/send", f"note=hello&csrf_token={token(client)}", FORM)
    assert (reply.status, "hello" in reply.text) == (200, True)


def test_a_form_with_a_file_may_carry_it_too(client: Client) -> None:
    client.get("/login")
    body = (
        '--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        f"{token(client)}\r\n"
        '--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
        f"Content-Type: text/plain\r\n\r\n{'z' * 200_000}\r\n--x--\r\n"
    )
    reply = client.post("/send", body, ("content-type", "multipart/form-data; boundary=x"))
    assert (reply.status, "hello" in reply.text) == (200, True)


def test_a_script_may_send_it_in_a_header(client: Client) -> None:
    client.get("/login")
    assert client.post("/send", "note=1", FORM, ("x-csrf-token", token(client))).status == 200
    assert refused(client.post("/send", "note=1", FORM, ("x-csrf-token", "x.y")), "csrf")


def test_a_token_of_one_session_is_refused_on_another(client: Client) -> None:
    other = Client(client.ask)
    other.get("/login")
    client.get("/login")
    assert refused(client.post("/send", f"csrf_token={token(other)}", FORM), "csrf")


def test_a_token_from_before_a_login_is_refused_after_it(client: Client) -> None:
    client.get("/login")
    before = token(client)
    client.get("/login")
    assert refused(client.post("/send", f"csrf_token={before}", FORM), "csrf")


def test_where_there_is_no_session_there_is_no_token(client: Client) -> None:
    assert token(client) == ""
    assert refused(client.post("/send", "note=1", FORM), "unproven-origin")
    assert client.cookies == {}


def test_a_path_for_everybody_is_for_everybody(client: Client) -> None:
    reply = client.post("/hook/in", "note=1", FORM, ("sec-fetch-site", "cross-site"))
    assert reply.status == 200
    assert refused(client.post("/hooks", "", FORM, ("sec-fetch-site", "cross-site")), "cross-site")


# -- credentialed CORS ----------------------------------------------------------------------------


def test_a_front_may_read_the_answer(client: Client) -> None:
    reply = client.get("/send", ("origin", FRONT))
    assert reply.all("access-control-allow-origin") == [FRONT]
    assert reply.all("access-control-allow-credentials") == ["true"]
    assert "origin" in reply.vary


def test_a_cache_never_gives_one_origin_what_another_was_told(client: Client) -> None:
    for headers in ([], [("origin", "https://evil.example")], [("origin", FRONT)]):
        assert "origin" in client.get("/send", *headers).vary


def test_a_front_is_told_why_it_was_refused(client: Client) -> None:
    client.get("/login")
    reply = client.post("/send", "", ("origin", "https://evil.example"), JSON)
    assert reply.all("access-control-allow-origin") == []
    reply = client.get("/nowhere", ("origin", FRONT))
    assert reply.all("access-control-allow-origin") == [FRONT]


def test_a_browser_that_asks_first_is_answered_before_anything_else(client: Client) -> None:
    asking = ("access-control-request-method", "DELETE")
    reply = client.send("OPTIONS", "/send", ("origin", FRONT), asking)
    assert (reply.status, reply.text, reply.cookies) == (204, "", [])
    assert reply.all("access-control-allow-origin") == [FRONT]
    assert reply.all("access-control-allow-credentials") == ["true"]
    assert "DELETE" in reply.all("access-control-allow-methods")[0]
    assert "Content-Type" in reply.all("access-control-allow-headers")[0]
    assert "*" not in str(reply.headers)
    assert "origin" in reply.vary
    other = client.send("OPTIONS", "/send", ("origin", "https://evil.example"), asking)
    assert refused(other, "cross-site")
    assert other.all("access-control-allow-origin") == []


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ("*", "browsers refuse \\* with credentials"),
        ("https://*.example.com", "name each origin"),
        ("null", "no origin"),
        ("app.example.com", "no origin"),
        ("ftp://app.example.com", "no origin"),
        ("https://app.example.com/", "browsers write"),
        ("https://app.example.com/path", "browsers write"),
        ("https://APP.example.com", "browsers write 'https://app.example.com'"),
        ("https://app.example.com:443", "browsers write 'https://app.example.com'"),
    ],
)
def test_what_is_no_single_origin_is_refused_at_the_start(origin: str, says: str) -> None:
    with pytest.raises(Misuse, match=says):
        Gate(fronts=[origin])


def test_a_text_is_no_list_and_everything_is_no_path() -> None:
    with pytest.raises(Misuse, match=r"write \['https://a.example'\]"):
        Gate(fronts="https://a.example")
    for skip in ("/hook", ["hook"], ["/"], [""]):
        with pytest.raises(Misuse, match="skip"):
            Gate(skip=skip)
    with pytest.raises(Misuse, match="leave out fronts="):
        Gate(fronts=[FRONT], cors=Cors([FRONT]))


def test_a_proxy_that_keeps_the_scheme_to_itself_is_named_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = Gate()
    asked = Asked("POST", "http", "/", {"host": "shop.example", "origin": "https://shop.example"})
    with caplog.at_level(logging.WARNING, "dojang"):
        for _ in range(3):
            with pytest.raises(CrossSite):
                gate.needs_token(asked)
    (record,) = caplog.records
    assert "let it send X-Forwarded-Proto" in record.message


def test_what_clients_make_up_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()
    for number in range(1_000):
        asked = Asked("POST", "https", "/", {"origin": f"https://h{number}.example"})
        with pytest.raises(CrossSite):
            gate.needs_token(asked)
    assert len(caplog.records) <= 40


# -- what only some of them have ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"origin": "https://testserver"}, True),
        ({"origin": FRONT}, True),
        ({}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://testserver", "sec-fetch-site": "cross-site"}, False),
    ],
)
def test_a_socket_is_opened_for_our_own_pages_only(
    home: Sessions, headers: dict[str, str], *, let_in: bool
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.close()

    client = TestClient(CrossSiteMiddleware(app, home, fronts=[FRONT]))
    with ExitStack() as stack:
        if not let_in:
            stack.enter_context(pytest.raises(WebSocketDisconnect))
        with client.websocket_connect("wss://testserver/", headers=headers) as connection:
            assert let_in, connection


def test_the_body_is_whole_however_it_is_read(home: Sessions) -> None:
    browser = Browser(home)
    browser.visit(lambda session: session.login("ada"))
    gate = Gate(secret=SECRET)
    body = f"csrf_token={browser.visit(gate.token)}&note=" + "a\n" * 50_000
    heard: list[bytes] = []

    def app(environ: Any, start_response: Any) -> Any:
        rest = environ["wsgi.input"]
        heard.append(rest.readline() + b"".join(rest.readlines(1)) + rest.read(7) + rest.read())
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b""]

    client = Client(over_wsgi(WSGICrossSiteMiddleware(app, home, secret=SECRET)), browser.cookies)
    assert client.post("/", body, FORM).status == 200
    assert heard == [body.encode()]


def test_without_a_secret_no_form_comes_in_unproven(home: Sessions) -> None:
    client = Client(over_wsgi(WSGICrossSiteMiddleware(lambda *_: [], home)))
    assert refused(client.post("/", "note=1", FORM), "unproven-origin")
    with pytest.raises(Misuse, match="pass secret="):
        Browser(home).visit(Gate().token)


def test_without_the_gate_a_template_is_told_what_to_write() -> None:
    with pytest.raises(Misuse, match="CrossSiteMiddleware"):
        form_token(Request({"type": "http"}))


def test_flask_and_quart_want_their_sessions_first() -> None:
    from flask import Flask
    from quart import Quart

    from dojang.adapters import flask
    from dojang.adapters.cross_site import quart

    with pytest.raises(Misuse, match="before CrossSite"):
        flask.CrossSite(Flask("bare"))
    with pytest.raises(Misuse, match="before CrossSite"):
        quart.CrossSite(Quart("bare"))


def test_what_an_application_says_of_other_origins_itself_is_left_out() -> None:
    given = [("Access-Control-Allow-Origin", "*"), ("Vary", "Cookie, Origin"), ("X", "y")]
    told = Cors([FRONT], expose=["X"]).answered(given, FRONT)
    assert told == [
        ("Vary", "Cookie, Origin"),
        ("X", "y"),
        ("access-control-allow-origin", FRONT),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "X"),
    ]
    assert Cors([]).answered(given, FRONT) == given


def test_a_page_without_an_origin_is_not_told_to_be_named(
    home: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(*_: Any) -> None:
        raise AssertionError

    client = TestClient(CrossSiteMiddleware(app, home))
    with caplog.at_level(logging.WARNING, "dojang"):
        assert client.post("/", headers={"origin": "null"}).status_code == 403
    assert "a page without an origin" in caplog.text
    assert "fronts=" not in caplog.text


@pytest.mark.parametrize("framework", ["fastapi", "litestar"])
def test_around_the_whole_application_a_front_reads_every_error(
    framework: str, in_memory: Sessions
) -> None:
    app: Any
    if framework == "fastapi":
        app = FastAPI()

        @app.get("/boom")
        def boom() -> None:
            raise RuntimeError
    else:

        @get("/boom")
        async def litestar_boom() -> None:
            raise RuntimeError

        app = Litestar([litestar_boom], plugins=[Dojang(in_memory)], logging_config=None)
    client = TestClient(
        CrossSiteMiddleware(app, in_memory, fronts=[FRONT]), raise_server_exceptions=False
    )
    for method, path, status in (("GET", "/boom", 500), ("GET", "/x", 404), ("PUT", "/boom", 405)):
        answer = client.request(method, path, headers={"origin": FRONT})
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == FRONT
