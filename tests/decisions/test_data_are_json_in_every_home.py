"""Session data are JSON values in every home, memory included."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dojang.errors import Misuse, NotJson
from dojang.sessions import Sessions
from tests.browser import Browser, look, put


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"cart": [1, 2, {"when": datetime.now(UTC)}]}, "cart[2].when"),
        ({"price": Decimal("1.5")}, "price"),
        ({"a": {1: 2}}, "a"),
        ({"blob": b"x"}, "blob"),
        ({"id": 2**63 + 1}, "id"),
        ({"n": float("inf")}, "n"),
    ],
)
def test_anything_else_raises_when_it_is_written_and_names_the_path(
    sessions: Sessions, value: Any, path: str
) -> None:
    browser = Browser(sessions)
    browser.visit(put(n=1))
    with pytest.raises(NotJson) as caught:
        browser.visit(put(**value))
    assert caught.value.path == path
    assert browser.visit(look) == {"n": 1}


def test_what_comes_back_is_the_same_everywhere(sessions: Sessions) -> None:
    value = {"t": (1, 2), "f": 1.0, "n": None, "이름": "김\ud800", "__class__": 1, "z": {"2": 1}}
    browser = Browser(sessions)
    browser.visit(put(**value))
    found = browser.visit(look)
    assert found == {**value, "t": [1, 2]}
    assert isinstance(found["f"], int)


def test_a_nested_change_is_seen_without_a_flag(sessions: Sessions) -> None:
    """Starlette 1.0 and Flask lose this one."""
    browser = Browser(sessions)
    browser.visit(put(cart=[{"items": []}]))
    browser.visit(lambda session: session["cart"][0]["items"].append("book"))
    assert browser.visit(look) == {"cart": [{"items": ["book"]}]}


@pytest.mark.parametrize(("before", "after"), [(1, True), (0, False), (True, 1)])
def test_values_python_calls_equal_are_still_a_change(
    sessions: Sessions, before: Any, after: Any
) -> None:
    browser = Browser(sessions)
    browser.visit(put(value=before))
    browser.visit(put(value=after))
    assert browser.visit(lambda session: session["value"]) is after


def test_one_requests_objects_never_reach_another(sessions: Sessions) -> None:
    browser = Browser(sessions)
    mine: list[Any] = []
    browser.visit(put(shared=mine))
    mine.append("after the answer")
    one, other = browser.open(), browser.open()
    one.session["shared"].append("only here")
    assert other.session["shared"] == []


def test_reading_alone_writes_nothing(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(put(n=1.0, t=(1, 2)))
    browser.visit(look)
    assert browser.sent == []


def test_the_reserved_member_is_refused_by_name(sessions: Sessions) -> None:
    with pytest.raises(Misuse, match="_dojang is reserved"):
        Browser(sessions).visit(put(_dojang=1))
