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
        asked("/", "notexample.org"),
    ):
        assert RULES.needs(target).nobody
        assert not RULES.knows(target.host)


@pytest.mark.parametrize("port", ["", ":443", ":80", ":9999"])
def test_the_port_that_a_client_writes_chooses_no_rules(port: str) -> None:
    """Proxies find a server by the name alone, and pass on the port as it came."""
    assert RULES.needs(asked("/admin", f"app.example.org{port}")) == ADMIN
    assert RULES.needs(asked("/admin", f"app.example.org{port}", scheme="http")) == ADMIN


@pytest.mark.parametrize(
    "uri",
    [
        "/admin.",
        "/admin%20",
        "/admin%20/x",
        "/admin./x",
        "/admin::$DATA",
        "/admin::$DATA/x",
        "/admin:$i30/x",
        "/admin%C2%AD/x",
        "/admin%E2%80%8B/x",
        "/adm%C4%B1n",
        "/ADM%C4%B0N/x",
    ],
)
def test_what_some_applications_take_for_the_same_path_takes_as_much(uri: str) -> None:
    """Windows drops dots and blanks, `::$DATA` is the file; others drop what is not seen."""
    assert RULES.needs(asked(uri)) == ADMIN & SIGNED_IN


def test_which_rules_decide_can_be_asked() -> None:
    rules = Rules(
        [
            Rule(APP, (pattern("/admin/*"),), ADMIN, name="rule 1"),
            Rule(APP, (pattern("/x"),), SIGNED_IN, name="rule 2"),
        ]
    )

    def names(uri: str) -> list[str]:
        return [rule.name for rule in rules.deciding(asked(uri))]

    assert names("/admin/x") == ["rule 1"]
    assert names("/Admin/x") == ["no rule", "rule 1"]
    assert names("/elsewhere") == ["no rule"]
    assert names("//") == ["rule 1", "rule 2", "no rule"]


def test_what_satisfies_two_satisfies_each() -> None:
    one = Needs(roles=frozenset({"a"}), fresh=600)
    other = Needs(roles=frozenset({"b"}), fresh=60, second_factor=True)
    assert one & other == Needs(roles=frozenset({"a", "b"}), fresh=60, second_factor=True)
    assert (one & PUBLIC, PUBLIC & PUBLIC) == (one, PUBLIC)
    assert (one & NOBODY).nobody
