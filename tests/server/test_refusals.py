from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.testclient import TestClient


def raises(status: int) -> Callable[..., object]:
    async def endpoint(_request: object) -> None:
        raise HTTPException(status, headers={"X-Why": "tested"})

    return endpoint


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/nothing", 404, "not-found"),
        ("/nothing", 404, "not-found"),
        ("/nothing/", 404, "not-found"),
        ("/%2e%2e/nothing", 404, "not-found"),
    ],
)
def test_what_there_is_not_is_a_problem_for_programs_and_a_page_for_people(
    client: TestClient, path: str, status: int, code: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    page = client.get(path, headers={"accept": "text/html,*/*"})
    assert page.status_code == status
    people = not path.startswith("/api/")
    assert page.headers["content-type"].startswith("text/html") is people


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/healthz", "GET"),
        ("DELETE", "/readyz", "GET"),
        ("PUT", "/openapi.json", "GET"),
        ("GET", "/api/auth/login", "POST"),
        ("GET", "/api/auth/sessions/end-others", "POST"),
    ],
)
def test_a_method_that_is_not_taken_names_one_that_is(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert allowed in answer.headers["allow"].split(", ")
    assert allowed in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/api/auth/session"])
def test_what_can_be_read_can_be_asked_for_its_head(client: TestClient, path: str) -> None:
    assert client.head(path).status_code == 200


def test_other_refusals_of_the_framework_are_bad_requests(
    client: TestClient, app: Starlette
) -> None:
    app.router.routes.insert(0, Route("/odd", raises(400)))
    answer = client.get("/odd")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert answer.headers["x-why"] == "tested"
