import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import InvalidCookie, TooLarge
from dojang.wire import cookies
from dojang.wire.cookies import Cookie


def test_the_default_is_as_safe_as_a_cookie_gets() -> None:
    assert Cookie().set("v", max_age=60) == (
        "__Host-session=v; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax"
    )


def test_local_development_has_a_name_for_what_it_gives_up() -> None:
    assert Cookie.for_local_development().set("v") == "session=v; Path=/; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"domain": "*"}, "not a host name"),
        ({"name": "sid", "domain": ".example.com"}, "write domain='example.com'"),
        ({"name": "sid", "domain": "127.0.0.1"}, "is an address"),
        ({"name": "sid", "domain": "127.1"}, "is an address"),
        ({"name": "sid", "domain": "0x7f.0x1"}, "is an address"),
        ({"name": "sid", "domain": "com"}, "top-level domain"),
        ({"name": "sid", "domain": "example.com:443"}, "is an address|not a host name"),
        ({"name": "sid", "domain": "exa mple.com"}, "not a host name"),
        ({"domain": "example.com"}, "__Secure-session"),
        ({"path": "/app"}, "needs Path=/"),
        ({"secure": False}, "for_local_development"),
        ({"name": "__HOST-x", "secure": False}, "for_local_development"),
        ({"name": "__Secure-x", "secure": False}, "needs Secure"),
        ({"name": "__Host-Http-x", "http_only": False}, "needs HttpOnly"),
        ({"name": "__Http-x", "secure": False}, "needs HttpOnly and Secure"),
        ({"name": "x", "secure": False, "same_site": "none"}, "SameSite=None needs Secure"),
        ({"name": "x", "secure": False, "partitioned": True}, "Partitioned needs Secure"),
        ({"name": ""}, "cannot be a cookie's name"),
        ({"name": "a b"}, "cannot be a cookie's name"),
        ({"name": "a=b"}, "cannot be a cookie's name"),
        ({"name": "naïve"}, "cannot be a cookie's name"),
        ({"name": "x", "path": "app"}, "begins with /"),
        ({"name": "x", "path": "/a;b"}, "begins with /"),
        ({"name": "x", "path": "/" + "a" * 1024}, "1025 bytes"),
        ({"same_site": "Lax"}, "same_site is strict, lax, none or None"),
        ({"priority": "urgent"}, "priority is low"),
    ],
)
def test_a_cookie_no_browser_would_accept_cannot_be_made(fields: Any, says: str) -> None:
    with pytest.raises(InvalidCookie, match=says):
        Cookie(**fields)


@given(st.text())
def test_any_name_either_serialises_by_the_grammar_or_is_refused(name: str) -> None:
    """CVE-2024-47764 (cookie of npm): a name, path or domain that set other attributes."""
    try:
        line = Cookie(name=name, secure=True).set("v")
    except InvalidCookie:
        return
    assert line.startswith(f"{name}=v; ")
    assert not set(line) & set("\r\n\x00")


@given(st.text(), st.text(), st.text())
def test_no_part_of_a_cookie_can_split_the_header(value: str, path: str, domain: str) -> None:
    """CVE-2026-0672, CVE-2026-3644 (http.cookies): CR and LF in any part."""
    try:
        line = Cookie(name="x", path=path, domain=domain or None).set(value)
    except (InvalidCookie, TooLarge):
        return
    assert line.isascii()
    assert line.isprintable()
    assert line.count(";") == line.count("; ")


@pytest.mark.parametrize("value", ["a b", "a;b", "a,b", 'a"b', "a\\b", "a\r\nSet-Cookie: x=y", "é"])
def test_a_value_beyond_cookie_octets_is_refused(value: str) -> None:
    with pytest.raises(InvalidCookie):
        Cookie().set(value)


def test_an_expiry_that_is_no_date_is_refused() -> None:
    with pytest.raises(InvalidCookie, match="not an HTTP date"):
        Cookie().set("v", expires="soon\r\nSet-Cookie: a=b")


def test_a_life_beyond_400_days_is_cut_as_browsers_cut_it() -> None:
    assert "; Max-Age=34560000;" in Cookie().set("v", max_age=10**9)


def test_the_size_is_that_of_the_whole_line_and_the_error_names_both_figures() -> None:
    room = cookies.MAX_COOKIE - len(Cookie().set(""))
    assert len(Cookie().set("v" * room)) == 4096
    with pytest.raises(TooLarge, match="4097 bytes") as caught:
        Cookie().set("v" * (room + 1))
    assert (caught.value.size, caught.value.limit) == (4097, 4096)


def test_deleting_repeats_name_path_and_domain() -> None:
    cookie = Cookie(name="__Secure-x", path="/app", domain="example.com")
    assert cookie.delete() == (
        "__Secure-x=; Max-Age=0; Domain=example.com; Path=/app; HttpOnly; Secure; SameSite=Lax"
    )


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", []),
        ("a=1; b=2", [("a", "1"), ("b", "2")]),
        ("a=1;b=2", [("a", "1"), ("b", "2")]),
        ("a=1; a=2", [("a", "1"), ("a", "2")]),
        ("  a = 1 ;\tb\t=\t2 ", [("a", "1"), ("b", "2")]),
        ("novalue; =nameless; a=1", [("a", "1")]),
        ("=__Host-session=x", []),
        ('a="q"', [("a", '"q"')]),
        ("a=b=c", [("a", "b=c")]),
        ("a=1\r\nx=2; b=3", [("b", "3")]),
        ("a=\x00; b=3", [("b", "3")]),
        ("a=", [("a", "")]),
        ("$Version=1; a=1", [("$Version", "1"), ("a", "1")]),
    ],
)
def test_a_cookie_header_is_read(header: str, found: list[tuple[str, str]]) -> None:
    assert list(cookies.parse(header)) == found


def test_a_nameless_cookie_cannot_disguise_itself_as_a_prefixed_one() -> None:
    assert cookies.values("=__Host-session=evil", "__Host-session") == []


@pytest.mark.parametrize("unit", ["\\", '"', "a=", ";", "=;", '"\\'])
def test_hostile_headers_are_read_in_linear_time(unit: str) -> None:
    """CVE-2024-7592 (http.cookies): quadratic parsing of quoted backslashes."""

    def cost(size: int) -> float:
        header = 'x="' + unit * size
        return min(seconds(header) for _ in range(5))

    def seconds(header: str) -> float:
        # Of the processor, which others that are busy on this machine do not use up.
        start = time.process_time()
        list(cookies.parse(header))
        return time.process_time() - start

    # Eight times the length costs about eight times as much; quadratic, it would be 64 times.
    assert cost(160_000) < 40 * max(cost(20_000), 1e-4)


VECTORS = Path(__file__).parent.parent / "vectors" / "http-state-cookies" / "parser.json"


def browser_headers() -> list[Any]:
    """What browsers send after each of the http-state working group's cases."""
    cases = json.loads(VECTORS.read_text())
    sent = [(case["test"], case["sent"]) for case in cases if case["sent"]]
    return [pytest.param(pairs, id=name) for name, pairs in sent]


@pytest.mark.parametrize("sent", browser_headers())
def test_what_a_browser_sends_is_read_as_it_meant_it(sent: list[dict[str, str]]) -> None:
    header = "; ".join(f"{pair['name']}={pair['value']}" for pair in sent)
    named = [(pair["name"], pair["value"]) for pair in sent if pair["name"]]
    assert list(cookies.parse(header)) == named
