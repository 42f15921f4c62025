import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang.server.log import open_log

from .kit import ADA, LOGIN, PASSWORD, SECRET, app_in, browser

pytestmark = pytest.mark.usefixtures("bare")
FORGED = 'ada\r\n{"event":"logged-in"}\n\x1b[31mred\x1b[0m\u2028\u202e'


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def app(tmp_path: Path, out: io.StringIO) -> Starlette:
    settings: dict[str, Any] = {
        "env": "production",
        "secret": SECRET,
        "url": "https://login.example.org",
    }
    return app_in(tmp_path / "var", log=out, **settings)


@pytest.fixture
def client(app: Starlette) -> Iterator[TestClient]:
    with browser(app) as client:
        yield client


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_in_production_a_line_is_a_json_object_with_the_id_of_its_request(
    client: TestClient, out: io.StringIO
) -> None:
    answer = client.post("/api/auth/signup", json=ADA)
    done, answered = lines(out)
    assert (done["event"], done["user"]) == ("signed-up", answer.json()["id"])
    assert answered["event"] == "answered"
    assert (answered["method"], answered["path"]) == ("POST", "/api/auth/signup")
    assert answered["status"] == 201
    assert done["request"] == answered["request"] == answer.headers["x-request-id"]


def test_no_line_has_a_cookie_a_password_or_what_was_typed(
    client: TestClient, out: io.StringIO
) -> None:
    client.post("/api/auth/signup", json=ADA)
    cookie = client.cookies["__Host-session"]
    client.get("/api/auth/check?token=in-the-query")
    client.post("/api/auth/login", json={"login": PASSWORD, "password": "hunter2hunter2"})
    client.post("/api/auth/login", json=LOGIN)
    client.post("/api/auth/logout", json={})
    text = out.getvalue()
    for secret in (PASSWORD, "hunter2", cookie, cookie[4:47], "in-the-query", SECRET, "ada@"):
        assert secret not in text
    assert "login-refused" in text


def test_who_tries_a_login_cannot_forge_a_line(client: TestClient, out: io.StringIO) -> None:
    client.post("/api/auth/login", json={"login": FORGED, "password": FORGED})
    client.post("/api/auth/signup", json={"username": FORGED, "password": PASSWORD})
    assert [line["event"] for line in lines(out)] == ["login-refused", "answered", "answered"]


@pytest.mark.parametrize("as_json", [True, False])
def test_a_value_stays_on_its_line(*, as_json: bool) -> None:
    out = io.StringIO()
    open_log(as_json=as_json, stream=out).info("event", value=FORGED)
    text = out.getvalue()
    assert text.endswith("\n")
    assert text.rstrip("\n").isprintable()


def test_a_fault_of_ours_is_logged_whole_and_answered_with_nothing(
    app: Starlette, client: TestClient, out: io.StringIO
) -> None:
    async def fails(_request: object) -> None:
        raise RuntimeError("the inner workings")

    app.router.routes.insert(0, Route("/fails", fails))
    answer = client.get("/fails")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "inner workings" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    failed, answered = lines(out)
    assert "RuntimeError: the inner workings" in str(failed["exception"])
    assert (answered["status"], answered["level"]) == (500, "warning")
    page = client.get("/fails", headers={"accept": "text/html"})
    assert page.status_code == 500
    assert "inner workings" not in page.text


def test_watching_says_nothing_while_all_is_well(client: TestClient, out: io.StringIO) -> None:
    client.get("/healthz")
    client.get("/readyz")
    assert not out.getvalue()


def test_a_refusal_for_its_origin_says_what_came(client: TestClient, out: io.StringIO) -> None:
    client.post("/api/auth/login", json=LOGIN, headers={"origin": "https://evil.example"})
    refused = lines(out)[0]
    assert (refused["event"], refused["origin"]) == ("cross-site", "https://evil.example")
    assert refused["ours"] == ["https://login.example.org"]


def test_a_login_that_came_to_nothing_is_not_said_to_have_been_one(
    bare: Path, out: io.StringIO
) -> None:
    app = app_in(bare / "var", log=out, sessions_per_account=1, when_full="refuse")
    browser(app).post("/api/auth/signup", json=ADA)
    assert browser(app).post("/api/auth/login", json=LOGIN).status_code == 409
    assert "signed-up" in out.getvalue()
    assert "logged-in" not in out.getvalue()


def test_an_answer_that_breaks_off_is_logged_and_not_taken_for_a_whole_one(
    app: Starlette, out: io.StringIO
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"half of "
        raise RuntimeError("the other half")

    async def breaks(_request: object) -> StreamingResponse:
        return StreamingResponse(pieces())

    app.router.routes.insert(0, Route("/breaks", breaks))
    client = TestClient(app, base_url="https://login.example.org")
    with pytest.raises(RuntimeError, match="the other half"):
        client.get("/breaks")
    assert lines(out)[0]["event"] == "failed"


def test_a_line_says_why_the_session_that_came_was_not_accepted(
    client: TestClient, out: io.StringIO
) -> None:
    client.get("/api/auth/check")
    client.get("/api/auth/check", headers={"cookie": "__Host-session=s%3Aforged.forged"})
    nobody, forged = lines(out)
    assert "rejected" not in nobody
    assert forged["rejected"] == "bad-signature"
