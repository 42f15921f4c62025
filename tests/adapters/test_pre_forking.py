"""The examples behind gunicorn --preload with two workers, on every store that processes share."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojang import new_secret
from tests.adapters.gunicorn import ROOT, Browser, gunicorn
from tests.redis import redis_server


@pytest.fixture(params=["sqlite", "redis", "cluster", "watched", "postgres", "sealed"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "redis":
        with redis_server(tmp_path / "redis") as server:
            yield server.url
    elif request.param in {"cluster", "watched"}:
        yield request.getfixturevalue(request.param).url
    elif request.param == "postgres":
        yield request.getfixturevalue("postgres_url")
    else:
        yield {"sqlite": f"sqlite:///{tmp_path}/sessions.db", "sealed": "sealed:"}[request.param]


def visits(browser: Browser, count: int) -> tuple[set[str], list[int]]:
    """Return who served, and how many visits each answer counted."""
    texts = [browser.ask("/")[1] for _ in range(count)]
    found = [re.search(r"visit (\d+), served by (\d+)", text) for text in texts]
    assert all(found), texts
    return {match[2] for match in found if match}, [int(match[1]) for match in found if match]


def until_both(browser: Browser) -> list[int]:
    """Visit until both workers have answered."""
    served: set[str] = set()
    counted: list[int] = []
    for _ in range(50):
        by, counts = visits(browser, 4)
        served, counted = served | by, counted + counts
        if len(served) == 2:
            return counted
    raise AssertionError("one worker answered everything")


def test_flask_counts_on_whichever_worker_answers(home: str, tmp_path: Path) -> None:
    with gunicorn(
        "examples.flask_app:app", tmp_path, SESSIONS=home, SESSION_SECRET=new_secret()
    ) as url:
        browser, other = Browser(url), Browser(url)
        counted = until_both(browser)
        assert counted == list(range(1, len(counted) + 1))
        assert browser.ask("/login/ada", b"")[0] == 302
        assert other.ask("/login/ada", b"remember=1")[0] == 302
        assert "Ada Lovelace" in browser.ask("/")[1]
        if home != "sealed:":
            assert browser.ask("/devices")[1].count("since") == 2
            assert other.ask("/logout-everywhere", b"")[1] == "signed out at 2 places"
            assert browser.ask("/devices")[0] == 401
            assert "nobody" in browser.ask("/")[1]


def test_a_store_that_was_used_before_the_fork_works_after_it(home: str, tmp_path: Path) -> None:
    application, secret = "tests.adapters.used_before_the_fork:app", new_secret()
    with gunicorn(application, tmp_path, SESSIONS=home, SESSION_SECRET=secret) as url:
        browser = Browser(url)
        assert browser.ask("/login/eve", b"")[0] == 302
        counted = until_both(browser)
        assert counted == list(range(1, len(counted) + 1))
        if home != "sealed:":
            assert browser.ask("/logout-everywhere", b"")[1] == "signed out at 2 places"


def test_django_is_signed_in_on_whichever_worker_answers(home: str, tmp_path: Path) -> None:
    environment = {
        "SESSIONS": home, "SESSION_SECRET": new_secret(), "EXAMPLE_HOME": str(tmp_path),
        "DJANGO_SUPERUSER_PASSWORD": "seal upon paper",
    }  # fmt: skip
    for command in (
        ["migrate", "--verbosity=0"],
        ["createsuperuser", "--no-input", "--username=ada", "--email=ada@example.com"],
        ["check"],
    ):
        manage(environment, *command)
    with gunicorn("examples.django_app:application", tmp_path, **environment) as url:
        browser = Browser(url)
        counted = until_both(browser)
        assert counted == list(range(1, len(counted) + 1))
        page = browser.ask("/admin/login/")[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        form = f"username=ada&password=seal+upon+paper&csrfmiddlewaretoken={token[1]}"
        assert browser.ask("/admin/login/", form.encode())[0] == 302
        assert [browser.ask("/admin/")[0] for _ in range(8)] == [200] * 8
        assert "ada, visit" in browser.ask("/")[1]
        if home != "sealed:":
            assert "127.0.0.1" in manage(environment, "dojang_sessions", "list", "1")
            assert "ended 1" in manage(environment, "dojang_sessions", "end-user", "1")
            assert browser.ask("/admin/")[0] == 302


def manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "examples.django_app", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
