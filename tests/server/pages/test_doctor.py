"""The doctor's page: a form, probe cookies, and how the request came here."""

from collections.abc import Callable

import pytest
from starlette.applications import Starlette

from dojang.server.pages.probes import PROBES

from .kit import Page, Person

Serve = Callable[..., Starlette]

VALUE = "a-value-nobody-is-shown"


def test_the_form_is_answered_with_reasons_and_lines_to_paste(visitor: Person) -> None:
    asked = {
        "front": "http://localhost:3000",
        "api": "http://localhost:4000/login",
        "set-cookie": f"s={VALUE}; SameSite=None",
        "include": "yes",
    }
    text = visitor.send("/doctor", asked).text
    assert "<dt>Chromium 156</dt><dd>not stored, not sent back" in text
    assert "NONE_NEEDS_SECURE" in text
    assert "Express: res.cookie(" in text
    assert VALUE not in text


def test_any_text_in_the_form_is_answered(visitor: Person) -> None:
    for value in ("", "<script>alert(1)</script>", "\x00", "💥" * 100):
        asked = {"front": value, "api": value, "set-cookie": value}
        answer = visitor.send("/doctor", asked)
        assert answer.status_code == 200
        assert "<script" not in answer.text


def test_probes_come_back_as_expected_and_are_dropped(visitor: Person) -> None:
    agent = {"user-agent": "Mozilla/5.0 Chrome/156.0 Safari/537.36"}
    assert visitor.get("/doctor/try", **agent).headers["location"] == "/doctor/tried"
    kept = "probe-lax=1; probe-strict=1; probe-unset=1; probe-secure=1; __Host-probe=1; "
    kept += "probe-none-secure=1; probe-partitioned=1"
    answer = visitor.get("/doctor/tried", cookie=kept, **agent)
    assert answer.text.count("came back") == 7
    assert "otherwise than expected" not in answer.text
    assert "probe-none has SameSite=None and no Secure" in answer.text
    dropped = [line for line in answer.headers.get_list("set-cookie") if "Max-Age=0" in line]
    assert len(dropped) == len(PROBES)


def test_what_a_browser_does_otherwise_is_marked(visitor: Person) -> None:
    agent = {"user-agent": "Mozilla/5.0 Gecko/20100101 Firefox/153.0"}
    text = visitor.get("/doctor/tried", cookie="probe-none=1", **agent).text
    assert "otherwise than expected of Firefox ESR 153" in text


def test_the_forwarded_headers_are_shown_as_they_arrived(visitor: Person) -> None:
    chain = {"x-forwarded-proto": "https, http", "x-forwarded-for": "192.0.2.1, <b>"}
    answer = visitor.get("/doctor", **chain)
    page = Page.of(answer)
    assert "https, http" in answer.text
    assert "192.0.2.1, &lt;b&gt;" in answer.text
    assert "https://localhost:8000/" in page.text


@pytest.mark.parametrize("path", ["/doctor", "/doctor/try", "/doctor/tried"])
def test_in_production_there_is_no_such_page(serve: Serve, path: str) -> None:
    secret = "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw"
    app = serve(env="production", url="https://login.example.org", secret=secret)
    assert Person(app).get(path).status_code == 404
