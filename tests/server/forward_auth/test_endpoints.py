"""What proxies are answered, each in the way of its own."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.server.forward_auth import identity
from dojang.testing import Clock
from tests.server.kit import ADA, break_sessions, parts, run

RULES = """
[[rule]]
host = "app.example.org"
path = "/public/*"
allow = "public"

[[rule]]
host = "app.example.org"
path = "/admin/*"
roles = ["admin"]

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
path = "/closed/*"
allow = "nobody"

[[rule]]
host = "app.example.org"
"""
URL = "https://login.example.org"
PROXY = ("127.0.0.1", 40_000)
NAVIGATING = {"Accept": "text/html,*/*", "Sec-Fetch-Mode": "navigate"}
SIGN_IN = f"{URL}/onward?rd=https%3A%2F%2Fapp.example.org%2Fdeep%3Fx%3D1"


class Proxy:
    """One of each kind, trusted unless it is told otherwise."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def traefik(self, uri: str = "/deep?x=1", method: str = "GET", **headers: str) -> Any:
        told = {
            "X-Forwarded-Method": method,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "app.example.org",
            "X-Forwarded-Uri": uri,
        }
        return self._ask("/api/authz/forward-auth", told | spelled(headers))

    def nginx(
        self, uri: str = "/deep?x=1", path: str = "/api/authz/auth-request", **headers: str
    ) -> Any:
        told = {
            "X-Original-URL": f"https://app.example.org{uri}",
            "X-Original-Method": "GET",
        }
        return self._ask(path, told | spelled(headers))

    def envoy(self, uri: str = "/deep?x=1", **headers: str) -> Any:
        told = {"Host": "app.example.org", "X-Forwarded-Proto": "https"}
        return self._ask(f"/api/authz/ext-authz{uri}", told | spelled(headers))

    def _ask(self, path: str, headers: dict[str, str]) -> Any:
        return self.client.get(path, headers=headers, follow_redirects=False)


def app_of(client: TestClient) -> Starlette:
    assert isinstance(client.app, Starlette)
    return client.app


def spelled(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def settings(folder: Path) -> dict[str, Any]:
    (folder / "rules.toml").write_text(RULES)
    return {
        "url": URL,
        "forward_auth": folder / "rules.toml",
        "cookie_domain": "example.org",
        "proxies": "127.0.0.1",
        "secret": "c2VjcmV0cyBmb3IgdGVzdHMgb25seSwgbm90IHJlYWwgb25lcw",
    }


@pytest.fixture
def server(start: Callable[..., TestClient], bare: Path) -> TestClient:
    client = start(**settings(bare))
    assert client.post("/api/auth/signup", json=ADA | {"username": "에이다"}).status_code == 201
    return client


@pytest.fixture
def known(server: TestClient) -> Proxy:
    """Asks for Ada."""
    asking = TestClient(server.app, base_url=URL, client=PROXY, cookies=dict(server.cookies))
    return Proxy(asking)


@pytest.fixture
def unknown(server: TestClient) -> Proxy:
    """Asks for nobody."""
    return Proxy(TestClient(server.app, base_url=URL, client=PROXY))


def test_whoever_is_signed_in_passes_with_every_header(known: Proxy, server: TestClient) -> None:
    for answer in (known.traefik(), known.nginx(), known.envoy()):
        assert (answer.status_code, answer.content) == (200, b"")
        told = {name: answer.headers[name] for name in identity.NAMES}
        assert told["Remote-User"] == "%EC%97%90%EC%9D%B4%EB%8B%A4"
        assert told["Remote-Sub"] == server.get("/api/auth/session").json()["user_id"]
        assert told["Remote-Email"] == ""  # nobody has shown that it is hers
        assert answer.headers["cache-control"] == "no-store"
        assert len(answer.headers.get_list("set-cookie")) <= 1


def test_what_is_public_passes_for_nobody_with_every_header_empty(unknown: Proxy) -> None:
    for answer in (unknown.traefik("/public/x"), unknown.nginx("/public/x")):
        assert answer.status_code == 200
        assert {answer.headers[name] for name in identity.NAMES} == {""}


def test_a_person_who_is_nobody_is_sent_to_sign_in_and_back(unknown: Proxy) -> None:
    answer = unknown.traefik(**NAVIGATING)
    assert (answer.status_code, answer.headers["location"]) == (302, SIGN_IN)
    answer = unknown.traefik(method="POST", Accept="text/html")
    assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)
    assert unknown.envoy(Accept="text/html").status_code == 302


def test_nginx_makes_the_redirect_itself_and_takes_401_and_403_alone(unknown: Proxy) -> None:
    answer = unknown.nginx(**NAVIGATING)
    assert (answer.status_code, answer.headers["location"]) == (401, SIGN_IN)
    assert unknown.nginx("/closed/x").status_code == 403
    assert unknown.nginx(X_Rewrite_URL="/admin").status_code == 403
    assert unknown.nginx(X_Original_Method="").status_code == 403


def test_a_program_that_is_nobody_is_told_so(unknown: Proxy) -> None:
    for headers in (
        {"Accept": "application/json"},
        {"Accept": "text/html", "X-Requested-With": "XMLHttpRequest"},
        {"Accept": "text/html", "Sec-Fetch-Mode": "cors"},
    ):
        for answer in (unknown.traefik(**headers), unknown.nginx(**headers)):
            assert (answer.status_code, answer.json()["code"]) == (401, "missing")
            assert "location" not in answer.headers
            assert answer.headers["www-authenticate"] == "Cookie"


def test_the_address_of_oauth2_proxy_answers_as_that_does(known: Proxy, unknown: Proxy) -> None:
    assert known.nginx(path="/oauth2/auth").status_code == 202
    assert unknown.nginx(path="/oauth2/auth").status_code == 401


def test_what_oauth2_proxy_is_told_is_not_enough_and_the_log_says_what_is(
    start: Callable[..., TestClient], bare: Path
) -> None:
    """Source: its example for nginx, which sends X-Forwarded-Uri alone."""
    log = StringIO()
    asking = TestClient(start(log=log, **settings(bare)).app, base_url=URL, client=PROXY)
    headers = {"X-Forwarded-Uri": "/deep", "X-Real-IP": "192.0.2.7", "Host": "app.example.org"}
    assert asking.get("/oauth2/auth", headers=headers).status_code == 403
    assert "x-original-url and x-original-method count" in log.getvalue()


def test_a_preflight_has_no_cookie_and_passes_where_everybody_does(unknown: Proxy) -> None:
    asking = {"Accept": "*/*", "Sec-Fetch-Mode": "cors", "Origin": "https://wiki.example.org"}
    assert unknown.traefik("/deep", "OPTIONS", **asking).status_code == 401
    assert unknown.traefik("/public/x", "OPTIONS", **asking).status_code == 200


def test_a_role_that_is_lacking_is_no_reason_to_sign_in_again(
    known: Proxy, server: TestClient
) -> None:
    answer = known.traefik("/admin/", Accept="text/html")
    assert (answer.status_code, "location" in answer.headers) == (403, False)
    user = server.get("/api/auth/session").json()["user_id"]
    run(parts(app_of(server)).accounts.set_roles(user, {"admin"}))
    answer = known.traefik("/admin/")
    assert (answer.status_code, answer.headers["remote-groups"]) == (200, "admin")


def test_whoever_proved_who_they_are_too_long_ago_confirms_it(known: Proxy, clock: Clock) -> None:
    assert known.traefik("/money/x").status_code == 200
    clock.tick(601)
    answer = known.traefik("/money/x", **NAVIGATING)
    assert (answer.status_code, answer.headers["location"]) == (
        302,
        f"{URL}/onward?rd=https%3A%2F%2Fapp.example.org%2Fmoney%2Fx",
    )
    assert known.nginx("/money/x").json()["code"] == "stale-login"


def test_a_second_factor_is_asked_for_where_a_rule_says_so(known: Proxy) -> None:
    answer = known.traefik("/vault/x", **NAVIGATING)
    assert answer.headers["location"].startswith(f"{URL}/onward?rd=")
    assert known.nginx("/vault/x").json()["code"] == "one-factor"


def test_a_disabled_account_is_nobody(known: Proxy, server: TestClient) -> None:
    user = server.get("/api/auth/session").json()["user_id"]
    run(parts(app_of(server)).accounts.set_disabled(user, disabled=True))
    assert known.traefik().status_code == 401
    public = known.traefik("/public/x")
    assert (public.status_code, public.headers["remote-user"]) == (200, "")


@pytest.mark.parametrize("cookie", ["", "x", "a.b", "%00", "=", "x" * 8000, "x; {name}=y"])
def test_a_malformed_cookie_means_no(server: TestClient, cookie: str) -> None:
    name = parts(app_of(server)).sessions.cookie.name
    proxy = Proxy(TestClient(server.app, base_url=URL, client=PROXY))
    text = cookie.replace("{name}", name)
    assert proxy.traefik(Cookie=f"{name}={text}").status_code == 401


def test_what_is_public_stays_up_while_nobody_can_be_looked_up(
    known: Proxy, server: TestClient
) -> None:
    break_sessions(app_of(server))
    answer = known.traefik("/public/x")
    assert (answer.status_code, answer.headers["remote-user"]) == (200, "")
    assert known.traefik("/closed/x").status_code == 403
    assert known.traefik().status_code == 503


def test_a_way_back_is_one_that_arrives(unknown: Proxy) -> None:
    for query, parameter in (
        ("x" * 1_000, "rd"),
        ("%EB%8F%84%EC%9E%A5" * 200, "to"),
        ("%0Aline", "to"),
        ("%252525", "to"),
        (token_urlsafe(6_000), "rd"),  # which nothing makes shorter: to the first page of the host
    ):
        location = unknown.traefik(f"/search?q={query}", **NAVIGATING).headers["location"]
        assert len(location) < 2_300
        assert location.startswith(f"{URL}/onward?{parameter}=")


def test_where_sessions_need_https_the_way_back_is_by_https(unknown: Proxy) -> None:
    answer = unknown.nginx(X_Original_URL="http://app.example.org/deep?x=1", **NAVIGATING)
    assert answer.headers["location"] == SIGN_IN
    answer = unknown.traefik(X_Forwarded_Proto="http", **NAVIGATING)
    assert answer.headers["location"] == SIGN_IN


def test_why_something_was_not_let_through_is_in_the_log(
    start: Callable[..., TestClient], bare: Path
) -> None:
    log = StringIO()
    client = start(log=log, **settings(bare))
    proxy = Proxy(TestClient(client.app, base_url=URL, client=PROXY))
    proxy.nginx(X_Rewrite_URL="/admin")
    proxy.nginx("/closed/x?secret=hush")
    proxy.traefik(X_Forwarded_Host="other.example.org")
    told = [line for line in log.getvalue().splitlines() if "not-let-through" in line]
    assert "x-rewrite-url came, which the proxy should not pass on" in told[0]
    for part in ("code=closed", "by='rule 5'", "host=app.example.org", "path=/closed/x"):
        assert part in told[1]
    assert "by='no rule'" in told[2]
    assert "hush" not in log.getvalue()


def test_what_a_client_did_not_encode_is_the_same_path(known: Proxy) -> None:
    told = {
        b"X-Forwarded-Method": b"GET",
        b"X-Forwarded-Proto": b"https",
        b"X-Forwarded-Host": b"app.example.org",
        b"X-Forwarded-Uri": "/public/도장".encode(),
    }
    assert (
        known.client.get("/api/authz/forward-auth", headers=list(told.items())).status_code == 200
    )


def test_nobody_but_a_proxy_that_is_named_is_answered(server: TestClient) -> None:
    for peer in (("192.0.2.7", 1), ("testclient", 1)):
        stranger = Proxy(
            TestClient(server.app, base_url=URL, client=peer, cookies=dict(server.cookies))
        )
        for answer in (stranger.traefik(), stranger.nginx(), stranger.traefik("/public/x")):
            assert (answer.status_code, answer.json()["code"]) == (403, "untrusted-proxy")


def test_without_rules_there_is_nothing_at_these_addresses(
    start: Callable[..., TestClient],
) -> None:
    client = start(proxies="127.0.0.1")
    asking = Proxy(TestClient(client.app, base_url="http://localhost:8000", client=PROXY))
    assert asking.traefik().status_code == asking.nginx().status_code == 404


def test_what_nobody_may_see_nobody_sees(known: Proxy) -> None:
    assert known.traefik("/closed/x", Accept="text/html").status_code == 403
    assert known.traefik(X_Forwarded_Host="other.example.org").status_code == 403
    assert known.traefik(X_Forwarded_Host="app.example.org, x").status_code == 400
