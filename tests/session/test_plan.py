from dataclasses import replace
from typing import Any

import pytest

from dojang.session.plan import Insert, Remove, Replace, Touch, plan
from dojang.session.record import Record

STORED = Record(handle="h1", data='{"a":1}', user="ada", created=10, expires=100, seen=10)


def test_nothing_before_and_nothing_after_is_nothing_to_do() -> None:
    assert plan(None, None) is None


def test_a_visit_that_changes_nothing_writes_nothing() -> None:
    assert plan(STORED, replace(STORED)) is None


def test_a_first_record_is_inserted() -> None:
    born = replace(STORED, handle="")
    assert plan(None, born) == Insert(born)


def test_a_record_that_is_over_is_removed() -> None:
    assert plan(STORED, None) == Remove(STORED)


@pytest.mark.parametrize("later", [{"expires": 200}, {"seen": 50}, {"expires": 200, "seen": 50}])
def test_time_alone_is_a_touch(later: Any) -> None:
    after = replace(STORED, **later)
    assert plan(STORED, after) == Touch(after)


def test_changed_data_are_a_replace_whatever_else_moved() -> None:
    after = replace(STORED, data="{}", expires=200, seen=50)
    assert plan(STORED, after) == Replace(STORED, after)


def test_a_changed_principal_under_the_same_handle_is_a_replace() -> None:
    after = replace(STORED, user="eve")
    assert plan(STORED, after) == Replace(STORED, after)


def test_an_empty_handle_is_a_rotation() -> None:
    moved = plan(STORED, replace(STORED, handle=""))
    assert isinstance(moved, Replace)
    assert moved.rotates
    assert not Replace(STORED, replace(STORED, data="{}")).rotates
