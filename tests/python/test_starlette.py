"""Starlette's SessionMiddleware reads the cookies that we write, and we read its own."""

import time
from typing import Any

from hypothesis import given
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dojang.wire import json
from dojang.wire.itsdangerous.starlette import StarletteCookie
from tests.node.payloads import OBJECTS, counted, written

SECRET = "the secret that is in use now"
OURS = StarletteCookie(SECRET)


def now() -> int:
    return time.time_ns() // 1_000_000


async def exchange(request: Request) -> Response:
    """Answer with the session, and put what was sent into it."""
    found = dict(request.session)
    request.session.clear()
    request.session.update(json.loads(await request.body()))
    return Response(json.dumps(found))


APP = Starlette(
    routes=[Route("/", exchange, methods=["POST"])],
    middleware=[Middleware(SessionMiddleware, secret_key=SECRET)],
)


@counted
@given(brought=OBJECTS, left=OBJECTS.filter(bool))
def test_sessions_go_both_ways(brought: dict[str, Any], left: dict[str, Any]) -> None:
    visitor = TestClient(APP)
    mine = OURS.encode(brought, expires=None, now=now())
    answer = visitor.post("/", content=json.dumps(left), headers={"cookie": f"session={mine}"})
    assert answer.text == written(brought)
    line = answer.headers["set-cookie"]
    value = line.removeprefix("session=").partition(";")[0]
    opened = OURS.decode(value, now=now())
    assert written(opened.claims) == written(left)
    assert OURS.encode(opened.claims, expires=None, now=opened.issued or 0) == value


def test_the_cookie_that_clears_a_session_is_refused() -> None:
    visitor = TestClient(APP)
    mine = OURS.encode({"user": 1}, expires=None, now=now())
    answer = visitor.post("/", content="{}", headers={"cookie": f"session={mine}"})
    assert answer.headers["set-cookie"].startswith("session=null;")
