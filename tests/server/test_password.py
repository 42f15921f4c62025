"""Another password: who asks stays, all others are out, and so is whoever is just coming in."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.auth import PasswordHasher
from dojang.auth.passwords import CHEAPEST, Verified
from dojang.testing import Clock

from .kit import ADA, LOGIN, PASSWORD, browser, parts
from .test_tokens import check, pair, refresh, verdicts

Start = Callable[..., TestClient]

NEW = "another battery of horses"
CHANGE = {"old_password": PASSWORD, "new_password": NEW}
WITH_NEW = {**LOGIN, "password": NEW}


@pytest.fixture(params=["sqlite", "sealed:", "memory:"])
def app(request: pytest.FixtureRequest, start: Start) -> Starlette:
    given = {} if request.param == "sqlite" else {"sessions": request.param}
    app = start(**given).app
    assert isinstance(app, Starlette)
    assert browser(app).post("/api/auth/signup", json=ADA).status_code == 201
    return app


def sign_in(app: Starlette, form: dict[str, str] = LOGIN) -> TestClient:
    client = browser(app)
    assert client.post("/api/auth/login", json=form).status_code == 200
    return client


def change(client: TestClient, **fields: Any) -> Any:
    return client.post("/api/auth/password", json={**CHANGE, **fields})


def is_in(client: TestClient) -> bool:
    return bool(client.get("/api/auth/check").status_code == 200)


def test_who_changes_the_password_goes_on_under_a_new_id_and_all_others_are_out(
    app: Starlette, clock: Clock
) -> None:
    mine, other = sign_in(app), sign_in(app)
    kept, gone = pair(mine), pair(other)
    alone = pair(browser(app), **LOGIN)
    stolen = browser(app)
    stolen.cookies = mine.cookies
    clock.tick(1)
    answer = change(mine)
    assert (answer.status_code, answer.text) == (204, "")
    assert "set-cookie" in answer.headers
    clock.tick(1)
    assert is_in(mine)
    assert not is_in(other)
    assert verdicts(app, kept) == ("ok", "ok")
    for made in (gone, alone):
        assert check(app, made).status_code == 401
        assert refresh(browser(app), made).status_code == 401
    assert browser(app).post("/api/auth/login", json=LOGIN).json()["code"] == "invalid-credentials"
    assert is_in(sign_in(app, WITH_NEW))
    assert len(mine.get("/api/auth/sessions").json()["sessions"]) == 2


def test_the_cookie_from_before_is_good_for_nothing(app: Starlette, clock: Clock) -> None:
    mine = sign_in(app)
    name = parts(app).sessions.cookie.name
    before = mine.cookies[name]
    change(mine)
    assert mine.cookies[name] != before
    clock.tick(1)
    stolen = browser(app)
    assert stolen.get("/api/auth/check", headers={"cookie": f"{name}={before}"}).status_code == 401
    assert is_in(mine)


def test_an_access_token_may_change_it_and_stays(app: Starlette, clock: Clock) -> None:
    made, other = pair(browser(app), **LOGIN), sign_in(app)
    clock.tick(1)
    client = browser(app, authorization=f"Bearer {made['access_token']}")
    assert change(client).status_code == 204
    clock.tick(1)
    assert verdicts(app, made) == ("ok", "ok")
    assert not is_in(other)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"old_password": "wrong wrong"}, (401, "invalid-credentials", None)),
        ({"new_password": "short"}, (422, "invalid-input", "new_password")),
        ({"new_password": 12345678}, (422, "invalid-body", "new_password")),
        ({"confirmed": True}, (422, "invalid-body", "confirmed")),
    ],
)
def test_what_is_refused_changes_nothing_and_signs_nobody_out(
    app: Starlette, clock: Clock, fields: dict[str, Any], says: tuple[Any, ...]
) -> None:
    mine, other = sign_in(app), sign_in(app)
    clock.tick(1)
    answer = change(mine, **fields)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem.get("field")) == says
    assert "set-cookie" not in answer.headers
    clock.tick(1)
    assert is_in(mine)
    assert is_in(other)
    assert is_in(sign_in(app))


def test_nobody_changes_nothing(app: Starlette) -> None:
    answer = change(browser(app))
    assert (answer.status_code, answer.json()["code"]) == (401, "missing")
    assert is_in(sign_in(app))


class Interleaved(PasswordHasher):
    """Does something else between the look at a password and the answer."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(CHEAPEST)
        self._meanwhile: Callable[[], Awaitable[object]] | None = meanwhile

    async def verify(
        self, encoded: str | None, password: str, *, beside: Sequence[str] = ()
    ) -> Verified:
        verified = await super().verify(encoded, password, beside=beside)
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return verified


WAYS_IN: dict[str, Callable[[TestClient], Any]] = {
    "login": lambda client: client.post("/api/auth/login", json=LOGIN),
    "token": lambda client: client.post("/api/auth/token", json=LOGIN),
    "page": lambda client: client.post(
        "/sign-in", data=LOGIN, headers={"sec-fetch-site": "same-origin"}
    ),
}


@pytest.mark.parametrize("way", WAYS_IN)
def test_who_was_let_in_by_the_old_password_while_it_was_changed_is_out(
    app: Starlette, clock: Clock, way: str
) -> None:
    """The old one was right when it was looked at, and everybody was signed out before the end."""
    ada = sign_in(app)
    clock.tick(1)
    user = ada.get("/api/auth/check").json()["id"]

    async def meanwhile() -> None:
        clock.tick(0.001)
        assert await parts(app).changes.set_password(user, NEW)
        clock.tick(0.001)

    parts(app).accounts.hasher = Interleaved(meanwhile)
    thief = browser(app)
    answer = WAYS_IN[way](thief)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "access_token" not in answer.text
    clock.tick(1)
    assert not is_in(thief)
    lists = sign_in(app, WITH_NEW).get("/api/auth/sessions").json()
    assert (len(lists["sessions"]), lists["clients"]) == (1, [])
