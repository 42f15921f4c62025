from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from .kit import ADA

Start = Callable[..., TestClient]
PATHS = ["/api/auth/check", "/api/auth/nothing", "/healthz", "/openapi.json", "/nothing", "/"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_tells_browsers_what_it_may_not_do(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in {"no-referrer", "same-origin"}
    assert headers["x-request-id"]


@pytest.mark.parametrize("path", PATHS)
def test_over_https_browsers_are_told_to_stay_there(start: Start, path: str) -> None:
    secured = start(url="https://login.example.org")
    assert secured.get(path).headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in start().get(path).headers


def test_the_public_address_decides_about_the_cookie(start: Start) -> None:
    secured = start(url="https://login.example.org").post("/api/auth/signup", json=ADA)
    line = secured.headers["set-cookie"]
    assert line.startswith("__Host-session=")
    assert "; Secure" in line
    assert "; HttpOnly" in line
    assert "; SameSite=Lax" in line
    assert "Domain" not in line


def test_plain_http_on_this_machine_has_a_cookie_that_it_can_carry(client: TestClient) -> None:
    line = client.post("/api/auth/signup", json=ADA).headers["set-cookie"]
    assert line.startswith("session=")
    assert "Secure" not in line


@pytest.mark.parametrize("path", ["check", "session", "sessions", "nothing", "logout"])
def test_no_answer_of_the_api_is_kept(ada: TestClient, path: str) -> None:
    assert ada.get(f"/api/auth/{path}").headers["cache-control"] == "no-store"


def test_an_answer_that_depends_on_the_cookie_says_so(ada: TestClient) -> None:
    assert "Cookie" in ada.get("/api/auth/check").headers["vary"]
