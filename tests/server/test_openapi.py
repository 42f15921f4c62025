from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.adapters.auth_api.api import AuthApi
from dojang.server.openapi import document
from dojang.server.routes import PREFIX, TABLE, api_routes

from .kit import ADA, LOGIN, PASSWORD, break_sessions, browser, parts, run

Start = Callable[..., TestClient]

DOCUMENT = document(url="http://localhost:8000", cookie="session")
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
STATUSES = [
    (name, int(status))
    for name, (_, _, operation) in OPERATIONS.items()
    for status in operation["responses"]
]
JSON = {"content-type": "application/json"}
BODIES: dict[str, Any] = {
    "sign_up": {"username": "grace", "password": PASSWORD},
    "log_in": LOGIN,
}


def test_the_document_is_served(client: TestClient) -> None:
    assert client.get("/openapi.json").json() == DOCUMENT


def test_every_route_of_the_api_is_documented(app: Starlette) -> None:
    served = {
        (method, PREFIX + route.path)
        for route in api_routes(AuthApi(parts(app).sessions, parts(app).accounts))
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert served == {(method, path) for method, path, _ in OPERATIONS.values()}
    assert len(OPERATIONS) == len(TABLE)


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    references = list(find(DOCUMENT))
    assert references
    assert {reference.rpartition("/")[2] for reference in references} <= set(schemas)


@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_every_documented_status_is_given(start: Start, name: str, status: int) -> None:
    answer = produce(start, name, status)
    assert answer.status_code == status
    documented = OPERATIONS[name][2]["responses"][str(status)]
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] in documented["description"].split(" or ")
    elif "content" in documented:
        schema = documented["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        members = DOCUMENT["components"]["schemas"][schema]["properties"]
        assert set(answer.json()) == set(members)


def test_a_form_is_documented_as_it_is_read() -> None:
    form = DOCUMENT["components"]["schemas"]["LogIn"]
    assert form["additionalProperties"] is False
    assert form["required"] == ["login", "password"]


def produce(start: Start, name: str, status: int) -> Response:
    """Return an answer of an operation that has the status."""
    match status:
        case 409:
            ada = signed_up(start, sessions_per_account=1, when_full="refuse")
            return ask(browser(app_of(ada)), name, json={**ADA} if name == "sign_up" else LOGIN)
        case 401 if name == "log_in":
            return ask(start(), name)
        case 401 if name == "show_session":
            ada = signed_up(start)
            id = ada.get("/api/auth/check").json()["id"]
            run(parts(app_of(ada)).accounts.set_disabled(id, disabled=True))
            return ask(ada, name)
        case 401:
            return ask(start(), name)
        case 503:
            ada = signed_up(start)
            break_sessions(app_of(ada))
            return ask(ada, name)
        case _:
            return ask(signed_up(start), name, **REQUESTS.get(status, {}))


REQUESTS: dict[int, dict[str, Any]] = {
    400: {"content": b"{", "headers": JSON},
    403: {"headers": {"sec-fetch-site": "cross-site"}},
    404: {"handle": "nobodys"},
    413: {"content": b"x" * 70_000, "headers": JSON},
    415: {"content": b"{}", "headers": {"content-type": "x/y"}},
    422: {"json": {"userId": "1"}},
}


def ask(client: TestClient, name: str, *, handle: str | None = None, **options: Any) -> Response:
    method, path, operation = OPERATIONS[name]
    if "{handle}" in path:
        path = path.replace("{handle}", handle or own_handle(client))
    if "requestBody" in operation and not {"json", "content"} & set(options):
        options["json"] = BODIES.get(name, {})
    return client.request(method, path, **options)


def own_handle(client: TestClient) -> str:
    answer = client.get("/api/auth/session")
    return answer.json().get("handle") or "nobodys"


def signed_up(start: Start, **settings: Any) -> TestClient:
    client = start(**settings)
    assert client.post("/api/auth/signup", json=ADA).status_code == 201
    return client


def app_of(client: TestClient) -> Starlette:
    assert isinstance(client.app, Starlette)
    return client.app


def find(value: Any) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for member in value.values():
            yield from find(member)
    elif isinstance(value, list):
        for item in value:
            yield from find(item)
