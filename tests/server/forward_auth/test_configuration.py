"""What is printed for a proxy works as it is printed, and names what it protects itself."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dojang.errors import Misuse
from dojang.server.errors import BadSettings
from dojang.server.forward_auth.configuration import configuration
from dojang.server.settings import Settings

RULES = """
[[rule]]
host = "app.example.org"

[[rule]]
host = "wiki.example.org"
allow = "public"
"""
PROXIES = ["nginx", "caddy", "traefik"]
APP = ("app.example.org", "http://127.0.0.1:3000")
WIKI = ("https://Wiki.Example.org./", "https://10.0.0.1:3443")


@pytest.fixture
def settings(bare: Path) -> Settings:
    (bare / "rules.toml").write_text(RULES)
    return with_rules(forward_auth="rules.toml")


def with_rules(**more: Any) -> Settings:
    given = {
        "url": "https://login.example.org",
        "cookie_domain": "example.org",
        "proxies": "127.0.0.1",
    }
    return Settings.load(**given | more)


def printed(settings: Settings, proxy: str, *apps: tuple[str, str]) -> str:
    return configuration(proxy, settings, cookie="__Secure-session", apps=apps)


@pytest.mark.parametrize("proxy", PROXIES)
def test_several_applications_share_one_configuration(settings: Settings, proxy: str) -> None:
    text = printed(settings, proxy, APP, WIKI)
    opening = {"nginx": "server_name {};", "caddy": "https://{} {{", "traefik": "Host(`{}`)"}[proxy]
    for host in ("app.example.org", "wiki.example.org", "login.example.org"):
        assert text.count(opening.format(host)) == 1
    assert "https://10.0.0.1:3443" in text
    assert ("proxy_ssl_server_name on;" in text) is (proxy == "nginx")


def test_to_traefik_each_application_is_another(settings: Settings) -> None:
    text = printed(settings, "traefik", APP, WIKI)
    for host in ("app.example.org", "wiki.example.org"):
        assert text.count(f'    "{host}":\n      rule') == 1
        assert text.count(f'    "{host}":\n      loadBalancer') == 1


@pytest.mark.parametrize("proxy", PROXIES)
def test_no_host_port_or_scheme_is_taken_from_the_client(settings: Settings, proxy: str) -> None:
    text = printed(settings, proxy, ("app.example.org:8443", APP[1]))
    assert not any(word in text for word in ("$host", "$http_host", "$scheme", "{host"))
    told = {
        "nginx": "proxy_set_header X-Original-URL https://app.example.org:8443$request_uri;",
        "caddy": "header_up X-Forwarded-Host app.example.org:8443",
        "traefik": 'rule: "Host(`app.example.org`)"',  # rules do not look at the port
    }[proxy]
    assert told in text


def test_caddy_would_write_it_in_the_same_way(settings: Settings) -> None:
    text = printed(settings, "caddy", APP, WIKI)
    caddy = Path(sys.executable).with_name("caddy")
    done = subprocess.run(
        [caddy, "fmt", "-"], input=text, capture_output=True, text=True, check=True
    )
    assert done.stdout == text


@pytest.mark.parametrize(
    ("proxy", "apps", "said"),
    [
        ("apache", [APP], "write nginx, caddy or traefik"),
        ("nginx", [("x y", APP[1])], "'https://x y', which is no address"),
        ("nginx", [("https://app.example.org/x", APP[1])], "has a path"),
        ("nginx", [("http://app.example.org", APP[1])], "DOJANG_URL is https://login"),
        ("nginx", [("login.example.org", APP[1])], "is the host of DOJANG_URL"),
        ("nginx", [("other.net", APP[1])], "other.net is in no rule of rules.toml"),
        ("nginx", [("app.example.org", "127.0.0.1:3000")], "no address"),
        ("nginx", [APP, APP], "app.example.org is there twice"),
    ],
)
def test_what_could_never_work_is_not_printed(
    settings: Settings, proxy: str, apps: list[tuple[str, str]], said: str
) -> None:
    with pytest.raises(Misuse) as caught:
        printed(settings, proxy, *apps)
    assert said in str(caught.value)


def test_without_rules_there_is_nothing_to_configure(settings: Settings) -> None:
    with pytest.raises(Misuse, match="DOJANG_FORWARD_AUTH is missing"):
        printed(with_rules(), "nginx", APP)
    unreached = with_rules(forward_auth=settings.forward_auth, cookie_domain=None)
    with pytest.raises(BadSettings, match="the session cookie does not reach app"):
        printed(unreached, "nginx", APP)
