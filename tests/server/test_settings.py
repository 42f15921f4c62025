from pathlib import Path

import pytest

from dojang.server import addresses
from dojang.server.errors import BadSettings
from dojang.server.settings import Settings

pytestmark = pytest.mark.usefixtures("bare")

SECRET = "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw"


def problems(**given: object) -> tuple[str, ...]:
    with pytest.raises(BadSettings) as caught:
        Settings.load(**given)
    return caught.value.problems


def test_nothing_has_to_be_set() -> None:
    settings = Settings.load()
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.home == Path("var")
    assert settings.url == "http://localhost:8000"
    assert settings.sessions == "sqlite:///var/sessions.db"
    assert settings.session_renew == 0.5
    assert not settings.production


def test_the_environment_wins_over_the_file_and_what_is_given_over_both(
    monkeypatch: pytest.MonkeyPatch, bare: Path
) -> None:
    (bare / ".env").write_text("DOJANG_PORT=8001\nDOJANG_WORKERS=2\nOTHER=1\n")
    assert (Settings.load().port, Settings.load().workers) == (8001, 2)
    monkeypatch.setenv("DOJANG_PORT", "8002")
    assert (Settings.load().port, Settings.load().workers) == (8002, 2)
    assert Settings.load(port=8003, workers=None).port == 8003


def test_host_and_port_may_be_plain(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    (bare / ".env").write_text("DOJANG_PORT=8001\n")
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("PORT", "9000")
    settings = Settings.load()
    assert (settings.host, settings.port, settings.url) == (
        "0.0.0.0",
        9000,
        "http://localhost:9000",
    )
    monkeypatch.setenv("DOJANG_PORT", "9001")
    assert Settings.load().port == 9001


def test_a_plain_port_may_stand_in_the_file(bare: Path) -> None:
    (bare / ".env").write_text("PORT=8001\n")
    assert Settings.load().port == 8001


def test_what_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "DOJANG_PORT", "DOJANG_SECRET", "DOJANG_SESSIONS_PER_ACCOUNT"):
        monkeypatch.setenv(name, "")
    assert Settings.load() == Settings()
    assert Settings.load().port == 8000


def test_several_secrets_are_separated_by_commas_or_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOJANG_SECRET", f" {SECRET},\n{SECRET[::-1]}  {SECRET} ")
    assert Settings.load().secrets == [SECRET, SECRET[::-1], SECRET]


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DOJANG_PORT", "many", "a number from 1 to 65535"),
        ("DOJANG_PORT", "0", "a number from 1 to 65535"),
        ("PORT", "65536", "a number from 1 to 65535"),
        ("DOJANG_WORKERS", "0", "from 1 to 256"),
        ("DOJANG_WORKERS", "1.5", "from 1 to 256"),
        ("DOJANG_ENV", "staging", "development or production"),
        ("DOJANG_URL", "login.example.org", "https://login.example.org"),
        ("DOJANG_URL", "https://example.org/login", "without a path"),
        ("DOJANG_URL", "https://example.org?x", "without a path"),
        ("DOJANG_URL", "ftp://example.org", "public address"),
        ("DOJANG_URL", "https://example.org:x", "public address"),
        ("DOJANG_SESSIONS", "mysql://localhost", "sqlite:///"),
        ("DOJANG_SESSIONS", "sqlite:///", "sqlite:///"),
        ("DOJANG_SESSION_IDLE", "0", "seconds"),
        ("DOJANG_SESSION_IDLE", "7d", "seconds"),
        ("DOJANG_SESSION_ABSOLUTE", "-1", "seconds"),
        ("DOJANG_SESSION_RENEW", "1.5", "from 0 to 1"),
        ("DOJANG_SESSIONS_PER_ACCOUNT", "0", "from 1"),
        ("DOJANG_WHEN_FULL", "newest-out", "oldest-out or refuse"),
        ("DOJANG_PASSWORD_MINIMUM", "0", "from 1 to 1024"),
        ("DOJANG_PASSWORD_PATTERN", "(", "a regular expression"),
        ("DOJANG_USERNAME_PATTERN", "[", "a regular expression"),
    ],
)
def test_a_bad_value_is_one_line_with_name_value_and_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(name, value)
    [line] = problems()
    assert line.startswith(f"{name} is ")
    assert value in line
    assert remedy in line


def test_what_is_given_by_hand_goes_by_the_name_it_has_in_the_environment() -> None:
    assert problems(port=0) == ("DOJANG_PORT is '0': write a number from 1 to 65535",)


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOJANG_PORT", "x")
    monkeypatch.setenv("DOJANG_ENV", "x")
    monkeypatch.setenv("DOJANG_PROT", "1")
    assert len(problems()) == 3


@pytest.mark.parametrize(
    ("name", "meant"),
    [("DOJANG_WORKER", "DOJANG_WORKERS"), ("dojang_secrets", "DOJANG_SECRET")],
)
def test_an_unknown_setting_is_an_error_that_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    # CVE-2018-7206, CVE-2022-31027: an allow-list under a misspelled name was silently ignored.
    monkeypatch.setenv(name, "x")
    assert problems() == (f"{name.upper()} is not a setting: did you mean {meant}?",)


def test_an_unknown_setting_in_the_file_is_an_error_too(bare: Path) -> None:
    (bare / ".env").write_text("DOJANG_PROT=8001\n")
    assert problems() == ("DOJANG_PROT is not a setting: did you mean DOJANG_PORT?",)


@pytest.mark.parametrize("env", ["development", "production"])
def test_no_error_and_no_repr_shows_a_secret(env: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOJANG_SECRET", f"{SECRET},hunter2")
    monkeypatch.setenv("DOJANG_URL", "https://ada:hunter2@example.org")
    shown = "\n".join(problems(env=env))
    assert "hunter2" not in shown
    assert SECRET not in shown
    monkeypatch.delenv("DOJANG_URL")
    assert SECRET not in repr(Settings.load(secret=SECRET))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "missing"),
        ({"secret": "short"}, "5 characters"),
        ({"secret": f"{SECRET} short"}, "5 characters"),
        ({"secret": "complex_password_at_least_32_characters_long"}, "well known"),
    ],
)
def test_production_refuses_a_secret_that_is_none_and_says_how_to_get_one(
    given: dict[str, str], words: str
) -> None:
    [line] = problems(env="production", **given)
    assert line.startswith("DOJANG_SECRET ")
    assert words in line
    assert "`dojang keys new`" in line


def test_a_short_secret_is_refused_in_development_too() -> None:
    [line] = problems(secret="short")
    assert "5 characters, and at least 32" in line


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sessions": "memory:", "workers": 2}, "DOJANG_WORKERS=1"),
    ],
)
def test_settings_that_cannot_both_be_meant_are_refused(
    given: dict[str, object], words: str
) -> None:
    [line] = problems(**given)
    assert words in line


@pytest.mark.parametrize(
    ("given", "good"),
    [
        ({"url": "https://login.example.org"}, True),
        ({"url": "https://login.example.org", "host": "0.0.0.0"}, True),
        ({}, True),
        ({"url": "http://127.0.0.1:8000"}, True),
        ({"url": "http://login.example.org"}, False),
        ({"host": "0.0.0.0"}, False),
        ({"host": "192.0.2.7"}, False),
        ({"host": "0.0.0.0", "url": "http://localhost:8000"}, True),
    ],
)
def test_production_sends_no_cookie_in_the_clear(given: dict[str, str], *, good: bool) -> None:
    if good:
        Settings.load(env="production", secret=SECRET, **given)
    else:
        [line] = problems(env="production", secret=SECRET, **given)
        assert line.startswith("DOJANG_URL ")
        assert "https://" in line


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Login.Example.org/", "https://login.example.org"),
        ("https://example.org:443", "https://example.org"),
        ("http://example.org:80", "http://example.org"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_as_browsers_write_its_origin(written: str, origin: str) -> None:
    assert Settings.load(url=written).url == origin


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://localhost:8000"),
        ("0.0.0.0", "http://localhost:8000"),
        ("::", "http://localhost:8000"),
        ("::1", "http://localhost:8000"),
        ("192.0.2.7", "http://192.0.2.7:8000"),
        ("2001:db8::7", "http://[2001:db8::7]:8000"),
    ],
)
def test_without_a_public_address_it_follows_from_where_we_listen(host: str, url: str) -> None:
    assert Settings.load(host=host).url == url


def test_this_machine_has_several_names_and_any_other_has_one() -> None:
    assert set(addresses.origins("http://127.0.0.1:8000")) == {
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
    }
    assert addresses.origins("https://localhost.example") == {"https://localhost.example"}


def test_a_home_with_blanks_and_percent_signs_is_spelled_so_in_the_url() -> None:
    assert Settings.load(home="a b%").sessions == "sqlite:///a%20b%25/sessions.db"


def test_proxies_are_a_list_of_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOJANG_PROXIES", "127.0.0.1, 10.0.0.0/8 unix")
    assert Settings.load().proxies == ("127.0.0.1", "10.0.0.0/8", "unix")
    monkeypatch.setenv("DOJANG_PROXIES", "nginx")
    (line,) = problems()
    assert line.startswith("DOJANG_PROXIES is ")
    assert "such as 127.0.0.1, 10.0.0.0/8" in line


@pytest.mark.parametrize(
    ("url", "domain", "remedy"),
    [
        ("https://login.co.kr", "co.kr", "login.co.kr"),
        ("https://login.example.co.kr", "co.kr", "example.co.kr"),
        ("https://login.github.io", "github.io", "login.github.io"),
    ],
)
def test_a_domain_that_is_everybodys_shares_no_session(
    monkeypatch: pytest.MonkeyPatch, url: str, domain: str, remedy: str
) -> None:
    monkeypatch.setenv("DOJANG_URL", url)
    monkeypatch.setenv("DOJANG_COOKIE_DOMAIN", domain)
    (line,) = problems()
    assert line.startswith(f"DOJANG_COOKIE_DOMAIN is {domain}, a public suffix")
    assert line.endswith(f"write a domain that is yours, such as {remedy}")
    monkeypatch.setenv("DOJANG_COOKIE_DOMAIN", remedy)
    assert Settings.load().cookie_domain == remedy


def test_this_machine_may_share_a_session_with_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOJANG_URL", "http://localhost:8000")
    monkeypatch.setenv("DOJANG_COOKIE_DOMAIN", "localhost")
    assert Settings.load().cookie_domain == "localhost"
