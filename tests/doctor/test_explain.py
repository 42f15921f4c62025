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

from .kit import NOW, ask, between, led, remedy, set_and_sent, suffixes, visited

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
            "typed", "navigation", "reload", "frame", "fetch", "image", "crossorigin", "websocket",
            "script", "server", "forward-auth",
        ]),
        pages=pages,
        method=st.sampled_from(["GET", "POST", "PUT"]),
        redirects=st.lists(urls, max_size=2).map(tuple),
        credentials=st.sampled_from(["same-origin", "include", "omit"]),
        credentialless=st.booleans(),
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
        assert reason.remedies
        assert not reason.advice.endswith(".")
        check_lines_for_dojang(reason)


def check_lines_for_dojang(reason: Reason) -> None:
    """Every `Cookie(...)` that the doctor prescribes can be made."""
    for told in reason.remedies:
        if told.tool == "dojang" and told.line.startswith("Cookie("):
            cookie = eval(told.line, {"Cookie": dojang.Cookie, "Chunking": Chunking})
            assert isinstance(cookie, dojang.Cookie)
        if told.tool in {"Django", "Flask", "Starlette"}:
            ast.parse(told.line)


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


# what comes between the two exchanges


def test_a_state_cookie_is_gone_when_the_sign_in_took_too_long() -> None:
    asked = Situation(
        set_cookie="state=v; Max-Age=600; Path=/",
        stored_by=visited("https://a.com/x"),
        sent_by=led("https://idp.example.net", "https://a.com/cb"),
        age=599,
    )
    assert ask(asked).sent
    late = ask(replace(asked, age=700))
    assert (late.stored, late.sent, late.codes) == (True, False, ("EXPIRED_SINCE",))
    assert "600 s" in late.reasons[0].fact
    assert "max_age=1440" in remedy(late, "EXPIRED_SINCE", "Django")


@pytest.mark.parametrize(
    ("url", "old", "new"),
    [
        ("http://192.168.0.7/", "s=old; Secure; Path=/", "s=new; Path=/"),
        ("https://me.github.io/", "s=old; Domain=github.io; Path=/", "s=new; Path=/"),
        ("https://app.example.com/", "s=old; SameSite=None; Path=/x", "s=new; Path=/"),
        ("https://app.example.com/x", "__Host-s=old; Path=/", "s=new; Path=/"),
    ],
)
def test_what_was_never_stored_stands_in_nobodys_way(url: str, old: str, new: str) -> None:
    verdict = ask(Situation(set_cookie=new, stored_by=visited(url), earlier=(Earlier(url, old),)))
    assert (verdict.sent, verdict.codes) == (True, ())


def test_a_deletion_over_http_leaves_a_secure_cookie_where_it_is() -> None:
    earlier = (
        Earlier("https://a.com/", "s=old; Secure; Path=/"),
        Earlier("http://a.com/", "s=; Max-Age=0; Path=/"),
    )
    asked = Situation(set_cookie="s=new", stored_by=visited("http://a.com/"), earlier=earlier)
    assert "LEAVE_SECURE_ALONE" in ask(asked).codes


def test_two_of_a_name_are_not_both_sent_where_one_is_strict() -> None:
    url = "https://app.example.com/"
    asked = Situation(
        set_cookie="s=new; Path=/; SameSite=Lax",
        stored_by=visited(url),
        sent_by=led("https://other.example", url),
        earlier=(Earlier(url, "s=old; Path=/; Domain=example.com; SameSite=Strict"),),
    )
    assert ask(asked).codes == ()
    assert ask(replace(asked, sent_by=visited(url))).codes == ("DUPLICATE_NAME",)


def test_which_safari_keeps_a_partitioned_cookie() -> None:
    line = "s=v; Secure; SameSite=None; Path=/; Partitioned"
    new = between("https://a.vercel.app", "https://b.fly.dev/x", line, browser="safari")
    assert (new.stored, new.sent) == (True, True)
    assert (new.browser, new.codes) == ("Safari 26.2", ("PARTITIONED_IN_SOME_VERSIONS",))
    assert "18.4 and 26.2 on" in new.reasons[0].fact
    old = between("https://a.vercel.app", "https://b.fly.dev/x", line, browser="safari-26.1")
    assert (old.stored, old.browser) == (False, "Safari 18.5 to 26.1")
    assert old.because
    assert old.because.code == "THIRD_PARTY_BLOCKED"


def test_what_a_server_asks_carries_no_cookie_of_a_browser() -> None:
    asked = Situation(
        set_cookie="s=v; Path=/",
        stored_by=visited(URL),
        sent_by=Exchange(url="https://app.example.com/me", way="server"),
    )
    verdict = ask(asked)
    assert (verdict.stored, verdict.sent) == (True, False)
    assert verdict.codes == ("NOT_A_BROWSER_REQUEST",)
    assert "cookies()" in remedy(verdict, "NOT_A_BROWSER_REQUEST", "Next.js")


def test_what_a_failed_preflight_keeps_back_carries_no_cookie() -> None:
    sent = Exchange(
        url="https://api.x.com/me",
        pages=("https://app.x.com",),
        credentials="include",
        method="PUT",
        cors=Cors(preflight="failed"),
    )
    verdict = set_and_sent("s=v; Path=/", visited("https://api.x.com/"), sent)
    assert (verdict.stored, verdict.codes) == (True, ("PREFLIGHT_BLOCKED_SENT",))
    assert "https://app.x.com" in remedy(verdict, "PREFLIGHT_BLOCKED_SENT", "Flask")


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_a_page_on_https_sends_nothing_over_http(browser: str) -> None:
    sent = Exchange(url="http://a.com/x", pages=("https://a.com/",), credentials="include")
    verdict = set_and_sent("s=v; Path=/", visited("http://a.com/"), sent, browser=browser)
    assert verdict.stored
    assert verdict.because
    assert verdict.because.code == "MIXED_CONTENT_SENT"


def test_a_life_of_dates_is_cut_as_one_of_seconds_is() -> None:
    line = "s=v; Path=/; Expires=Wed, 21 Oct 2099 07:28:00 GMT"
    verdict = set_and_sent(line, visited(URL), visited(URL))
    assert verdict.codes == ("CAPPED",)
    assert verdict.kept
    assert verdict.kept.lifetime == 400 * 86400


def test_safari_keeps_what_scripts_set_for_seven_days() -> None:
    by_script = Exchange(url=URL, way="script", pages=(URL,))
    line = "s=v; Path=/; Max-Age=2592000"
    safari = set_and_sent(line, by_script, visited(URL), browser="safari")
    assert (safari.sent, safari.codes) == (True, ("CAPPED",))
    assert safari.kept
    assert safari.kept.lifetime == 7 * 86400
    assert "maxAge: 2592000000" in remedy(safari, "CAPPED", "Express")
    assert set_and_sent(line, by_script, visited(URL)).codes == ()
    assert set_and_sent(line, visited(URL), visited(URL), browser="safari").codes == ()


# what can be pasted

EVERYWHERE = ("dojang", "Express", "Django", "Flask", "Starlette")


def lines(set_cookie: str, url: str = URL) -> dict[str, str]:
    """Return the lines of the first reason, the last for each tool."""
    verdict = set_and_sent(set_cookie, visited(url), visited(url))
    return {each.tool: each.line for each in verdict.reasons[0].remedies}


@pytest.mark.parametrize("line", ["s=v; Expires=never", "s=v; Max-Age=0", "s=v; Max-Age=604800000"])
def test_a_life_is_mended_in_every_tool(line: str) -> None:
    found = lines(line)
    assert set(EVERYWHERE) <= set(found)
    assert "maxAge: " in found["Express"]
    assert "max_age=" in found["Django"]
    assert "max_age=" in found["Flask"]


def test_a_cookie_too_big_has_a_home_on_every_server() -> None:
    found = lines("s=" + "x" * 5000)
    assert "session(" in found["Express"]
    assert "SESSION_ENGINE" in found["Django"]
    assert "SESSION_TYPE" in found["Flask"]


def test_two_cookies_in_one_line_become_two_lines() -> None:
    found = lines("a=1, b=2")
    assert "multiValueHeaders" in found["AWS Lambda"]
    assert "append" in found["Express"]
    assert "append" in found["Starlette"]


@pytest.mark.parametrize(
    ("line", "nginx"),
    [
        ("s=v; Domain=*.example.com", 'proxy_cookie_domain ~.+ "";'),
        ("s=v; Domain=api.example.com", 'proxy_cookie_domain api.example.com "";'),
        ("s=v; SameSite=None", "proxy_cookie_flags s samesite=lax;"),
        ("s=v; Path=/; Partitioned", "proxy_cookie_flags s secure;"),
    ],
)
def test_nginx_changes_what_is_wrong(line: str, nginx: str) -> None:
    assert lines(line)["nginx"] == nginx


def test_nginx_changes_a_path_and_adds_a_domain() -> None:
    wrong = set_and_sent("s=v; Path=/auth", visited(URL), visited("https://app.example.com/me"))
    assert remedy(wrong, "PATH", "nginx") == 'proxy_cookie_path ~.* "/";'
    other = set_and_sent("s=v; Path=/", visited(URL), visited("https://www.example.com/"))
    assert remedy(other, "HOST_ONLY", "nginx") == 'proxy_cookie_path ~.* "/; Domain=example.com";'


def test_a_partitioned_cookie_is_set_in_django_and_nginx_too() -> None:
    line = "s=v; Secure; SameSite=None; Path=/"
    verdict = between("https://a.example", "https://b.test/x", line, browser="firefox")
    assert '["partitioned"] = True' in remedy(verdict, "THIRD_PARTY_PARTITIONED", "Django")
    (reason,) = verdict.reasons
    assert 'proxy_cookie_path ~.* "/; Partitioned";' in [each.line for each in reason.remedies]


def test_what_is_looked_for_elsewhere_is_read_where_it_is() -> None:
    asked = Situation(set_cookie="s=v", stored_by=visited(URL), looked_in="authorization")
    assert 'req.cookies["s"]' in remedy(ask(asked), "LOOKING_IN_WRONG_PLACE", "Express")


def test_every_reason_has_a_line_to_paste() -> None:
    assert remedy(ask(Situation(set_cookie="", stored_by=visited(""))), "BAD_INPUT", "dojang")


def picture(way: str, **more: object) -> Exchange:
    page, api = "https://app.example.com/", "https://img.example.com/1.png"
    return Exchange(url=api, way=way, pages=(page,), **more)  # type: ignore[arg-type]


HOST_COOKIE = visited("https://img.example.com/")


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (picture("image"), True),
        (picture("crossorigin"), False),
        (picture("crossorigin", credentials="include"), True),
        (picture("image", credentialless=True), False),
        (picture("crossorigin", credentials="include", credentialless=True), True),
    ],
)
def test_a_picture_with_crossorigin_says_whether_cookies_go_along(
    asked: Exchange, sent: bool
) -> None:
    verdict = set_and_sent("s=v", HOST_COOKIE, asked)
    assert verdict.sent == sent
    if not sent:
        assert "CREDENTIALS_MODE_SENT" in verdict.codes
        line = '<img src="https://img.example.com/..." crossorigin="use-credentials">'
        assert line == remedy(verdict, "CREDENTIALS_MODE_SENT", "page")


def test_safari_knows_no_credentialless_pages() -> None:
    asked = picture("image", credentialless=True)
    assert set_and_sent("s=v", HOST_COOKIE, asked, browser="safari").sent


def test_a_credentialless_page_keeps_no_cookie_of_its_pictures() -> None:
    verdict = ask(Situation(set_cookie="s=v", stored_by=picture("image", credentialless=True)))
    (reason,) = [each for each in verdict.reasons if each.code == "CREDENTIALS_MODE"]
    assert "Cross-Origin-Embedder-Policy: credentialless" in reason.fact
