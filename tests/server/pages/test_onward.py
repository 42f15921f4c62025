"""Visitors of applications behind a proxy are sent on to them, and to nowhere else."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from dojang.testing import Clock
from dojang.wire.python.packed import pack
from tests.server.kit import ADA, LOGIN

RULES = """
[[rule]]
host = "app.example.org"
path = "/money/*"
fresh = 600

[[rule]]
host = "app.example.org"
path = "/vault/*"
second-factor = true

[[rule]]
host = "app.example.org"
path = "/admin/*"
roles = ["admin"]

[[rule]]
host = "*.example.org"
"""
URL = "https://login.example.org"
DEEP = "https://app.example.org/deep?x=1&y=%EB%8F%84"


@pytest.fixture
def client(start: Callable[..., TestClient], bare: Path) -> TestClient:
    (bare / "rules.toml").write_text(RULES)
    return start(
        url=URL,
        forward_auth=bare / "rules.toml",
        cookie_domain="example.org",
        proxies="127.0.0.1",
        secret="c2VjcmV0cyBmb3IgdGVzdHMgb25seSwgbm90IHJlYWwgb25lcw",
    )


@pytest.fixture
def ada(client: TestClient) -> TestClient:
    assert client.post("/api/auth/signup", json=ADA).status_code == 201
    return client


def onward(client: TestClient, rd: str) -> tuple[int, str]:
    answer = client.get(f"/onward?{urlencode({'rd': rd})}", follow_redirects=False)
    return answer.status_code, answer.headers.get("location", "")


def test_whoever_is_signed_in_goes_on(ada: TestClient) -> None:
    page = ada.get(f"/onward?{urlencode({'rd': DEEP})}")
    assert page.status_code == 200
    shown = DEEP.replace("&", "&amp;")
    assert f'<meta http-equiv="refresh" content="0; url={shown}">' in page.text
    assert f'<a href="{shown}">' in page.text


def test_whoever_is_not_signs_in_first(client: TestClient) -> None:
    status, where = onward(client, DEEP)
    here = f"/onward?{urlencode({'rd': DEEP})}"
    assert (status, where) == (303, f"/sign-in?{urlencode({'next': here})}")
    assert f'value="{here.replace("&", "&amp;")}"' in client.get(where).text


def test_whoever_signed_in_too_long_ago_confirms_it_first(ada: TestClient, clock: Clock) -> None:
    money = "https://app.example.org/money/x"
    assert onward(ada, money)[0] == 200
    clock.tick(601)
    assert onward(ada, money)[1].startswith("/confirm?next=")


def test_whoever_lacks_a_second_factor_adds_one(ada: TestClient) -> None:
    assert onward(ada, "https://app.example.org/vault") == (303, "/account/second-factor")


def test_whoever_lacks_a_role_is_told_so_and_not_sent_round(ada: TestClient) -> None:
    assert onward(ada, "https://app.example.org/admin") == (403, "")


@pytest.mark.parametrize(
    "rd",
    [
        "",
        "/account",
        "//evil.example/",
        "https://evil.example/",
        "https://example.org/",
        "https://evilexample.org/",
        "https://app.example.org.evil.example/",
        "https://app.example.org@evil.example/",
        "https://evil.example\\@app.example.org/",
        "https://evil.example/?https://app.example.org/",
        "https://app.example.org/#x",
        "https:app.example.org/",
        "https:///app.example.org/",
        "https:\\\\app.example.org\\",
        "javascript://app.example.org/%0aalert(1)",
        "data:text/html,x",
        "https://app.example.org/\r\nSet-Cookie: a=b",
        "https://app.example.org/ x",
        "\thttps://app.example.org/",
        "https://app。example。org/",
        "https://[::1]/",
    ],
)
def test_nobody_is_sent_elsewhere(ada: TestClient, rd: str) -> None:
    """Source: the redirects of oauth2-proxy (CVE-2020-4037, -5233, -11053, CVE-2021-21291)."""
    assert onward(ada, rd)[0] == 400


def test_a_host_is_known_on_all_of_its_ports(ada: TestClient) -> None:
    assert onward(ada, "https://app.example.org:8443/")[0] == 200
    assert onward(ada, "https://x.y.example.org/a//b?c")[0] == 200


def test_after_the_sign_in_the_way_goes_on(client: TestClient) -> None:
    client.post("/api/auth/signup", json=ADA)
    client.post("/api/auth/logout")
    _, where = onward(client, DEEP)
    assert client.get(where).status_code == 200
    here = f"/onward?{urlencode({'rd': DEEP})}"
    answer = client.post(
        "/sign-in",
        data=LOGIN | {"next": here},
        headers={"origin": URL},
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, here)


def test_where_sessions_need_https_the_way_goes_on_by_https(ada: TestClient) -> None:
    page = ada.get(f"/onward?{urlencode({'rd': 'http://app.example.org/x'})}")
    assert 'content="0; url=https://app.example.org/x"' in page.text


@pytest.mark.parametrize(
    "deep",
    ["/a?q=%0Aline", "/a?t=a%09b", "/a?u=%252525", "/a?q=" + "%EB%8F%84%EC%9E%A5" * 300],
)
def test_what_no_page_would_pass_on_arrives_all_the_same(client: TestClient, deep: str) -> None:
    there = f"https://app.example.org{deep}"
    client.post("/api/auth/signup", json=ADA)
    client.post("/api/auth/logout")
    _, where = onward(client, there)
    shown = client.get(where).text
    (packed,) = re.findall(r'name="next" value="(/onward\?to=[^"]+)"', shown)
    client.post("/sign-in", data=LOGIN | {"next": packed}, headers={"origin": URL})
    assert f'content="0; url={there}"' in client.get(packed).text


@pytest.mark.parametrize(
    "to",
    [
        "",
        "x",
        "=",
        ".x",
        "%ff",
        pack(b"https://evil.example/"),
        pack(b"https://app.example.org/\xff"),
        pack(b"https://app.example.org/" + b"x" * 1_000_000),
        pack(b"javascript:alert(1)"),
    ],
)
def test_what_is_packed_leads_nowhere_else(ada: TestClient, to: str) -> None:
    answer = ada.get(f"/onward?{urlencode({'to': to})}", follow_redirects=False)
    assert answer.status_code == 400
