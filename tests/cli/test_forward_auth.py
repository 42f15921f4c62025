"""`dojang forward-auth`: what proxies are told, and what the rules say of an address."""

from pathlib import Path

import pytest

from tests.cli.kit import Done, dojang

RULES = """
[[rule]]
host = "app.example.org"
path = ["/도장/*", "/a b"]
roles = ["admin"]

[[rule]]
host = "app.example.org"

[[rule]]
host = "wiki.example.org"
allow = "public"
"""
SETTINGS = {
    "DOJANG_URL": "https://login.example.org",
    "DOJANG_COOKIE_DOMAIN": "example.org",
    "DOJANG_PROXIES": "127.0.0.1",
    "DOJANG_FORWARD_AUTH": "rules.toml",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules.toml").write_text(RULES)
    return tmp_path


def forward_auth(folder: Path, *arguments: str) -> Done:
    return dojang("forward-auth", *arguments, cwd=folder, **SETTINGS)


def test_a_configuration_is_printed_for_each_application_and_where_it_listens(
    folder: Path,
) -> None:
    done = forward_auth(
        folder, "config", "caddy",
        "--app", "app.example.org", "--upstream", "http://127.0.0.1:3000",
        "--app", "wiki.example.org", "--upstream", "http://127.0.0.1:3001",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert done.out.index("reverse_proxy http://127.0.0.1:3000") < done.out.index("https://wiki.")


def test_an_application_that_listens_nowhere_is_an_error(folder: Path) -> None:
    done = forward_auth(
        folder, "config", "nginx", "--app", "app.example.org", "--app", "wiki.example.org"
    )
    assert (done.code != 0, done.out) == (True, "")
    assert "--app is there 2 times and --upstream 1" in " ".join(done.err.split())


def test_what_an_address_takes_is_said_with_the_rule(folder: Path) -> None:
    done = forward_auth(folder, "check", " https://app.example.org/도장/x y#z")
    assert done.out == (
        "whoever is signed in passes, with the role admin\n"
        "  by rule 1: app.example.org /도장/* /a b\n"
    )


def test_a_path_of_two_readings_is_said_to_be_one(folder: Path) -> None:
    told = forward_auth(folder, "check", "https://app.example.org//x").out
    assert "  by rule 1: " in told
    assert "  by rule 2: " in told
    assert "every rule of its host counts" in told


def test_what_is_no_address_is_refused(folder: Path) -> None:
    done = forward_auth(folder, "check", "app.example.org/x")
    assert (done.code != 0, done.out) == (True, "")
    assert "is no address; write https://app.example.org/path" in " ".join(done.err.split())
