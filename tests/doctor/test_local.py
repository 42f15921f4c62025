"""Cookies of a deployed API, made fit for http on this machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.doctor.engines import ENGINES
from dojang.doctor.local import from_local, to_local

from .kit import between

LINES = [
    "s=v; Domain=.example.com; Path=/; Secure; HttpOnly; SameSite=None",
    "s=v; Secure; Partitioned; SameSite=None; Path=/",
    "__Host-s=v; Path=/; Secure; HttpOnly; SameSite=Lax",
    "__Secure-s=v; Path=/; Secure; SameSite=Strict; Max-Age=60",
    "__Http-s=v; Path=/; Secure; HttpOnly",
    "s=v",
    "s=v;Path=/;DOMAIN=example.com;  secure ",
]


@pytest.mark.parametrize("browser", ENGINES)
@pytest.mark.parametrize("line", LINES)
def test_what_a_deployed_api_sets_is_kept_and_sent_on_localhost(line: str, browser: str) -> None:
    verdict = between(
        "http://localhost:3000", "http://localhost:3001/", to_local(line), browser=browser
    )
    assert (verdict.stored, verdict.sent, verdict.codes) == (True, True, ())


@pytest.mark.parametrize("line", LINES)
def test_the_api_gets_the_name_that_it_gave(line: str) -> None:
    pair = to_local(line).partition(";")[0]
    assert from_local(f"theme=dark; {pair}") == f"theme=dark; {line.partition(';')[0]}"


@pytest.mark.parametrize("attribute", ["Path=/x", "HttpOnly", "Max-Age=60", "Priority=High"])
def test_other_attributes_stay(attribute: str) -> None:
    assert f"; {attribute};" in to_local(f"s=v; {attribute}; Secure")


@given(st.text())
def test_any_text_is_safe_to_pass(text: str) -> None:
    to_local(text)
    from_local(text)
