"""What people do at a server is kept, whichever way they come."""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.auth import Event, PasswordHasher
from dojang.auth.passwords import CHEAPEST
from dojang.server.app import create
from dojang.server.settings import Settings
from dojang.testing import Clock
from tests.server.kit import ADA, LOGIN, PASSWORD, browser, parts, run

from .pages.kit import MAC, Person

Start = Callable[..., TestClient]
WRONG = {**LOGIN, "password": "not the password"}
ROOT = Path(__file__).parent.parent.parent
NEW = "another battery of horses"


def app_of(client: TestClient) -> Starlette:
    assert isinstance(client.app, Starlette)
    return client.app


def happened(client: TestClient, **which: Any) -> list[Event]:
    """Return what happened so far, oldest first."""
    return [event for _, event in run(parts(app_of(client)).events.page(**which))][::-1]


def kinds(client: TestClient) -> list[str]:
    return [event.kind for event in happened(client)]


def test_the_api_notes_who_did_what_from_where(client: TestClient) -> None:
    user = client.post("/api/auth/signup", json=ADA, headers={"user-agent": MAC}).json()["id"]
    client.post("/api/auth/logout", json={})
    client.post("/api/auth/login", json=WRONG)
    client.post("/api/auth/login", json=LOGIN)
    client.post("/api/auth/password", json={"old_password": PASSWORD, "new_password": NEW})
    client.post("/api/auth/sessions/end-others", json={})
    assert kinds(client)[:5] == [
        "signed-up", "logged-out", "login-refused", "logged-in", "password-changed",
    ]  # fmt: skip
    assert {event.user for event in happened(client)} == {user}
    first = happened(client)[0]
    assert (first.address, first.agent) == ("192.0.2.7", MAC)
    assert first.handle


def test_the_pages_note_the_same(client: TestClient) -> None:
    person = Person(app_of(client)).sign_up()
    Person(app_of(client)).send("/sign-in", WRONG)
    person.send("/account/devices/sign-out-others")
    person.send("/account/password", {"old_password": PASSWORD, "new_password": NEW})
    person.send("/sign-out")
    assert kinds(client) == [
        "signed-up", "login-refused", "other-sessions-ended", "password-changed", "logged-out",
    ]  # fmt: skip


def test_a_flood_of_guesses_fills_no_table(client: TestClient) -> None:
    client.post("/api/auth/signup", json=ADA)
    stranger = browser(app_of(client))
    for _ in range(50):
        stranger.post("/api/auth/login", json=WRONG)
    assert kinds(client) == ["signed-up"] + ["login-refused"] * 5


def test_a_guess_at_nobody_is_nobodys_event(client: TestClient) -> None:
    client.post("/api/auth/login", json={**WRONG, "login": "nobody"})
    (event,) = happened(client)
    assert (event.kind, event.user) == ("login-refused", None)


def test_a_refresh_token_that_came_back_is_an_event_of_its_owner(
    client: TestClient, clock: Clock
) -> None:
    user = client.post("/api/auth/signup", json=ADA).json()["id"]
    used = client.post("/api/auth/token", json=LOGIN).json()["refresh_token"]
    for _ in range(2):
        clock.tick(30)
        client.post("/api/auth/token/refresh", json={"refresh_token": used})
    event = happened(client)[-1]
    (line,) = client.get("/api/auth/sessions").json()["clients"]
    assert (event.kind, event.user) == ("refresh-token-reused", user)
    assert event.facts == {"device": line["handle"]}


def test_nothing_secret_and_nothing_typed_is_kept(start: Start) -> None:
    log = StringIO()
    client = start(log=log)
    client.post("/api/auth/signup", json=ADA)
    client.post("/api/auth/login", json={"login": "typed\x1b[31m\n", "password": "a password"})
    pair = client.post("/api/auth/token", json={}).json()
    kept = repr(happened(client)) + log.getvalue()
    cookie = client.cookies[parts(app_of(client)).sessions.cookie.name]
    secrets = [PASSWORD, "a password", "typed", cookie, pair["access_token"], pair["refresh_token"]]
    assert [secret for secret in secrets if secret in kept] == []


@pytest.mark.parametrize(
    ("addresses", "kept"), [("whole", "192.0.2.7"), ("network", "192.0.2.0/24"), ("none", "")]
)
def test_how_much_of_an_address_is_kept_is_a_setting(
    start: Start, addresses: str, kept: str
) -> None:
    client = start(event_addresses=addresses)
    client.post("/api/auth/signup", json=ADA)
    (event,) = happened(client)
    assert event.address == kept


@pytest.mark.parametrize(("addresses", "kept"), [("network", "192.0.2.0/24"), ("none", "")])
def test_the_log_keeps_no_more_of_it(start: Start, addresses: str, kept: str) -> None:
    log = StringIO()
    client = start(event_addresses=addresses, log=log)
    for _ in range(6):  # the last one is not looked at
        client.post("/api/auth/login", json={"login": "ada", "password": "not it, not it"})
    assert log.getvalue().count("login-refused") == 6
    assert "192.0.2.7" not in log.getvalue()
    assert log.getvalue().count(f"address={kept}") == 6


def test_hooks_of_the_server_are_told_of_every_event(bare: Path) -> None:
    told: list[Event] = []

    async def tell(event: Event) -> None:
        told.append(event)
        raise RuntimeError("and what goes wrong there is nobody else's trouble")

    app = create(Settings.load(home=bare / "var"), hasher=PasswordHasher(CHEAPEST), hooks=[tell])
    assert browser(app).post("/api/auth/signup", json=ADA).status_code == 201
    assert browser(app).post("/api/auth/login", json=LOGIN).status_code == 200
    assert [event.kind for event in told] == ["signed-up", "logged-in", "new-device"]
    assert told == [event for _, event in run(parts(app).events.page())][::-1]


def test_every_kind_of_event_is_documented() -> None:
    page = (ROOT / "docs" / "howto" / "hear-of-events.md").read_text(encoding="utf-8")
    noted = re.compile(r'(?:\.(?:note|warn|refused)\(\s*request|noted\([a-z.]+),\s*"([a-z-]+)"')
    sources = (ROOT / "src" / "dojang").rglob("*.py")
    found = {kind for path in sources for kind in noted.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 15
    assert {kind for kind in found if f"`{kind}`" not in page} == set()
