from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from .kit import break_accounts, break_sessions

Start = Callable[..., TestClient]


@pytest.mark.parametrize("sessions", [None, "memory:", "sealed:"])
def test_a_server_that_can_work_is_ready(start: Start, sessions: str | None) -> None:
    client = start(sessions=sessions)
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready\n")


@pytest.mark.parametrize(
    ("part", "breaks"), [("accounts", break_accounts), ("sessions", break_sessions)]
)
def test_a_part_that_does_not_answer_is_named_and_the_process_runs_on(
    client: TestClient, app: Starlette, part: str, breaks: Callable[[Starlette], None]
) -> None:
    breaks(app)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    assert answer.json()["detail"] == f"not ready: {part}"
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_watching_makes_no_session(start: Start, path: str) -> None:
    # A load balancer that asked every 2 s once made 170,000 empty sessions.
    client = start(session_renew=0)
    client.cookies["session"] = "s%3Anonsense.nonsense"
    answer = client.get(path)
    assert "set-cookie" not in answer.headers
    assert "vary" not in answer.headers
