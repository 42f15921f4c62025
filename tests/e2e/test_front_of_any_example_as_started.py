"""The one command of each front in examples: what it asks for, and that its parts end together."""

import shutil
import socket
from pathlib import Path

import pytest

from dojang import new_secret
from tests.e2e.fronts import Front
from tests.need import need
from tests.redis import RedisServer

EXPRESS = "express-connect-redis"
EACH = pytest.mark.parametrize(
    ("name", "secret"),
    [
        (EXPRESS, "SESSION_SECRETS"),
        ("next-iron-session", "SESSION_PASSWORDS"),
        ("next-auth-js", "AUTH_SECRETS"),
    ],
)


def fresh(name: str, home: Path, **settings: str) -> Front:
    """Return a front in a folder of its own, as somebody has it who copied it."""
    front = Front(name, home, **settings)
    libraries, copy = front.folder / "node_modules", home / name
    built = shutil.ignore_patterns("node_modules", ".next", ".venv", ".env", "*.db*")
    shutil.copytree(front.folder, copy, ignore=built)
    (copy / "node_modules").symlink_to(libraries)
    front.folder = copy
    return front


def refused(front: Front) -> str:
    """Return the one line that is said of what is missing."""
    front.launch()
    assert front.until_it_ends() == 1
    return front.log


@EACH
@pytest.mark.parametrize("which", ["PORT", "SERVICE_PORT"])
def test_a_port_that_is_taken_is_named(name: str, secret: str, which: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {secret: "unused", "REDIS_URL": "redis://unused", which: port}
        said = refused(fresh(name, tmp_path, **settings))
    assert said == f"./start: port {port} is taken; set {which}\n"


@EACH
def test_settings_without_a_secret_are_refused(name: str, secret: str, tmp_path: Path) -> None:
    front = fresh(name, tmp_path, REDIS_URL="redis://unused")
    (front.folder / ".env").write_text("COLOUR=red\n")
    assert refused(front) == f"./start: {secret} is not in .env: add it, or delete the file\n"


def test_a_program_that_is_not_installed_is_named(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("sh", "dirname", "node", "npm"):
        (programs / program).symlink_to(need(program))
    said = refused(fresh(EXPRESS, tmp_path, PATH=str(programs)))
    assert said == "./start: redis-server is not installed; set REDIS_URL to use another\n"


def test_the_secret_that_is_made_is_for_its_owner_alone(redis: RedisServer, tmp_path: Path) -> None:
    front = fresh(EXPRESS, tmp_path, REDIS_URL=redis.url)
    with front.running():
        assert (front.folder / ".env").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("program", ["front.mjs", "uvicorn"])
def test_when_one_ends_so_does_the_other(redis: RedisServer, tmp_path: Path, program: str) -> None:
    front = fresh(EXPRESS, tmp_path, REDIS_URL=redis.url, SESSION_SECRETS=new_secret())
    front.start()
    front.end_one(program)
    assert front.until_it_ends() == 1
