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
