import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dojang.server import secret
from dojang.server.errors import BadSettings
from dojang.server.settings import Settings
from dojang.wire.keyring import new_secret
from dojang.wire.strength import is_well_known

GOOD = "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw"
TUTORIAL = "complex_password_at_least_32_characters_long"


@pytest.fixture
def settings(bare: Path) -> Settings:
    return Settings.load(home=bare)


def test_in_development_a_secret_is_made_once_and_kept(settings: Settings) -> None:
    first, second = secret.find(settings), secret.find(settings)
    path = settings.home / "secret"
    assert first.keyring.newest == second.keyring.newest == path.read_bytes().strip()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.note == f"development secret, made now and kept in {path}"
    assert second.note == f"development secret, kept in {path}"
    assert [child.name for child in settings.home.iterdir()] == ["secret"]


def test_those_who_start_together_agree(settings: Settings) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: secret.find(settings), range(64)))
    assert len({one.keyring.newest for one in found}) == 1
    assert sum("made now" in one.note for one in found) == 1
    assert [child.name for child in settings.home.iterdir()] == ["secret"]


def test_a_configured_secret_is_used_and_none_is_made(bare: Path) -> None:
    found = secret.find(Settings.load(home=bare, secret=GOOD))
    assert (found.keyring.newest, found.note) == (GOOD.encode(), "")
    assert not (bare / "secret").exists()


def test_a_secret_of_a_tutorial_is_used_in_development_with_a_word(bare: Path) -> None:
    found = secret.find(Settings.load(home=bare, secret=TUTORIAL))
    assert found.keyring.newest == TUTORIAL.encode()
    assert "well known" in found.note
    assert TUTORIAL not in found.note


def test_a_file_that_others_could_read_is_closed_with_a_word(settings: Settings) -> None:
    secret.find(settings)
    path = settings.home / "secret"
    path.chmod(0o644)
    assert "others could read" in secret.find(settings).note
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "others could" not in secret.find(settings).note


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40])
def test_a_damaged_file_is_refused_in_one_line(settings: Settings, content: bytes) -> None:
    path = settings.home / "secret"
    path.write_bytes(content)
    with pytest.raises(BadSettings) as caught:
        secret.find(settings)
    assert len(caught.value.problems) == 1
    assert str(path) in str(caught.value)


def test_a_link_to_somewhere_else_is_not_followed(settings: Settings, bare: Path) -> None:
    (bare / "elsewhere").write_text(GOOD)
    (settings.home / "secret").symlink_to(bare / "elsewhere")
    with pytest.raises(BadSettings, match="cannot be used"):
        secret.find(settings)


@pytest.mark.parametrize(
    "text",
    [
        TUTORIAL,
        "complex-password-at-least-32-characters-long!!",
        "change-me-change-me-change-me-please-1",
        "CHANGE_ME_to_something_random_and_long",
        "your-secret-key-goes-here-0123456789abc",
        "keyboard cat keyboard dog keyboard rat",
        "django-insecure-8#k2j3h4kj5h6k7j8h9k0l",
        "this_is_a_secret_that_everybody_has_seen",
        "a" * 64,
        "ab" * 32,
        "correct horse " * 3,
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "9876543210zyxwvutsrqponmlkjihgfedcba",
    ],
)
def test_what_everybody_could_guess_is_well_known(text: str) -> None:
    assert is_well_known(text)


def test_a_random_secret_is_not() -> None:
    assert not is_well_known(GOOD)
    assert not any(is_well_known(new_secret()) for _ in range(2000))
