"""Applications with users in tables of their own, on the servers that people run them on."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from dojang import new_secret
from tests.adapters.gunicorn import PATIENCE, ROOT, gunicorn
from tests.adapters.test_examples import granian
from tests.fakes.github import FakeGitHub
from tests.fakes.http import serving
from tests.fakes.oauth import CLIENT, CLIENT_SECRET

PASSWORD = "correct horse battery"
OURS = {"sec-fetch-site": "same-origin"}
DJANGO = ROOT / "examples" / "own_users_django"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    fake = FakeGitHub()
    with serving(fake):
        yield fake


@pytest.fixture
def environment(github: FakeGitHub, tmp_path: Path) -> dict[str, str]:
    return {
        "SESSION_SECRET": new_secret(),
        "URL": "http://localhost:8000",
        "GITHUB": github.url,
        "GITHUB_ID": CLIENT,
        "GITHUB_SECRET": CLIENT_SECRET,
        "DATABASE": f"sqlite:///{tmp_path}/app.db",
        "SESSIONS": f"{tmp_path}/sessions.db",
        "EXAMPLE_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": os.pathsep.join([str(DJANGO), *sys.path]),
    }


def browser(url: str) -> httpx2.Client:
    return httpx2.Client(base_url=url, timeout=PATIENCE, headers=OURS)


def through(github: FakeGitHub, client: httpx2.Client, **form: Any) -> httpx2.Response:
    """Go to GitHub by a button, agree there, and come back."""
    away = client.post("/sign-in/with/github?next=/", **form)
    query = github.agree(away.headers["location"])
    back = client.get(f"/sign-in/with/github/callback?{query}")
    assert back.headers["referrer-policy"] == "no-referrer"
    return back


def test_people_in_a_table_of_sqlalchemy(
    environment: dict[str, str], github: FakeGitHub, tmp_path: Path
) -> None:
    with (
        granian("examples.own_users_sqlalchemy.app:app", tmp_path, **environment) as url,
        browser(url) as ada,
        browser(url) as eve,
        browser(url) as hub,
        browser(url) as there,
    ):
        form = {"login": "Ada@Example.org", "password": PASSWORD}
        assert ada.post("/sign-up", json=form).status_code == 200
        assert ada.get("/me").json() == {"id": 1, "login": "ada@example.org"}
        taken = eve.post("/sign-up", json=form)
        assert (taken.status_code, taken.json()["code"]) == (409, "already-taken")
        assert eve.post("/sign-up", json={**form, "password": "short"}).status_code == 422
        for wrong in ("ada@example.org", "nobody"):
            refused = eve.post("/sign-in", json={"login": wrong, "password": "wrong wrong"})
            assert (refused.status_code, refused.json()["code"]) == (401, "invalid-credentials")
        assert eve.get("/me").status_code == 401
        assert eve.post("/sign-in", json=form).status_code == 200
        assert through(github, hub).status_code == 303
        assert hub.get("/me").json() == {"id": 2, "login": None}
        assert through(github, there).status_code == 303  # the same one, in another browser
        assert there.get("/me").json() == {"id": 2, "login": None}
        assert [event[0] for event in rows(tmp_path, "SELECT kind FROM dojang_events")] == [
            "signed-up", "login-refused", "login-refused", "logged-in",
        ]  # fmt: skip
        github.person["id"] = 7
        assert ada.post("/link/github").status_code == 303
        guess = {**form, "password": "wrong wrong"}
        statuses = [eve.post("/sign-in", json=guess).status_code for _ in range(6)]
        assert statuses == [401] * 5 + [429]
        assert len(rows(tmp_path, "SELECT * FROM users")) == 2
        rows(tmp_path, "UPDATE users SET is_active = FALSE")
        github.person["id"] = 583231
        assert through(github, there).status_code == 403
        assert hub.get("/me").status_code == 401


def rows(home: Path, statement: str) -> list[Any]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(home / "app.db")) as database:
        found = database.execute(statement).fetchall()
        database.commit()
        return found


def manage(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, DJANGO / "manage.py", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def token(client: httpx2.Client) -> dict[str, str]:
    found = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', client.get("/").text)
    assert found is not None
    return {"csrfmiddlewaretoken": found[1]}


def test_people_of_django(environment: dict[str, str], github: FakeGitHub, tmp_path: Path) -> None:
    manage("migrate", "--run-syncdb", environment=environment)
    made = "from django.contrib.auth.models import User; User.objects.create_user"
    manage("shell", "-c", f"{made}('Ada', password='{PASSWORD}')", environment=environment)
    manage("check", environment=environment)
    (before,) = rows(tmp_path, "SELECT password FROM auth_user")
    application = "django.core.wsgi:get_wsgi_application()"
    with (
        gunicorn(application, tmp_path, **environment) as url,
        browser(url) as ada,
        browser(url) as eve,
        browser(url) as hub,
    ):
        right, wrong = {"login": "ada", "password": PASSWORD}, {"login": "ada", "password": "no"}
        assert ada.post("/sign-in", data=right).status_code == 403  # without the token of a form
        assert ada.post("/sign-in", data={**right, **token(ada)}).status_code == 302
        assert "Ada, signed in" in ada.get("/").text
        assert rows(tmp_path, "SELECT password FROM auth_user") == [before]
        for form in (wrong, {**right, "login": "nobody"}):
            refused = eve.post("/sign-in", data={**form, **token(eve)})
            assert refused.status_code == 401
            assert "the login or the password is not right" in refused.text
        assert through(github, hub, data=token(hub)).status_code == 302
        assert "github-" in hub.get("/").text
        assert eve.get("/sign-in/with/github/callback?code=x&state=y").status_code == 401
        github.person["id"] = 7
        through(github, ada, data=token(ada))
        assert "Ada, signed in" in ada.get("/").text
        ways = rows(tmp_path, "SELECT user_id, subject FROM people_wayin")
        assert ways == [(2, "583231"), (1, "7")]
        rows(tmp_path, "UPDATE auth_user SET is_active = FALSE WHERE id = 2")
        github.person["id"] = 583231
        closed = through(github, eve, data=token(eve))
        assert (closed.status_code, "This account is closed" in closed.text) == (403, True)
        guesses = [eve.post("/sign-in", data={**wrong, **token(eve)}) for _ in range(5)]
        assert [answer.status_code for answer in guesses] == [401] * 4 + [429]
        assert "too many attempts" in guesses[-1].text
    names = rows(tmp_path, "SELECT username FROM auth_user WHERE password LIKE '!%'")
    assert len(names) == 1
