"""The first rule that fits decides, and where none does nobody passes."""

import pytest

from dojang.server.forward_auth.rules import (
    NOBODY,
    PUBLIC,
    HostPattern,
    Needs,
    PathPattern,
    Rule,
    Rules,
)
from dojang.server.forward_auth.target import Target

APP = HostPattern("app.example.org")
SIGNED_IN = Needs()
ADMIN = Needs(roles=frozenset({"admin"}), fresh=600)


def at(host: HostPattern, needs: Needs, *paths: str) -> Rule:
    return Rule(host, tuple(map(pattern, paths or ("/*",))), needs)


def pattern(text: str) -> PathPattern:
    return PathPattern(text.removesuffix("*").rstrip("/") or "/", text.endswith("/*"))


def asked(uri: str, host: str = "app.example.org", scheme: str = "https") -> Target:
    return Target.of(method="GET", scheme=scheme, host=host, uri=uri)


RULES = Rules(
    [
        at(APP, PUBLIC, "/public/*", "/healthz"),
        at(APP, ADMIN, "/admin/*"),
        at(APP, SIGNED_IN),
        at(HostPattern("example.org", below=True), NOBODY, "/internal/*"),
        at(HostPattern("example.org", below=True), PUBLIC),
    ]
)


@pytest.mark.parametrize(
    ("uri", "needs"),
    [
        ("/", SIGNED_IN),
        ("/public", PUBLIC),
        ("/public/", PUBLIC),
        ("/public/x/y", PUBLIC),
        ("/publicity", SIGNED_IN),
        ("/healthz", PUBLIC),
        ("/healthz/x", SIGNED_IN),
        ("/admin", ADMIN),
        ("/admin/", ADMIN),
        ("/admin/users?x=/public", ADMIN),
        ("/%61dmin", ADMIN),
    ],
)
def test_the_first_rule_that_fits_decides(uri: str, needs: Needs) -> None:
    assert RULES.needs(asked(uri)) == needs


@pytest.mark.parametrize("uri", ["/ADMIN", "/Admin/users", "/aDmin/"])
def test_other_capitals_pass_by_no_rule(uri: str) -> None:
    """For some applications they are another path, and for some the same."""
    assert RULES.needs(asked(uri)) == SIGNED_IN & ADMIN


def test_a_rule_that_asks_for_less_fits_in_its_own_capitals_alone() -> None:
    assert RULES.needs(asked("/PUBLIC/x")) == SIGNED_IN & PUBLIC == SIGNED_IN


@pytest.mark.parametrize("uri", ["/public/../admin", "/public%2f..%2fadmin", "//admin", "/x;/y"])
def test_what_can_be_read_in_two_ways_takes_what_all_rules_of_the_host_take(uri: str) -> None:
    assert RULES.needs(asked(uri)) == PUBLIC & ADMIN & SIGNED_IN == ADMIN
    assert RULES.needs(asked(uri, "other.example.org")) == NOBODY & PUBLIC


def test_a_rule_behind_one_that_fits_everything_decides_nothing() -> None:
    rules = Rules([at(APP, SIGNED_IN), at(HostPattern("example.org", below=True), NOBODY)])
    assert rules.needs(asked("/a//b")) == SIGNED_IN
    assert rules.needs(asked("/a//b", "x.example.org")) == NOBODY


@pytest.mark.parametrize("uri", ["/secret", "//secret", "/secret;x", "/public/..%2fsecret", "/%FF"])
def test_where_nothing_is_said_of_the_rest_of_a_host_nobody_gets_there(uri: str) -> None:
    rules = Rules([at(APP, PUBLIC, "/public/*")])
    assert rules.needs(asked("/public/x")) == PUBLIC
    assert rules.needs(asked(uri)).nobody


def test_where_no_rule_fits_nobody_passes() -> None:
    for target in (
        asked("/", "example.org"),
        asked("/", "evil.example"),
        asked("//", "evil.example"),
        asked("/", "app.example.org.evil.example"),
        asked("/", "app.example.org:9000"),
        asked("/", "notexample.org"),
    ):
        assert RULES.needs(target).nobody
        assert not RULES.knows(target.host, target.port, target.scheme)


def test_a_host_is_meant_with_the_port_of_its_scheme_or_the_one_it_names() -> None:
    assert RULES.needs(asked("/admin", "app.example.org:443")) == ADMIN
    assert RULES.needs(asked("/admin", "app.example.org", scheme="http")) == ADMIN
    assert RULES.needs(asked("/admin", "app.example.org:80")).nobody
    elsewhere = Rules([at(HostPattern("app.example.org", 8443), SIGNED_IN)])
    assert elsewhere.needs(asked("/", "app.example.org:8443")) == SIGNED_IN
    assert elsewhere.needs(asked("/", "app.example.org")).nobody


def test_the_port_that_a_client_writes_is_no_way_around_the_rules_of_another() -> None:
    """Proxies find a server by the name alone, and pass on the port as it came."""
    two = Rules([at(APP, ADMIN), at(HostPattern("app.example.org", 9999), PUBLIC)])
    for host in ("app.example.org", "app.example.org:9999"):
        assert two.needs(asked("/", host)) == ADMIN
    assert two.needs(asked("/", "app.example.org:1")).nobody


def test_what_satisfies_two_satisfies_each() -> None:
    one = Needs(roles=frozenset({"a"}), fresh=600)
    other = Needs(roles=frozenset({"b"}), fresh=60, second_factor=True)
    assert one & other == Needs(roles=frozenset({"a", "b"}), fresh=60, second_factor=True)
    assert (one & PUBLIC, PUBLIC & PUBLIC) == (one, PUBLIC)
    assert (one & NOBODY).nobody
