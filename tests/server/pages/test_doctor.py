"""The doctor's page: a form, probe cookies, and how the request came here."""

from collections.abc import Callable

import pytest
from starlette.applications import Starlette

from dojang import blocking
from dojang.server.pages.probes import probes
from tests.server.kit import parts

from .kit import Page, Person

Serve = Callable[..., Starlette]

VALUE = "a-value-nobody-is-shown"
NAMES = [probe.name for probe in probes("typed")]


def test_the_form_is_answered_with_reasons_and_lines_to_paste(visitor: Person) -> None:
    asked = {
        "front": "http://localhost:3000",
        "api": "http://localhost:4000/login",
        "set-cookie": f"s={VALUE}; SameSite=None",
    }
    text = visitor.send("/doctor", asked).text
    assert "<dt>Chromium 156</dt><dd>not stored, not sent back" in text
    assert "NONE_NEEDS_SECURE" in text
    assert "Express: res.cookie(" in text
    assert VALUE not in text


def test_the_form_asks_what_the_command_line_asks_and_keeps_it(visitor: Person) -> None:
    asked = {
        "front": "http://localhost:3000",
        "api": "http://localhost:4000/login",
        "set-cookie": f"Set-Cookie: s={VALUE}; Path=/",
        "credentials": "omit",
        "browser": "firefox",
    }
    page = Page.of(visitor.send("/doctor", asked))
    assert "CREDENTIALS_MODE" in page.text
    assert "Chromium" not in page.text.partition("What browsers make of it")[2]
    for name in ("omit", "firefox"):
        (option,) = page.all("option", value=name)
        assert "selected" in option
    framed = {**asked, "way": "frame", "browser": "every"}
    assert "CREDENTIALS_MODE" not in visitor.send("/doctor", framed).text


def test_any_text_in_the_form_is_answered(visitor: Person) -> None:
    for value in ("", "<script>alert(1)</script>", "\x00", "💥" * 100):
        asked = dict.fromkeys(("front", "api", "set-cookie", "way", "method", "browser"), value)
        answer = visitor.send("/doctor", asked)
        assert answer.status_code == 200
        assert "<script" not in answer.text


def test_probes_come_back_as_expected_and_are_dropped(visitor: Person) -> None:
    agent = {"user-agent": "Mozilla/5.0 Chrome/156.0 Safari/537.36"}
    there = visitor.get("/doctor/try/typed", **agent).headers["location"]
    kept = [name for name in NAMES if name not in {"probe-none-typed", "probe-star-typed"}]
    answer = visitor.get(there, cookie="; ".join(f"{name}=1" for name in kept), **agent)
    assert answer.text.count("came back.") == len(kept)
    assert "unexpected" not in answer.text
    assert "probe-none-typed has SameSite=None and no Secure" in answer.text
    dropped = [line for line in answer.headers.get_list("set-cookie") if "Max-Age=0" in line]
    assert [line.partition("=")[0] for line in dropped] == NAMES


def test_what_a_browser_does_otherwise_is_marked(visitor: Person) -> None:
    agent = {"user-agent": "Mozilla/5.0 Gecko/20100101 Firefox/153.0"}
    text = visitor.get("/doctor/tried/typed", cookie="probe-none-typed=1", **agent).text
    assert "Firefox ESR 153 does not do that: do not rely on it" in text
    assert "Firefox ESR 153 would, left alone: a setting or an extension" in text


@pytest.mark.parametrize("page", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_a_script_of_this_server_may_read_what_came_back_under_its_other_name_too(
    visitor: Person, page: str
) -> None:
    answer = visitor.get(f"/doctor/tried/fetch?page={page}", cookie="probe-lax-fetch=1")
    assert answer.headers["access-control-allow-origin"] == page
    assert answer.headers["access-control-allow-credentials"] == "true"
    lax = answer.json()[0]
    assert lax["seen"] == "came back."
    assert bool(lax["surprise"]) is (page == "http://127.0.0.1:8000")


def test_a_frame_is_shown_by_the_page_that_asks_and_by_no_other(visitor: Person) -> None:
    answer = visitor.get("/doctor/tried/frame?page=http://127.0.0.1:8000")
    assert "frame-ancestors http://127.0.0.1:8000" in answer.headers["content-security-policy"]
    assert "probe-strict-frame is SameSite=Strict, and a page of http://127.0.0.1" in answer.text


@pytest.mark.parametrize(
    "there",
    ["fetch?page=https://evil.example", "frame?page=http://localhost:1", "smoke", "fetch?page="],
)
def test_nobody_else_asks_for_probes(visitor: Person, there: str) -> None:
    for step in ("try", "tried"):
        answer = visitor.get(f"/doctor/{step}/{there}")
        assert answer.status_code == 404
        assert "access-control-allow-origin" not in answer.headers


def test_the_forwarded_headers_are_shown_as_they_arrived(visitor: Person) -> None:
    chain = {"x-forwarded-proto": "https, http", "x-forwarded-for": "192.0.2.1, <b>"}
    answer = visitor.get("/doctor", **chain)
    page = Page.of(answer)
    assert "https, http" in answer.text
    assert "192.0.2.1, &lt;b&gt;" in answer.text
    assert "https://localhost:8000/" in page.text


@pytest.fixture
def deployed(serve: Serve) -> Starlette:
    secret = "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw"
    return serve(env="production", url="https://login.example.org", secret=secret)


@pytest.mark.parametrize("path", ["/doctor", "/doctor/try/typed", "/doctor/tried/fetch"])
def test_in_production_there_is_no_such_page_but_for_admins(deployed: Starlette, path: str) -> None:
    ada = Person(deployed).sign_up("ada")
    for person in (Person(deployed), ada):
        answer = person.get(path)
        assert answer.status_code == 404
        assert answer.text == person.get("/nothing").text
    accounts = parts(deployed).accounts
    user = blocking.run(accounts.find_login("ada"))
    assert user is not None
    blocking.run(accounts.set_roles(user.id, ["admin"]))
    assert ada.get(path).status_code in {200, 303}
