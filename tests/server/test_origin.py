import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from .kit import LOGIN

JSON = {"content-type": "application/json"}
CHANGES = [
    ("POST", "signup"),
    ("POST", "login"),
    ("POST", "logout"),
    ("POST", "sessions/end-others"),
    ("DELETE", "sessions/x"),
]
FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "nonsense"},
    {"sec-fetch-site": "cross-site", "origin": "http://localhost:8000"},
    {"origin": "https://evil.example"},
    {"origin": "http://localhost:8000.evil.example"},
    {"origin": "http://localhost:8001"},
    {"origin": "https://localhost:8000"},
    {"origin": "null"},
    {"origin": ""},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_nothing_changes_on_behalf_of_another_site(
    ada: TestClient, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = ada.request(method, f"/api/auth/{path}", headers={**JSON, **headers}, content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")
    assert "set-cookie" not in answer.headers
    assert ada.get("/api/auth/check").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "http://localhost:8000"},
        {"origin": "http://127.0.0.1:8000"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
    ],
    ids=str,
)
def test_our_own_pages_and_programs_that_send_json_are_let_in(
    ada: TestClient, headers: dict[str, str]
) -> None:
    assert ada.post("/api/auth/login", json=LOGIN, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["signup", "login", "logout", "sessions/end-others"])
@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_what_a_form_can_send_needs_somebody_to_say_where_it_comes_from(
    ada: TestClient, path: str, media_type: str
) -> None:
    answer = ada.post(f"/api/auth/{path}", headers={"content-type": media_type}, content=b"a=b")
    assert (answer.status_code, answer.json()["code"]) == (403, "unproven-origin")
    assert "Content-Type: application/json" in answer.json()["detail"]


@pytest.mark.parametrize(("path", "status"), [("sessions/end-others", 200), ("logout", 204)])
def test_a_program_may_post_nothing_at_all_because_no_form_can(
    ada: TestClient, path: str, status: int
) -> None:
    assert ada.post(f"/api/auth/{path}").status_code == status


def test_a_program_may_delete_without_naming_a_type_because_no_form_can(ada: TestClient) -> None:
    [here] = ada.get("/api/auth/sessions").json()["sessions"]
    assert ada.delete(f"/api/auth/sessions/{here['handle']}").status_code == 204


def test_another_site_may_link_here(ada: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    assert ada.get("/api/auth/check", headers=headers).status_code == 200


def test_no_other_site_may_read_an_answer(ada: TestClient) -> None:
    answer = ada.get("/api/auth/check", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_people_get_the_refusal_as_a_page(client: TestClient) -> None:
    headers = {"accept": "text/html", "sec-fetch-site": "cross-site"}
    answer = client.post("/sign-in", headers=headers, data={})
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")


def test_a_web_socket_finds_nothing_here(ada: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), ada.websocket_connect("/api/auth/check"):
        pass
