"""Nobody signs in again: each page is followed to the letter, with live cookies of the old library.

What is served before and after the change is what stands on the page; who is signed in with the
real library comes back to the application as it was changed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.move_from.apps.users import PASSWORD
from tests.move_from.pages import FOLDER, Page
from tests.move_from.serving import Visitor, node, served, served_by_node
from tests.need import need_peers
from tests.redis import RedisServer

OLD, NEW = "the old secret, which is long enough", "the new secret, which is long enough too"
OURS, PUBLIC = "__Host-session", "https://shop.example"


def with_a_password(visitor: Visitor, url: str) -> None:
    """Sign in; most applications of the pages do not look at the password."""
    visitor.ask("POST", f"{url}/login?name={visitor.name}", data={"password": PASSWORD})


@dataclass(frozen=True)
class Move:
    """What following a page takes beyond what stands there.

    Attributes:
        cookie: The name of the old cookie.
        settings: The environment of both applications.
        interface: Of the application in Python.
        ours: The name of the new cookie.
        begins_in_node: Whether the old application is `app.mjs`.
        prepare: Makes what the application finds when it starts.
        sign_in: Signs a visitor in.
        knows: Asks the old application who a visitor is.
    """

    cookie: str
    settings: dict[str, str]
    interface: str = "asgi"
    ours: str = OURS
    begins_in_node: bool = False
    prepare: Callable[[Path], object] = Path.exists
    sign_in: Callable[[Visitor, str], object] = with_a_password
    knows: Callable[[Visitor, str], object] = Visitor.sees

    def before(self, folder: Path) -> AbstractContextManager[str]:
        """Serve the old application."""
        if self.begins_in_node:
            return served_by_node(folder, **self.settings)
        return self.after(folder)

    def after(self, folder: Path) -> AbstractContextManager[str]:
        """Serve the one that takes its place."""
        return served(folder, self.interface, **self.settings)


def migrated_by_django(folder: Path) -> None:
    make = (
        "import app\n"
        "from django.core.management import call_command\n"
        "from django.contrib.auth.models import User\n"
        "call_command('migrate', verbosity=0)\n"
        f"for name in ('ada', 'eve'): User.objects.create_user(name, password={PASSWORD!r})\n"
    )
    run([sys.executable, "-c", make], folder, SECRET_KEY=OLD)


def migrated_by_better_auth(folder: Path) -> None:
    (folder / "node_modules").symlink_to(need_peers())
    make = (
        'import { getMigrations } from "better-auth/db/migration";\n'
        'const { auth } = await import("./app.mjs");\n'
        "await (await getMigrations(auth.options)).runMigrations();\n"
        "process.exit();\n"
    )
    (folder / "migrate.mjs").write_text(make)
    run([node(), "migrate.mjs"], folder, PORT="0", BASE_URL=PUBLIC, BETTER_AUTH_SECRET=OLD)


def with_a_form(visitor: Visitor, url: str) -> None:
    form = {"username": f"{visitor.name}@example.com", "password": PASSWORD}
    visitor.ask("POST", f"{url}/login", data=form)


def by_signing_up(visitor: Visitor, url: str) -> None:
    who = {"name": visitor.name, "email": f"{visitor.name}@example.com", "password": PASSWORD}
    headers = {"origin": PUBLIC}
    visitor.ask("POST", f"{url}/api/auth/sign-up/email", json=who, headers=headers)


def known_to_better_auth(visitor: Visitor, url: str) -> object:
    found = visitor.ask("GET", f"{url}/api/auth/get-session").json()
    return found and found["user"]["id"]


def run(command: list[str], folder: Path, **settings: str) -> None:
    environment = {**os.environ, **settings}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


FRAMEWORK = {"SECRET_KEY": OLD, "SESSION_SECRET": NEW}
MOVES: dict[str, Move] = {
    "starlette": Move("session", FRAMEWORK),
    "starsessions": Move("session", FRAMEWORK),
    "flask": Move("session", FRAMEWORK, interface="wsgi", ours="session"),
    "flask-session": Move("session", FRAMEWORK, interface="wsgi", ours="session"),
    "django": Move(
        "sessionid",
        FRAMEWORK,
        interface="wsgi",
        ours="sessionid",
        prepare=migrated_by_django,
    ),
    "fastapi-users": Move(
        "fastapiusersauth",
        {"SECRET": OLD, "SESSION_SECRET": NEW},
        prepare=lambda folder: shutil.copy(Path(__file__).parent / "apps" / "users.py", folder),
        sign_in=with_a_form,
    ),
    "itsdangerous": Move("login", FRAMEWORK),
    "jsonwebtoken": Move("token", {"JWT_SECRET": OLD, "SESSION_SECRET": NEW}, begins_in_node=True),
    "better-auth": Move(
        "__Secure-better-auth.session_token",
        {"BETTER_AUTH_SECRET": OLD, "BASE_URL": PUBLIC, "SESSION_SECRET": NEW},
        begins_in_node=True,
        prepare=migrated_by_better_auth,
        sign_in=by_signing_up,
        knows=known_to_better_auth,
    ),
}


def test_every_page_is_followed() -> None:
    assert {page.stem for page in FOLDER.glob("*.md")} == set(MOVES)


@pytest.fixture
def settings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the applications that keep sessions in Redis need."""
    if "session" in request.node.callspec.params["name"]:
        redis: RedisServer = request.getfixturevalue("redis")
        redis.ask("FLUSHALL")
        monkeypatch.setenv("REDIS_URL", redis.url)


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("name", MOVES)
def test_who_is_signed_in_stays_signed_in(name: str, tmp_path: Path) -> None:
    page, move = Page(name), MOVES[name]
    page.write(tmp_path)
    move.prepare(tmp_path)
    ada, eve = Visitor("ada"), Visitor("eve")
    with move.before(tmp_path) as url:
        for visitor in (ada, eve):
            move.sign_in(visitor, url)
        known = move.knows(ada, url)
        assert known not in {None, move.knows(eve, url)}
    before = dict(ada.cookies)
    assert move.cookie in before

    page.change(tmp_path)
    with move.after(tmp_path) as url:
        assert ada.sees(url) == known
        assert set(ada.cookies) == {move.ours}
        assert ada.cookies[move.ours] != before.get(move.ours)
        assert Visitor("ada", dict(ada.cookies)).sees(url) == known
        ada.ask("POST", f"{url}/logout")
        assert ada.sees(url) is None
        assert Visitor("ada", before).sees(url) is None

    page.go_back(tmp_path)
    with move.before(tmp_path) as url:
        assert move.knows(eve, url) is not None
