"""Reading HAR files and what `curl -v` prints: any text gives answers or one error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.doctor import evidence
from dojang.doctor.evidence import BadEvidence
from dojang.wire import json


@given(st.text() | st.text(alphabet='{}[]"log:entris<>* GETHP/1.\n'))
def test_any_text_is_answers_or_an_error_that_says_so(text: str) -> None:
    try:
        evidence.read(text)
    except BadEvidence:
        return


nested = st.recursive(
    st.none() | st.booleans() | st.integers(0, 999) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["log", "entries", "request", "response", "headers", "name", "value",
                         "url", "status", "method"]),
        inner, max_size=4,
    ),
)  # fmt: skip


@given(nested)
def test_any_json_is_answers_or_an_error_that_says_so(value: object) -> None:
    document = {"log": {"entries": [value, {"request": value, "response": value}]}}
    with pytest.raises(BadEvidence):
        evidence.read(json.dumps(document))


CURL = """\
*   Trying 127.0.0.1:8000...
* Connected to localhost (127.0.0.1) port 8000
> GET / HTTP/1.1
> Host: localhost:8000
< HTTP/1.1 302 Found
< Set-Cookie: a=1; Path=/
< Location: https://localhost:8443/x
*   Trying 127.0.0.1:8443...
* SSL connection using TLSv1.3
> GET /x HTTP/1.1
> Host: localhost:8443
< HTTP/1.1 200 OK
< Set-Cookie: b=2
< Set-Cookie: c=3
"""


def test_curl_with_a_redirect_is_two_answers() -> None:
    first, second = evidence.read(CURL)
    assert (first.exchange.url, first.set_cookies) == ("http://localhost:8000/", ("a=1; Path=/",))
    assert (second.exchange.url, second.set_cookies) == (
        "https://localhost:8443/x",
        ("b=2", "c=3"),
    )
    assert (first.exchange.status, first.exchange.way) == (302, "typed")


ASKED = """\
> GET /x HTTP/1.1
> Host: api.x.com
< HTTP/1.1 200 OK
< Set-Cookie: s=1; Secure
"""


@pytest.mark.parametrize(
    "heard",
    [
        "* schannel: SSL/TLS connection with api.x.com port 443 (step 1/3)",
        "* TLS 1.2 connection using TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "* SSL connection using TLS1.3 / ECDHE_RSA_AES_256_GCM_SHA384",
        "* using HTTP/3",
        "* [HTTP/2] [1] [:scheme: https]",
        "* Connected to api.x.com (192.0.2.1) port 443",
        "* Established connection to api.x.com (192.0.2.1 port 443) from 10.0.0.2 port 51514",
    ],
)
def test_https_is_heard_whatever_library_speaks_it(heard: str) -> None:
    (answer,) = evidence.read(f"* Trying 192.0.2.1:443...\n{heard}\n{ASKED}")
    assert answer.exchange.url == "https://api.x.com/x"


def test_a_proxy_on_the_way_is_not_the_address() -> None:
    tunnel = """\
* Connected to proxy (10.0.0.1) port 3128
* CONNECT tunnel: HTTP/1.1 negotiated
> CONNECT api.x.com:443 HTTP/1.1
> Host: api.x.com:443
>
< HTTP/1.1 200 Connection established
<
* CONNECT phase completed
* SSL connection using TLSv1.3
"""
    (answer,) = evidence.read(tunnel + ASKED)
    assert answer.exchange.url == "https://api.x.com/x"
    plain = ASKED.replace("GET /x", "GET http://api.x.com/x")
    (answer,) = evidence.read(f"* Connected to proxy (10.0.0.1) port 3128\n{plain}")
    assert answer.exchange.url == "http://api.x.com/x"


def entry(url: str, **asked: str) -> object:
    headers = [{"name": name.replace("_", "-"), "value": asked[name]} for name in asked]
    return {
        "request": {"url": url, "method": "GET", "headers": headers},
        "response": {"status": 200, "headers": [{"name": "Set-Cookie", "value": "s=1"}]},
    }


def har(*entries: object) -> str:
    return json.dumps({"log": {"entries": entries}})


@pytest.mark.parametrize(
    ("asked", "way", "page"),
    [
        (
            {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"},
            "image",
            ("https://unknown.invalid",),
        ),
        (
            {"sec_fetch_site": "cross-site", "sec_fetch_mode": "cors", "origin": "null"},
            "fetch",
            ("https://unknown.invalid",),
        ),
        (
            {"sec_fetch_site": "same-origin", "sec_fetch_mode": "cors"},
            "fetch",
            ("https://api.x.com",),
        ),
        (
            {"sec_fetch_mode": "cors", "sec_fetch_dest": "font", "origin": "https://a.com"},
            "crossorigin",
            ("https://a.com",),
        ),
        ({"sec_fetch_site": "none", "sec_fetch_mode": "navigate"}, "typed", ()),
        ({"origin": "null", "referer": "https://a.com/x"}, "fetch", ("https://a.com/x",)),
    ],
)
def test_who_asked_is_known_without_a_referer(
    asked: dict[str, str], way: str, page: tuple[str, ...]
) -> None:
    (answer,) = evidence.read(har(entry("https://api.x.com/x", **asked)))
    assert (answer.exchange.way, answer.exchange.pages) == (way, page)


def test_a_har_may_have_a_mark_before_it_and_members_twice() -> None:
    text = har(entry("https://api.x.com/x")).replace(
        '"status":200', '"status":200,"status":200,"t":NaN'
    )
    assert "NaN" in text
    (answer,) = evidence.read(f"\ufeff{text}")
    assert answer.set_cookies == ("s=1",)


def test_what_has_no_cookies_is_passed_over() -> None:
    extension = entry("chrome-extension://abc/page")
    (answer,) = evidence.read(har(extension, entry("https://api.x.com/x")))
    assert answer.exchange.url == "https://api.x.com/x"
    for text in (har(extension), ASKED.replace("> Host: api.x.com\n", "")):
        with pytest.raises(BadEvidence):
            evidence.read(text)
