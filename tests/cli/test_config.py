"""`dojang config`: what the server would start with here, and where it was written."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.server import COMMAND

SECRET = "bmV3ZXIgc2VjcmV0IGZvciB0ZXN0cyBvbmx5IQ"


def config(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("DOJANG_")}
    return subprocess.run(
        [COMMAND, "config", *arguments],
        cwd=folder,
        env={**own, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dojang.toml").write_text(
        f'secret = "{SECRET}"\nsessions = "postgresql://dojang:hush@db/dojang"\n'
    )
    (tmp_path / ".env").write_text("DOJANG_SESSION_IDLE=600\n")
    return tmp_path


def test_every_setting_is_shown_with_where_it_was_written(folder: Path) -> None:
    done = config(folder, "show", "--json", DOJANG_URL="https://login.example.org")
    found = json.loads(done.stdout)
    assert found["url"] == {"value": "https://login.example.org", "from": "environment"}
    assert found["session_idle"] == {"value": 600, "from": ".env"}
    assert found["secret"] == {"value": "(set)", "from": "dojang.toml"}
    assert found["workers"] == {"value": 1, "from": ""}


def test_no_secret_is_shown(folder: Path) -> None:
    for arguments in (["show"], ["show", "--json"]):
        done = config(folder, *arguments, DOJANG_MAIL_PASSWORD="hush")
        assert done.returncode in {0, 2}
        assert SECRET not in done.stdout + done.stderr
        assert "hush" not in done.stdout + done.stderr
    assert "DOJANG_SECRET" in config(folder, "show").stdout


def test_good_settings_are_said_to_be_good(folder: Path) -> None:
    done = config(folder, "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "All settings are good; the server is http://localhost:8000.\n"


def test_what_is_wrong_is_said_at_once_without_a_traceback(folder: Path) -> None:
    (folder / "rules.toml").write_text('[[rule]]\nhots = "x"\n')
    done = config(folder, "check", DOJANG_PORT="many", DOJANG_PROXYS="x")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean DOJANG_PROXIES?" in done.stderr
    assert "DOJANG_PORT is 'many'" in done.stderr
    rules = {"DOJANG_FORWARD_AUTH": "rules.toml", "DOJANG_PROXIES": "127.0.0.1"}
    done = config(folder, "check", **rules)
    assert done.returncode == 2
    assert "did you mean 'host'?" in done.stderr
    assert "Traceback" not in done.stderr
