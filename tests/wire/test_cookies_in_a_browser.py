"""The jar of a real browser stands between what is set and what our parser reads."""

import json
import string
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from dojang.errors import InvalidCookie
from dojang.wire import chunks, cookies
from dojang.wire.chunking import Chunking
from dojang.wire.cookies import Cookie
from dojang.wire.js import percent
from dojang.wire.js.date import http_date
from tests.counts import scaled
from tests.wire.jar import HOST, Jar, open_jars
from tests.wire.naughty import NAUGHTY

VECTORS = Path(__file__).parent.parent / "vectors" / "http-state-cookies"

#: Where Chromium answers otherwise than the working group's cases, and why.
OTHERWISE: dict[str, list[tuple[str, str]] | None] = {
    # A NUL in a header makes the whole answer unusable, cookies and all: nothing can be asked.
    "DISABLED_CHROMIUM0022": None,
    # Paths are compared as they are written, and %6F is not o.
    "DISABLED_PATH0029": [],
    # An empty Domain is no Domain, and the last one counts (RFC 6265bis section 5.6.3).
    "OPTIONAL_DOMAIN0042": [("foo", "bar")],
}


@pytest.fixture(scope="module")  # Playwright keeps an event loop running while it is open
def jars() -> Iterator[dict[str, Jar]]:
    with open_jars() as jars:
        yield jars


def cases() -> list[Any]:
    found = json.loads((VECTORS / "parser.json").read_text())
    return [pytest.param(case, id=case["test"]) for case in found]


@pytest.mark.parametrize("case", cases())
def test_what_the_browser_kept_of_a_cookie_is_what_our_parser_reads(
    jars: dict[str, Jar], case: dict[str, Any]
) -> None:
    named = [(pair["name"], pair["value"]) for pair in case["sent"]]
    wanted = OTHERWISE.get(case["test"], named)
    if wanted is None:
        return
    jar, target = jars["http"], urlsplit(case.get("sent-to", "/cookie-parser-result"))
    jar.clear()
    jar.receive(case["received"], "/cookie-parser?" + case["test"])
    header = jar.send(f"{target.path}?{target.query}", target.hostname or HOST)
    assert list(cookies.parse(header)) == wanted


def test_all_cases_are_there_and_the_exceptions_are_among_them() -> None:
    names = {case.values[0]["test"] for case in cases()}
    assert len(names) == 222
    assert OTHERWISE.keys() <= names


NAMES = st.builds(
    str.__add__,
    st.sampled_from(["", "", "__Host-", "__Secure-", "__hOsT-", "__Http-", "$"]),
    st.text(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~", min_size=1, max_size=20),
)
OCTETS = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '",;\\')
SEGMENTS = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=8)
PATHS = st.none() | st.just("/") | st.lists(SEGMENTS, min_size=1).map(lambda x: "/" + "/".join(x))


@st.composite
def made_cookies(draw: st.DrawFn) -> Cookie:
    secure = draw(st.booleans())
    try:
        return Cookie(
            name=draw(NAMES),
            path=draw(PATHS),
            domain=draw(st.sampled_from([None, None, HOST, "example.org", "Home.Example.org"])),
            secure=secure,
            http_only=draw(st.booleans()),
            same_site=draw(st.sampled_from(["lax", "strict", "none", None])),
            partitioned=draw(st.booleans()),
            priority=draw(st.sampled_from(["low", "medium", "high", None])),
        )
    except InvalidCookie:
        reject()


@given(
    cookie=made_cookies(),
    value=st.text(OCTETS, max_size=300),
    max_age=st.none() | st.integers(1, 10**10),
    expires=st.none() | st.integers(2_000_000_000_000, 250_000_000_000_000),
)
@settings(
    max_examples=scaled(2_500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_line_we_write_is_kept_sent_back_and_forgotten_when_deleted(
    jars: dict[str, Jar], cookie: Cookie, value: str, max_age: int | None, expires: int | None
) -> None:
    date = None if expires is None else http_date(expires)
    for scheme in ("https",) if cookie.secure else ("https", "http"):
        jar = jars[scheme]
        jar.clear()
        jar.receive([cookie.set(value, max_age=max_age, expires=date)])
        assert list(cookies.parse(jar.send(cookie.path or "/"))) == [(cookie.name, value)]
        jar.receive([cookie.delete()])
        assert jar.send(cookie.path or "/") == ""


def test_a_secure_cookie_does_not_cross_plain_http(jars: dict[str, Jar]) -> None:
    jar = jars["http"]
    jar.clear()
    jar.receive([Cookie().set("v")])
    assert jar.send() == ""


def test_a_cookie_of_the_largest_size_is_kept(jars: dict[str, Jar]) -> None:
    jar, room = jars["https"], cookies.MAX_COOKIE - len(Cookie().set("", max_age=60))
    jar.clear()
    jar.receive([Cookie().set("v" * room, max_age=60)])
    assert cookies.values(jar.send(), "__Host-session") == ["v" * room]


def test_pieces_of_a_large_value_come_back_and_are_joined(jars: dict[str, Jar]) -> None:
    jar, cookie = jars["https"], Cookie(chunks=Chunking())
    value = "".join(chr(97 + n % 26) for n in range(15_000))
    jar.clear()
    jar.receive(chunks.set_chunks(cookie, value, max_age=60))
    assert chunks.candidates(jar.send(), cookie.name, cookie.chunks) == [value]


@pytest.mark.parametrize("start", range(0, len(NAUGHTY), 40))
def test_naughty_strings_come_back_as_they_were(jars: dict[str, Jar], start: int) -> None:
    jar, strings = jars["https"], NAUGHTY[start : start + 40]
    jar.clear()
    jar.receive([Cookie(name=f"n{n}").set(percent.encode(text)) for n, text in enumerate(strings)])
    found = {name: percent.decode(value) for name, value in cookies.parse(jar.send())}
    assert found == {f"n{n}": text for n, text in enumerate(strings)}


def dates() -> list[str]:
    files = ("dates-examples.json", "dates-bsd-examples.json")
    found = [case for file in files for case in json.loads((VECTORS / file).read_text())]
    return sorted({case["expected"] for case in found if case["expected"]})


@pytest.mark.parametrize("text", dates())
def test_a_date_is_written_as_the_working_group_writes_it(text: str) -> None:
    assert http_date(round(parsedate_to_datetime(text).timestamp() * 1000)) == text


@pytest.mark.parametrize("days", [1, 31, 59, 180, 399])
def test_the_browser_takes_our_date_for_the_instant_that_was_meant(
    jars: dict[str, Jar], days: int
) -> None:
    instant = (round(time.time()) + days * 86_400) * 1000
    jar = jars["https"]
    jar.clear()
    jar.receive([Cookie().set("v", expires=http_date(instant))])
    (kept,) = jar.context.cookies()
    assert kept["expires"] == pytest.approx(instant / 1000, abs=1)
