import re
from collections.abc import Callable

import httpx2
import pytest
from starlette.testclient import TestClient

from dojang.testing import Clock

from .kit import ADA, LOGIN, SECRET, break_sessions

Start = Callable[..., TestClient]

KEY = "a-key-for-scrapers-" + "x" * 32
SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? (\S+)")


@pytest.fixture
def client(start: Start) -> TestClient:
    return start(metrics_key=KEY)


def scraped(client: TestClient, key: str = KEY) -> httpx2.Response:
    answer = client.get("/metrics", headers={b"authorization": f"Bearer {key}".encode()})
    assert isinstance(answer, httpx2.Response)
    return answer


def numbers(client: TestClient, name: str) -> dict[str, float]:
    """Return the samples of one name by their labels, as they are written."""
    answer = scraped(client)
    assert answer.status_code == 200
    matches = (SAMPLE.fullmatch(line) for line in answer.text.splitlines() if line[:1] != "#")
    return {found[2] or "": float(found[3]) for found in matches if found and found[1] == name}


def test_scrapers_have_a_key_and_nobody_else_reads_on(client: TestClient) -> None:
    assert scraped(client).headers["content-type"].startswith("text/plain; version=0.0.4")
    for answer in (client.get("/metrics"), scraped(client, "another"), scraped(client, "도장")):
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid-metrics-key")
        assert "DOJANG_METRICS_KEY" in answer.json()["detail"]
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_without_a_key_there_are_no_metrics(start: Start) -> None:
    assert scraped(start()).status_code == 404


def test_who_asks_for_openmetrics_gets_it(client: TestClient) -> None:
    accept = "application/openmetrics-text; version=1.0.0"
    headers = {"authorization": f"Bearer {KEY}", "accept": accept}
    answer = client.get("/metrics", headers=headers)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_sign_ins_are_counted_by_outcome(client: TestClient) -> None:
    client.post("/api/auth/signup", json=ADA)
    for password in ("wrong", "wrong again", LOGIN["password"]):
        client.post("/api/auth/login", json={**LOGIN, "password": password})
    for _ in range(6):
        client.post("/api/auth/login", json={"login": "eve@example.org", "password": "guess"})
    client.post("/api/auth/token", json=LOGIN)
    assert numbers(client, "dojang_sign_ins_total") == {
        'outcome="signed-up"': 1,
        'outcome="logged-in"': 1,
        'outcome="token-made"': 1,
        'outcome="invalid-credentials"': 2 + 5,
        'outcome="too-many-attempts"': 1,
    }


def test_sessions_that_are_not_accepted_are_counted_by_their_code(
    client: TestClient, clock: Clock
) -> None:
    client.post("/api/auth/signup", json=ADA)
    clock.tick(8 * 24 * 3600)
    assert client.get("/api/auth/check").json()["code"] == "expired"
    client.cookies.clear()
    client.get("/api/auth/check")  # nothing came, which is no news
    for _ in range(2):
        client.get("/api/auth/check", headers={"cookie": "session=s%3Aforged.forged"})
    assert numbers(client, "dojang_rejections_total") == {
        'code="expired"': 1,
        'code="bad-signature"': 2,
    }


def test_a_refresh_token_that_is_used_again_is_counted(client: TestClient, clock: Clock) -> None:
    client.post("/api/auth/signup", json=ADA)
    first = client.post("/api/auth/token", json=LOGIN).json()["refresh_token"]

    def refresh() -> int:
        return client.post("/api/auth/token/refresh", json={"refresh_token": first}).status_code

    assert (refresh(), numbers(client, "dojang_refresh_token_reuse_total")) == (200, {"": 0})
    clock.tick(60)
    assert (refresh(), numbers(client, "dojang_refresh_token_reuse_total")) == (401, {"": 1})


def test_what_the_store_takes_is_known_by_verb_and_so_is_that_it_is_down(
    client: TestClient,
) -> None:
    client.post("/api/auth/signup", json=ADA)
    calls = numbers(client, "dojang_store_seconds_count")
    assert calls['outcome="ok",verb="insert"'] == 1
    assert numbers(client, "dojang_store_seconds_sum")['outcome="ok",verb="insert"'] > 0
    assert not any("unavailable" in labels for labels in calls)
    break_sessions(client.app)  # type: ignore[arg-type]  # the one it was made of
    assert client.get("/api/auth/check").status_code == 503
    assert numbers(client, "dojang_store_seconds_count")['outcome="unavailable",verb="find"'] >= 1
    assert numbers(client, "dojang_request_seconds_count")['status="503"'] == 1


@pytest.mark.parametrize("sessions", [None, "sealed:"])
def test_how_late_a_logout_elsewhere_is_seen_is_known(
    start: Start, clock: Clock, sessions: str | None
) -> None:
    client = start(metrics_key=KEY, sessions=sessions)
    client.post("/api/auth/signup", json=ADA)
    pair = client.post("/api/auth/token", json=LOGIN).json()
    bearer = {"authorization": f"Bearer {pair['access_token']}"}
    before = numbers(client, "dojang_revocation_lag_seconds_sum").get("", 0)
    for milliseconds in (100, 800, 200):
        clock.now += milliseconds
        assert client.get("/api/auth/check", headers=bearer).status_code == 200
    # The pull of the last request says how old the copy was when the one before was judged.
    late = numbers(client, "dojang_revocation_lag_seconds_sum")[""] - before
    assert 0.7 <= late <= 0.9 + 0.001


def test_what_a_retired_secret_made_is_counted(start: Start) -> None:
    old, new = start(secret=SECRET, metrics_key=KEY), SECRET[::-1]
    old.post("/api/auth/signup", json=ADA)
    client = start(secret=f"{new},{SECRET}", metrics_key=KEY, session_renew=0)
    client.cookies = old.cookies
    client.get("/api/auth/check")
    assert numbers(client, "dojang_old_sessions_total") == {'kind="retired secret"': 1}
