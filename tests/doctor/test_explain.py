"""The doctor's rules that no real question names."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dojang
from dojang.doctor import (
    Cors,
    Earlier,
    Exchange,
    Reason,
    Situation,
    Transport,
    explain,
    send,
    store,
)
from dojang.doctor.catalogue import CATALOGUE, NOTES
from dojang.doctor.engines import ENGINES
from dojang.wire.chunking import Chunking
from tests.counts import scaled

from .kit import NOW, ask, between, set_and_sent, suffixes, visited

URL = "https://app.example.com/auth/login"


def codes(set_cookie: str, url: str = URL, *, browser: str = "chrome") -> tuple[str, ...]:
    return set_and_sent(set_cookie, visited(url), visited(url), browser=browser).codes


@pytest.mark.parametrize(
    ("set_cookie", "wanted"),
    [
        ("s=\x01", "CTL_CHAR"),
        ("s=a\tb", "CTL_CHAR"),
        ("a=1, b=2", "FOLDED_SET_COOKIE"),
        ("s=" + "x" * 4096, "TOO_BIG"),
        ("s=v; Path=/" + "x" * 1025, "ATTRIBUTE_TOO_LONG"),
        ("=; Path=/", "EMPTY"),
        ("s=; Max-Age=0", "EXPIRED"),
        ("s=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "EXPIRED"),
        ("s=v; Max-Age=3600.5", "BECAME_SESSION"),
        ("s=v; Expires=never", "BECAME_SESSION"),
        ("s=v; Max-Age=604800000", "CAPPED"),
        ("s=v; Domain=*.example.com", "DOMAIN_SYNTAX"),
        ("s=v; Domain=https://example.com", "DOMAIN_SYNTAX"),
        ("s=v; Domain=example.com:443", "DOMAIN_SYNTAX"),
        ("s=v; Domain=example.com.", "DOMAIN_SYNTAX"),
        ("s=v; Domain=.", "DOMAIN_SYNTAX"),
        ("s=v; Domain=api.example.com", "DOMAIN_MISMATCH"),
        ("s=v; Domain=com", "PUBLIC_SUFFIX"),
        ("s=v; SameSite=None", "NONE_NEEDS_SECURE"),
        ("s=v; SameSite=Laxx", "SAMESITE_TYPO"),
        ("__Host-s=v; Secure; Path=/; Domain=app.example.com", "PREFIX_RULE"),
        ("__Host-s=v; Path=/", "PREFIX_RULE"),
        ("__Http-s=v; Secure", "PREFIX_RULE"),
        ("s=v; Partitioned", "PARTITIONED_NEEDS_SECURE"),
    ],
)
def test_a_line_that_is_wrong_by_itself(set_cookie: str, wanted: str) -> None:
    assert wanted in codes(set_cookie)


@pytest.mark.parametrize(
    "set_cookie",
    [
        "s=v",
        "s=" + "x" * 4095,
        "s=v; Domain=.example.com; Path=/auth",
        "s=v; Domain=",
        "s=v; Max-Age=0x; Max-Age=60",
        "s=v; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Max-Age=60",
        "__Host-s=v; Secure; Path=/; HttpOnly; SameSite=Lax",
        "s=a,b",
        "s=v; Expires=Thu, 31 Dec 2026 00:00:00 GMT",
    ],
)
def test_a_line_that_is_fine(set_cookie: str) -> None:
    assert codes(set_cookie) == ()


def test_the_default_path_is_the_folder_of_what_set_it() -> None:
    verdict = set_and_sent("s=v", visited(URL), visited("https://app.example.com/account"))
    assert verdict.codes == ("PATH",)
    assert "/auth, the folder" in verdict.reasons[0].fact


def test_a_page_on_https_asks_nothing_on_http() -> None:
    verdict = between("https://app.example.com", "http://api.example.com", "s=v")
    assert "MIXED_CONTENT" in verdict.codes


def test_a_preflight_that_failed_leaves_nothing() -> None:
    asked = Exchange(
        url="https://api.x.com",
        pages=("https://app.x.com",),
        credentials="include",
        method="PUT",
        cors=Cors(preflight="failed"),
    )
    verdict = ask(Situation(set_cookie="s=v", stored_by=asked))
    assert verdict.codes == ("PREFLIGHT_BLOCKED",)
    assert not verdict.stored


def test_what_a_server_fetched_is_in_no_browser() -> None:
    verdict = ask(
        Situation(set_cookie="s=v", stored_by=Exchange(url="https://api.x.com", way="server"))
    )
    assert verdict.codes == ("NOT_A_BROWSER_RESPONSE",)


def test_a_form_posted_from_elsewhere_has_two_minutes_in_chromium() -> None:
    posted = Exchange(url=URL, way="navigation", pages=("https://idp.example.net",), method="POST")
    asked = Situation(set_cookie="s=v; Path=/", stored_by=visited(URL), sent_by=posted)
    assert ask(replace(asked, age=119)).sent
    assert ask(replace(asked, age=121)).codes == ("SAMESITE_UNSET_POST",)
    assert ask(replace(asked, age=121, browser="firefox")).sent
    lax = replace(asked, set_cookie="s=v; Path=/; SameSite=Lax")
    assert ask(lax).codes == ("SAMESITE_LAX_POST",)


def test_an_http_only_cookie_is_not_missing_because_scripts_do_not_see_it() -> None:
    asked = Situation(set_cookie="s=v; HttpOnly", stored_by=visited(URL))
    assert ask(replace(asked, looked_in="document.cookie")).codes == ("LOOKING_IN_WRONG_PLACE",)
    assert ask(replace(asked, looked_in="authorization")).sent


@pytest.mark.parametrize("browser", ["netscape", ""])
def test_an_unknown_browser_is_bad_input(browser: str) -> None:
    verdict = ask(Situation(set_cookie="s=v", stored_by=visited(URL), browser=browser))
    assert (verdict.codes, verdict.confidence) == (("BAD_INPUT",), "unreadable")


def test_what_cannot_be_read_is_said_without_guessing() -> None:
    verdict = ask(Situation(set_cookie="s=v", stored_by=visited("app.example.com")))
    assert verdict.codes == ("BAD_INPUT",)
    assert "scheme" in verdict.reasons[0].fact


# what every reason has to hold

SECRET = "do-not-show-me"


def situations() -> st.SearchStrategy[Situation]:
    """Return situations that make sense, more or less, so that every check is reached."""
    hosts = st.sampled_from([
        "app.example.com", "api.example.com", "example.com", "other.example", "localhost",
        "127.0.0.1", "a.localhost", "web.fly.dev", "[::1]", "192.168.0.7",
    ])  # fmt: skip
    schemes = st.sampled_from(["http", "https", "wss"])
    paths = st.sampled_from(["", "/", "/auth/login", "/api?q=1"])
    urls = st.builds("{}://{}{}".format, schemes, hosts, paths)
    pages = st.lists(urls, max_size=3).map(tuple)
    attributes = st.lists(
        st.sampled_from([
            "Secure", "HttpOnly", "Path=/", "Path=/auth", "Domain=example.com", "Domain=*",
            "Domain=fly.dev", "SameSite=Lax", "SameSite=Strict", "SameSite=None", "SameSite=x",
            "Partitioned", "Max-Age=0", "Max-Age=60", "Max-Age=x", "Max-Age=99999999999",
            "Domain=localhost", "Domain=\"';", 'Path=/"',
        ])
    )  # fmt: skip
    names = st.sampled_from(["s", "__Host-s", "__Secure-s", "__Http-s", "", 'q"uote'])
    lines = st.builds(
        lambda name, given: "; ".join([f"{name}={SECRET}", *given]), names, attributes
    )
    cors = st.none() | st.builds(
        Cors,
        allow_origin=st.sampled_from(["*", "", "https://app.example.com"]),
        allow_credentials=st.sampled_from(["true", "True", ""]),
        preflight=st.sampled_from(["none", "passed", "failed"]),
    )
    exchanges = st.builds(
        Exchange,
        url=urls,
        way=st.sampled_from([
            "typed", "navigation", "reload", "frame", "fetch", "image", "websocket", "script",
            "server", "forward-auth",
        ]),
        pages=pages,
        method=st.sampled_from(["GET", "POST", "PUT"]),
        redirects=st.lists(urls, max_size=2).map(tuple),
        credentials=st.sampled_from(["same-origin", "include", "omit"]),
        cors=cors,
    )  # fmt: skip
    return st.builds(
        Situation,
        set_cookie=lines,
        stored_by=exchanges,
        sent_by=st.none() | exchanges,
        browser=st.sampled_from(sorted(ENGINES)),
        earlier=st.lists(st.builds(Earlier, urls, lines), max_size=2).map(tuple),
        later=st.sampled_from([0, 100, 700]),
        age=st.sampled_from([0, 121]),
        transport=st.builds(
            Transport,
            tls_at_proxy=st.booleans(),
            forwarded_proto=st.sampled_from(["", "http", "https,http"]),
        ),
        looked_in=st.sampled_from(["cookie", "document.cookie", "authorization"]),
    )


@given(situations())
@settings(max_examples=scaled(10_000), deadline=None)
def test_every_verdict_is_of_one_piece_and_shows_no_value(situation: Situation) -> None:
    verdict = ask(situation)
    assert verdict.stored == all(reason.effect != "not-stored" for reason in verdict.reasons)
    assert verdict.sent == (verdict.stored and verdict.because is None)
    assert (verdict.kept is not None) == verdict.stored
    assert SECRET not in repr(verdict)
    for reason in verdict.reasons:
        assert reason.row == CATALOGUE[reason.code].row
        assert (reason.effect == "note") == (reason.code in NOTES)
        assert reason.fact
        assert reason.advice
        assert not reason.advice.endswith(".")
        check_lines_for_dojang(reason)


def check_lines_for_dojang(reason: Reason) -> None:
    """Every `Cookie(...)` that the doctor prescribes can be made."""
    for remedy in reason.remedies:
        if remedy.tool == "dojang" and remedy.line.startswith("Cookie("):
            cookie = eval(remedy.line, {"Cookie": dojang.Cookie, "Chunking": Chunking})
            assert isinstance(cookie, dojang.Cookie)
        if remedy.tool in {"Flask", "Starlette"}:
            ast.parse(remedy.line)


anything = st.text() | st.text(alphabet="=;, \t\x00:/.@[]%aA0-_", max_size=60)


def any_exchange() -> st.SearchStrategy[Any]:
    return st.builds(
        Exchange,
        url=anything | st.builds("https://{}/{}".format, anything, anything),
        way=anything,
        pages=st.lists(anything | st.just("https://a.example"), max_size=2).map(tuple),
        method=anything,
        redirects=st.lists(anything | st.just("https://a.example"), max_size=2).map(tuple),
        credentials=anything,
        status=st.integers(),
        cors=st.none()
        | st.builds(Cors, allow_origin=anything, allow_credentials=anything, preflight=anything),
    )


@given(
    st.builds(
        Situation,
        set_cookie=anything,
        stored_by=any_exchange() | st.just(visited(URL)),
        sent_by=st.none() | any_exchange(),
        browser=anything | st.sampled_from(sorted(ENGINES)),
        earlier=st.lists(st.builds(Earlier, st.just(URL) | anything, anything), max_size=2).map(
            tuple
        ),
        later=st.integers(),
        age=st.integers(),
        transport=st.builds(Transport, tls_at_proxy=st.booleans(), forwarded_proto=anything),
        looked_in=anything,
    )
)
@settings(max_examples=scaled(10_000), deadline=None)
def test_explain_never_raises_on_any_text_in_any_field(situation: Situation) -> None:
    explain(situation, suffixes=suffixes, now=NOW)


def test_a_long_line_takes_no_long_time() -> None:
    for text in ("=" * 10**6, ";" * 10**6, "a=1," * 250_000, "a=b; expires=" * 80_000):
        codes(text)


def test_every_reason_of_the_catalogue_is_given_somewhere() -> None:
    folder = Path(store.__path__[0]).parent
    code = "".join(path.read_text() for path in folder.rglob("*.py") if path.stem != "catalogue")
    assert [name for name in CATALOGUE if f'"{name}"' not in code] == []


def test_every_check_names_its_row() -> None:
    for check in (*store.CHECKS, *send.CHECKS):
        assert (check.__doc__ or "").startswith(("S", "X"))
