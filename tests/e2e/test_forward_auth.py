"""Real proxies ask whether a request may pass; nobody passes by what they write into it."""

import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, sync_playwright

from dojang.server.forward_auth import identity
from tests.e2e.proxied import APP, DOMAIN, LOGIN, STATUS, Proxied, proxied
from tests.need import need

NAVIGATING = (("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate"))


@pytest.fixture(scope="module", params=["nginx", "caddy", "caddy of Debian"])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    with proxied(request.param, tmp_path_factory.mktemp("proxied")) as both:
        yield both


@pytest.fixture
def arriving() -> Iterator[Page]:
    """A browser that finds the hosts on this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=need("chromium"),
            args=["--no-sandbox", f"--host-resolver-rules=MAP *.{DOMAIN} 127.0.0.1"],
        )
        yield browser.new_page()
        browser.close()


@pytest.fixture(scope="module")
def cookie(both: Proxied) -> str:
    return both.sign_up("에이다")


def test_a_person_signs_up_on_the_way_and_arrives_where_they_wanted_to(
    both: Proxied, arriving: Page
) -> None:
    arriving.goto(f"{both.app}/deep?x=1&y=도장")
    arriving.get_by_role("link", name="Sign up").click()
    arriving.get_by_label("User name").fill("grace")
    arriving.get_by_label("Password", exact=True).fill("correct horse battery")
    arriving.get_by_role("button", name="Sign up").click()
    arriving.wait_for_url(f"{both.app}/deep**")
    told = json.loads(arriving.inner_text("body"))
    assert told["path"] == "/deep?x=1&y=%EB%8F%84%EC%9E%A5"
    assert ["Remote-User", "grace"] in told["headers"]
    # From here on nothing is asked.
    arriving.goto(f"{both.app}/other")
    assert json.loads(arriving.inner_text("body"))["path"] == "/other"


def test_a_person_who_is_nobody_is_sent_to_sign_in_and_back(both: Proxied) -> None:
    answer = both.ask("/deep?x=1", *NAVIGATING)
    back = quote(f"{both.app}/deep?x=1", safe="")
    assert (answer.status, answer.header("location")) == (302, f"{both.login}/onward?rd={back}")


def test_a_program_that_is_nobody_is_told_so(both: Proxied) -> None:
    answer = both.ask("/deep?x=1", ("Accept", "application/json"))
    assert (answer.status, answer.header("location")) == (401, None)


def test_whoever_is_signed_in_reaches_the_application_under_their_name(
    both: Proxied, cookie: str
) -> None:
    answer = both.ask("/deep?x=1", ("Cookie", cookie))
    assert answer.status == 200
    assert answer.seen["remote-user"] == ["%EC%97%90%EC%9D%B4%EB%8B%A4"]
    assert b'"path": "/deep?x=1"' in answer.body


def test_a_role_that_is_lacking_keeps_out(both: Proxied, cookie: str) -> None:
    assert both.ask("/admin/x", ("Cookie", cookie), *NAVIGATING).status == 403


def test_what_is_public_is_reached_by_nobody_in_particular(both: Proxied) -> None:
    answer = both.ask("/public/x")
    assert answer.status == 200
    assert nobody(answer.seen)


def test_a_post_is_asked_about_without_its_body(both: Proxied, cookie: str) -> None:
    answer = both.ask("/deep", ("Cookie", cookie), method="POST", body=b"x" * 1000)
    assert answer.status == 200


def nobody(seen: dict[str, list[str]]) -> bool:
    """Return whether the application was told of nobody."""
    told = {name for name in seen if name.replace("_", "-") in LOWERED}
    return all(value in ("", None) for name in told for value in seen[name])


LOWERED = {name.lower() for name in identity.NAMES}

SPELLINGS: dict[str, Callable[[str], list[tuple[str, str]]]] = {
    "as it is": lambda name: [(name, "admin")],
    "in capitals": lambda name: [(name.upper(), "admin")],
    "in small letters": lambda name: [(name.lower(), "admin")],
    "with underscores": lambda name: [(name.replace("-", "_"), "admin")],
    "twice": lambda name: [(name, "admin"), (name, "root")],
    "as a list": lambda name: [(name, "admin, root")],
    "empty": lambda name: [(name, "")],
    "taken away on the way": lambda name: [(name, "admin"), ("Connection", name)],
    "very long": lambda name: [(name, "a" * 6000)],
    "much too long": lambda name: [(name, "a" * 65_536)],
    "behind a bare line feed": lambda name: [("X", f"y\n{name}: admin")],
    "behind a bare carriage return": lambda name: [("X", f"y\r{name}: admin")],
    "folded": lambda name: [("X", f"y\r\n\t{name}: admin")],
    "with a blank before the colon": lambda name: [(f"{name} ", "admin")],
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", identity.NAMES)
def test_GHSA_7r4p_vjf4_gxv4_nobody_tells_the_application_who_they_are(
    both: Proxied, cookie: str, name: str, spelling: str
) -> None:
    headers = SPELLINGS[spelling](name)
    answer = both.ask("/public/x", *headers)
    assert answer.status != 200 or nobody(answer.seen)
    known = both.ask("/deep", ("Cookie", cookie), *headers)
    if known.status == 200:
        for alias in {name.lower(), name.lower().replace("-", "_")} & set(known.seen):
            assert not {"admin", "root", "admin, root"} & set(known.seen[alias])


#: By these some proxy or application is told where a request goes, or from where.
ELSEWHERE = {
    "X-Forwarded-Uri": "/public/x",
    "X-Forwarded-Host": "app.example.test",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Method": "OPTIONS",
    "X-Forwarded-Prefix": "/public",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Server": "app.example.test",
    "X-Original-URL": "http://app.example.test/public/x",
    "X-Original-Method": "OPTIONS",
    "X-Rewrite-URL": "/public/x",
    "Forwarded": "for=127.0.0.1;host=app.example.test;proto=https",
    "X-Real-IP": "127.0.0.1",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", ELSEWHERE)
def test_CVE_2026_40575_nobody_tells_the_proxy_where_they_are_going(
    both: Proxied, name: str, spelling: str
) -> None:
    value = ELSEWHERE[name]
    headers = [
        (sent, value if given in {"admin", "root"} else given)
        for sent, given in SPELLINGS[spelling](name)
    ]
    for uri in ("/deep", "/admin/x"):
        assert both.ask(uri, *headers).status in {400, 401, 403, 431}


@pytest.mark.parametrize(
    "uri",
    [
        "/public/../deep",
        "/public/..%2fdeep",
        "/public%2f..%2fdeep",
        "/public/%2e%2e/deep",
        "/public/.%2e/deep",
        "//deep",
        "/public//../deep",
        "/public/./../deep",
        "/public/..;/deep",
        "/public;/../deep",
        "/public\\..\\deep",
        "/public%5c..%5cdeep",
        "/public%00/../deep",
        "/deep%23/public/",
        "/deep?/public/x",
        "/deep;/public/x",
        "/PUBLIC/../deep",
        "/deep#/public/x",
        "http://app.example.test/deep",
        "*",
    ],
)
def test_GHSA_pxq7_h93f_9jrg_no_spelling_of_a_path_is_a_way_around_the_rules(
    both: Proxied, uri: str
) -> None:
    assert both.ask(uri).status in {400, 401, 403, 404, 405, 308}


@pytest.mark.parametrize("host", ["APP.EXAMPLE.TEST", "app.example.test."])
def test_a_host_is_the_same_in_every_spelling(both: Proxied, host: str) -> None:
    named = f"{host}:{both.port}"
    assert both.ask("/deep", host=named).status in {401, 404, 200, 308}
    assert not both.ask("/deep", host=named).body.startswith(b'{"path"')
    assert both.ask("/public/x", host=named).status in {200, 401, 404}


@pytest.mark.parametrize("host", [STATUS, "evil.example", f"{APP}:9", "localhost"])
def test_a_client_does_not_choose_by_whose_rules_it_is_judged(both: Proxied, host: str) -> None:
    """What reaches the application of somebody else was let through to that one."""
    named = host if ":" in host else f"{host}:{both.port}"
    for uri in ("/deep", f"{both.app}/deep"):
        answer = both.ask(uri, host=named)
        if answer.body.startswith(b'{"path"'):
            assert answer.seen["host"] == [f"{STATUS}:{both.port}"]


@pytest.mark.parametrize(
    "hosts", [(f"{APP}", STATUS), (STATUS, f"{APP}")], ids=["ours first", "theirs first"]
)
def test_whoever_writes_two_hosts_reaches_neither(both: Proxied, hosts: tuple[str, str]) -> None:
    named = [f"{host}:{both.port}" for host in hosts]
    assert both.ask("/deep", ("Host", named[1]), host=named[0]).status == 400


def test_one_configuration_is_for_several_applications(both: Proxied, cookie: str) -> None:
    status = f"{STATUS}:{both.port}"
    anybody = both.ask("/deep", host=status)
    assert (anybody.status, anybody.seen["host"]) == (200, [status])
    assert nobody(anybody.seen)
    ours = both.ask("/deep", ("Cookie", cookie))
    assert ours.seen["host"] == [f"{APP}:{both.port}"]


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("{ours}", None),
        ("{ours}; a=1", "a=1"),
        ("a=1; {ours}", "a=1"),
        ("a=1; {ours}; b=2", "a=1; b=2"),
        ("a=1;{ours};b=2; oursession=3", "a=1;b=2; oursession=3"),
        ("a=1; b=2", "a=1; b=2"),
    ],
)
def test_the_application_gets_its_own_cookies_and_not_the_session(
    both: Proxied, cookie: str, sent: str, arrives: str | None
) -> None:
    answer = both.ask("/public/x", ("Cookie", sent.format(ours=cookie)))
    assert "".join(answer.seen.get("cookie", [])) == (arrives or "")


def test_of_a_session_that_is_there_twice_the_application_gets_none(
    both: Proxied, cookie: str
) -> None:
    answer = both.ask("/public/x", ("Cookie", f"a=1; {cookie}; b=2; {cookie}; c=3"))
    assert answer.status == 200
    assert "session=" not in "".join(answer.seen.get("cookie", []))


@pytest.mark.parametrize(
    "path",
    [
        "/api/authz/auth-request",
        "/api/authz/forward-auth",
        "/api/authz/ext-authz/x",
        "/oauth2/auth",
        "//api//authz/auth-request",
        "/api/./authz/auth-request",
        "/api%2Fauthz/auth-request",
        "/%61pi/authz/auth-request",
    ],
)
def test_what_proxies_ask_nobody_asks_at_the_sign_in_host(both: Proxied, path: str) -> None:
    told = (
        ("X-Original-URL", f"http://{STATUS}/"),
        ("X-Original-Method", "GET"),
        ("X-Forwarded-Uri", "/"),
        ("X-Forwarded-Method", "GET"),
    )
    for headers in (told, told[:2], told[2:]):
        assert both.ask(path, *headers, host=f"{LOGIN}:{both.port}").status == 404


def test_a_web_socket_is_asked_about_like_everything_else(both: Proxied, cookie: str) -> None:
    opening = (
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    )
    assert both.ask("/deep", *opening).status == 401
    assert both.ask("/deep", ("Cookie", cookie), *opening).status == 101


@pytest.mark.parametrize("length", [370, 1_800, 3_500, 7_200])
def test_a_long_address_is_no_reason_to_fail(both: Proxied, length: int) -> None:
    answer = both.ask(f"/search?q={'%EB%8F%84' * (length // 9)}", *NAVIGATING)
    assert answer.status == 302
    path = (answer.header("location") or "").removeprefix(both.login)
    onward = both.ask(path, *NAVIGATING, host=f"{LOGIN}:{both.port}")
    assert onward.status == 303
    signing_in = onward.header("location") or ""
    assert both.ask(signing_in, *NAVIGATING, host=f"{LOGIN}:{both.port}").status == 200


@pytest.mark.parametrize("cookie", ["", "session", "session=", "session=x", "session=%00"])
def test_a_malformed_cookie_means_no(both: Proxied, cookie: str) -> None:
    assert both.ask("/deep", ("Cookie", cookie)).status == 401
