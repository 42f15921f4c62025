"""Settings may stand in a TOML file, behind the environment and `.env`."""

from pathlib import Path

import pytest

from dojang.server.errors import BadSettings
from dojang.server.settings import Settings


def complaints() -> list[str]:
    with pytest.raises(BadSettings) as caught:
        Settings.load()
    return list(caught.value.problems)


def test_the_file_in_the_working_directory_is_read(bare: Path) -> None:
    (bare / "dojang.toml").write_text(
        'url = "https://login.example.org"\nproxies = ["127.0.0.1", "10.0.0.0/8"]\n'
        'session_idle = 600\nsecret = ["bmV3ZXIgc2VjcmV0IGZvciB0ZXN0cyBvbmx5IQ"]\n'
    )
    settings = Settings.load()
    assert settings.url == "https://login.example.org"
    assert settings.proxies == ("127.0.0.1", "10.0.0.0/8")
    assert settings.session_idle == 600
    assert settings.secrets == ["bmV3ZXIgc2VjcmV0IGZvciB0ZXN0cyBvbmx5IQ"]


def test_the_environment_wins_and_then_dot_env(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "dojang.toml").write_text("port = 1\nworkers = 2\nsession_idle = 3\n")
    (bare / ".env").write_text("DOJANG_PORT=10\nDOJANG_WORKERS=20\n")
    monkeypatch.setenv("DOJANG_PORT", "100")
    settings = Settings.load()
    assert (settings.port, settings.workers, settings.session_idle) == (100, 20, 3)


def test_a_file_elsewhere_is_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / "etc").mkdir()
    (bare / "etc" / "mine.toml").write_text("port = 7\n")
    monkeypatch.setenv("DOJANG_CONFIG", str(bare / "etc" / "mine.toml"))
    assert Settings.load().port == 7


def test_a_file_that_is_named_and_not_there_is_an_error(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOJANG_CONFIG", str(bare / "none.toml"))
    assert complaints() == [f"{bare / 'none.toml'}: No such file or directory"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("workrs = 2", "dojang.toml: 'workrs' is not a setting: did you mean workers?"),
        ("proxy-hops = 2", "dojang.toml: 'proxy-hops' is not a setting: did you mean proxy_hops?"),
        ("DOJANG_URL = 'x'", "dojang.toml: 'DOJANG_URL' is not a setting: did you mean url?"),
        ("[server]\nport = 1", "dojang.toml: [server] begins a table, and there is none"),
        ("zzzzzz = 1", "dojang.toml: 'zzzzzz' is not a setting: `dojang config show` lists them"),
        ("port = true", "dojang.toml: port is 'true': write a number from 1 to 65535"),
        ("forward_auth = 'r'", "dojang.toml: forward_auth is 'r', and no proxy is believed: name"),
        ("secret = 'short'", "dojang.toml: secret has 5 characters, and at least 32 are needed"),
        ("port = 'many'", "dojang.toml: port is 'many': write a number from 1 to 65535"),
        ("url = 'https://a.org/x'", "dojang.toml: url is 'https://a.org/x': write the public"),
        ("port = ", "dojang.toml: Invalid value (at end of document)"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_it_is_named_with_the_remedy(bare: Path, line: str, said: str) -> None:
    (bare / "dojang.toml").write_text(line)
    assert any(one.startswith(said) for one in complaints())


def test_what_is_empty_is_not_written(bare: Path) -> None:
    (bare / "dojang.toml").write_text('cookie_domain = ""\nforward_auth = ""\nport = ""\n')
    settings = Settings.load()
    assert (settings.cookie_domain, settings.forward_auth, settings.port) == (None, None, 8000)


def test_what_an_editor_of_windows_writes_is_read(bare: Path) -> None:
    (bare / "dojang.toml").write_bytes(b"\xef\xbb\xbfport = 9000\r\n")
    assert Settings.load().port == 9000


def test_a_secret_in_it_is_never_repeated(bare: Path) -> None:
    (bare / "dojang.toml").write_text('secret = "short"\nmail_password = 7\n')
    assert "short" not in "".join(complaints())
