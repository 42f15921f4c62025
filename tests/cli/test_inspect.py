"""`dojang inspect` as people call it."""

import time
from pathlib import Path

import pytest

from dojang.wire import base64url, json
from dojang.wire.iron.iron_session import IronSeal

from .kit import dojang

SECRET = "complex_password_at_least_32_characters_long"


def seal(seconds: int) -> str:
    now = round(time.time() * 1000)
    return IronSeal(SECRET).encode({"user": "ada"}, expires=now + seconds * 1000, now=now)


def test_a_seal_is_opened_and_its_tutorial_secret_told(tmp_path: Path) -> None:
    done = dojang("inspect", f"app={seal(3600)}", "--secret", SECRET, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "iron-session" in done.out
    assert '"user": "ada"' in done.out
    assert "secret 1 of 1" in done.out
    assert "well known" in done.out


def test_without_a_secret_it_says_what_can_be_read(tmp_path: Path) -> None:
    done = dojang("inspect", seal(3600), cwd=tmp_path)
    assert done.code == 0
    assert "needs a secret" in done.out
    assert "ada" not in done.out


def test_what_is_not_accepted_is_exit_code_1(tmp_path: Path) -> None:
    done = dojang("inspect", seal(-3600), "--json", cwd=tmp_path, DOJANG_SECRET=SECRET)
    assert done.code == 1
    found = json.loads(done.out)
    assert (found["secret"], found["accepted"], found["refused"]) == (1, False, "expired")
    assert found["payload"] == {"user": "ada"}


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_output_has_a_secret(tmp_path: Path, form: tuple[str, ...]) -> None:
    for secret in (SECRET, "keyboard cat", "wrong " * 8):
        done = dojang("inspect", seal(60), "--secret", secret, *form, cwd=tmp_path)
        assert secret not in done.out + done.err


def test_what_nobody_knows_is_exit_code_2(tmp_path: Path) -> None:
    done = dojang("inspect", "hello", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert "hello" not in done.err


def unsigned(header: object, payload: str) -> str:
    parts = json.dumps(header).encode(), payload.encode()
    return ".".join([*(base64url.encode(part) for part in parts), "AAAA"])


@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_half_a_character_in_a_token_is_shown_escaped(
    tmp_path: Path, form: tuple[str, ...], encoding: str
) -> None:
    token = unsigned({"alg": "HS256"}, '{"x":"\\ud800","y":"한"}')
    done = dojang("inspect", token, *form, cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert (done.code, done.err) == (0, "")
    assert "\\ud800" in done.out


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_terminal_obeys_a_token(tmp_path: Path, form: tuple[str, ...]) -> None:
    token = unsigned(
        {"alg": "HS256", "kid": "\x1b[31m\x9b31m"}, '{"x":"\x9b31m\N{RIGHT-TO-LEFT OVERRIDE}"}'
    )
    done = dojang("inspect", token, *form, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert not {"\x1b", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}"} & set(done.out)
