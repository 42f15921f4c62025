"""The doctor's sentence in the log, once, where no browser will ever bring the session back."""

import logging

import pytest

from dojang.adapters.hopeless import Watch
from dojang.wire.cookies import Cookie

FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:153.0)"}


def look(watch: Watch, scheme: str = "http", **headers: str) -> str | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return watch.look({**FIREFOX, **named}, scheme=scheme)


def test_a_secure_cookie_on_a_plain_address_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    watch = Watch(Cookie())
    with caplog.at_level(logging.WARNING, "dojang"):
        sentences = {look(watch, host="192.168.0.7:8000") for _ in range(3)}
    (sentence,) = sentences
    assert sentence is not None
    assert "__Host-session is Secure and http://192.168.0.7:8000 is http" in sentence
    (record,) = caplog.records
    assert record.message == f"{sentence}. If a proxy ends TLS here, X-Forwarded-Proto is missing"


@pytest.mark.parametrize(
    ("scheme", "headers"),
    [
        ("https", {"host": "app.example.com"}),
        ("http", {"host": "localhost:8000"}),
        ("http", {"host": "127.0.0.1:8000"}),
        ("http", {"host": "192.168.0.7", "user_agent": "curl/8.0"}),
        ("http", {"host": "no host at all"}),
        ("http", {}),
    ],
)
def test_where_there_is_hope_nothing_is_said(
    scheme: str, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert look(Watch(Cookie()), scheme, **headers) is None
    assert caplog.records == []


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"sec_fetch_site": "none"}, "X-Forwarded-Proto is missing: let the proxy that ends TLS"),
        ({"x_forwarded_proto": "https"}, "came from 10.0.0.7 and nothing believes it"),
        ({"x_forwarded_proto": "https, http"}, 'Proxies(["10.0.0.7"])'),
    ],
)
def test_where_the_scheme_got_lost_the_header_is_named_once_and_the_cookie_is_kept(
    headers: dict[str, str], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    watch = Watch(Cookie())
    came = {name.replace("_", "-"): value for name, value in headers.items()}
    for _ in range(3):
        told = {**FIREFOX, **came, "host": "app.example.com"}
        assert watch.look(told, scheme="http", peer="10.0.0.7") is None
    (record,) = caplog.records
    assert says in record.message


def test_a_cookie_for_local_development_is_fine_everywhere() -> None:
    assert look(Watch(Cookie.for_local_development()), host="192.168.0.7") is None


@pytest.mark.parametrize("came", ["session", "__Secure-session"])
def test_a_cookie_under_another_schemes_name_is_said(
    came: str, caplog: pytest.LogCaptureFixture
) -> None:
    watch = Watch(Cookie())
    for _ in range(2):
        look(watch, "https", host="app.example.com", cookie=f"{came}=value-not-shown")
    (record,) = caplog.records
    assert f"sends {came}, and __Host-session is read here" in record.message
    assert "value-not-shown" not in record.message


def test_two_copies_of_the_cookie_are_said(caplog: pytest.LogCaptureFixture) -> None:
    watch = Watch(Cookie())
    for _ in range(2):
        look(watch, "https", host="app.example.com", cookie="__Host-session=a; __Host-session=b")
    (record,) = caplog.records
    assert "twice" in record.message


def test_what_clients_make_up_fills_neither_memory_nor_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = Watch(Cookie())
    for number in range(1_000):
        look(watch, host=f"h{number}.example.com", cookie="session=x")
    assert len(caplog.records) <= 40


@pytest.mark.parametrize(
    ("cookie", "says"),
    [
        ("session=a", "the browser sends session, and __Host-session is read here"),
        ("__Host-session=a; __Host-session=b", "twice"),
    ],
)
def test_what_is_strange_about_the_cookies_is_for_the_page_too(cookie: str, says: str) -> None:
    watch = Watch(Cookie())
    for _ in range(2):
        sentence = look(watch, "https", host="app.example.com", cookie=cookie)
        assert sentence
        assert says in sentence
    assert (
        look(watch, "https", host="app.example.com", cookie="__Host-session=a; session=b") is None
    )
