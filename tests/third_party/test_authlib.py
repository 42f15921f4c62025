"""Authlib's client for Starlette keeps the state of a sign-in in our session."""

import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from authlib.integrations.starlette_client import OAuth, OAuthError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang.adapters.asgi import SessionMiddleware, session_of
from dojang.sessions import Sessions


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Provider:
    """A provider that gives everybody with a good verifier the same answer."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        self.asked.append(parse_qs(body))
        answer = json.dumps({"access_token": "of-ada", "token_type": "Bearer", "user": "ada"})
        start_response("200 OK", [("Content-Type", "application/json")])
        return [answer.encode()]


@pytest.fixture
def provider() -> Iterator[tuple[Provider, str]]:
    app = Provider()
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield app, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def application(sessions: Sessions, url: str) -> Starlette:
    oauth: Any = OAuth()
    oauth.register(
        "fake",
        client_id="us",
        client_secret="secret",
        authorize_url=f"{url}/authorize",
        access_token_url=f"{url}/token",
        client_kwargs={"scope": "profile", "code_challenge_method": "S256"},
    )

    async def begin(request: Request) -> Response:
        back = "https://testserver/back"
        answer: Response = await oauth.fake.authorize_redirect(request, back)
        return answer

    async def back(request: Request) -> Response:
        try:
            token = await oauth.fake.authorize_access_token(request)
        except OAuthError as error:
            return JSONResponse({"error": error.error}, 400)
        session_of(request).login(token["user"])
        return JSONResponse({"user": token["user"]})

    async def me(request: Request) -> Response:
        session = session_of(request)
        return JSONResponse({"user": session.user, "members": sorted(session)})

    app = Starlette(routes=[Route("/begin", begin), Route("/back", back), Route("/me", me)])
    app.add_middleware(SessionMiddleware, sessions=sessions)
    return app


def begun(client: TestClient) -> dict[str, str]:
    """Begin to sign in; return what the browser is sent to the provider with."""
    answer = client.get("/begin", follow_redirects=False)
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def test_a_visit_to_the_provider_and_back(
    sessions: Sessions, provider: tuple[Provider, str]
) -> None:
    asked, url = provider
    client = TestClient(application(sessions, url), base_url="https://testserver")
    sent = begun(client)
    before = client.cookies[sessions.cookie.name]
    (kept,) = client.get("/me").json()["members"]
    assert kept == f"_state_fake_{sent['state']}"
    answer = client.get("/back", params={"state": sent["state"], "code": "good"})
    assert answer.json() == {"user": "ada"}
    # Its verifier came out of the session, and its state is gone from there.
    assert asked.asked[0]["code_verifier"][0]
    assert client.get("/me").json() == {"user": "ada", "members": []}
    assert client.cookies[sessions.cookie.name] != before
    # Coming back a second time finds nothing.
    answer = client.get("/back", params={"state": sent["state"], "code": "good"})
    assert (answer.status_code, answer.json()) == (400, {"error": "mismatching_state"})


def test_a_state_of_another_browser_is_refused(
    sessions: Sessions, provider: tuple[Provider, str]
) -> None:
    """Login CSRF: the attacker began, and the victim comes back."""
    _, url = provider
    app = application(sessions, url)
    attacker = TestClient(app, base_url="https://testserver")
    victim = TestClient(app, base_url="https://testserver")
    begun(victim)
    answer = victim.get("/back", params={"state": begun(attacker)["state"], "code": "of-eve"})
    assert answer.json() == {"error": "mismatching_state"}
    assert victim.get("/me").json()["user"] is None


def test_of_two_tabs_the_newer_one_wins_as_authlib_has_it(
    sessions: Sessions, provider: tuple[Provider, str]
) -> None:
    _, url = provider
    client = TestClient(application(sessions, url), base_url="https://testserver")
    first, second = begun(client)["state"], begun(client)["state"]
    # Authlib takes older states out of a session, and the session loses nothing else by it.
    assert client.get("/me").json()["members"] == [f"_state_fake_{second}"]
    assert client.get("/back", params={"state": first, "code": "x"}).status_code == 400
    assert client.get("/back", params={"state": second, "code": "x"}).json() == {"user": "ada"}
