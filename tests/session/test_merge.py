from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dojang.session.merge import merge, overwrite
from dojang.wire import json

OBJECTS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3) | st.booleans(), max_size=4)


def merged(base: Any, mine: Any, theirs: Any) -> tuple[Any, int]:
    result = merge(json.dumps(base), json.dumps(mine), json.dumps(theirs))
    return json.loads(result.data), result.overwritten


def test_changes_of_different_members_are_both_kept() -> None:
    assert merged({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}) == ({"a": 2, "b": 2}, 0)


def test_on_the_same_member_mine_wins_and_is_counted() -> None:
    assert merged({"a": 1}, {"a": 2}, {"a": 3}) == ({"a": 2}, 1)


def test_the_same_change_on_both_sides_writes_over_nothing() -> None:
    assert merged({"a": 1}, {"a": 2}, {"a": 2}) == ({"a": 2}, 0)


def test_what_i_added_and_what_they_added_are_both_there() -> None:
    assert merged({}, {"a": 1}, {"b": 2}) == ({"b": 2, "a": 1}, 0)


def test_what_i_deleted_stays_deleted() -> None:
    assert merged({"a": 1, "b": 1}, {"b": 1}, {"a": 1, "b": 2}) == ({"b": 2}, 0)


def test_what_i_deleted_and_they_changed_is_deleted_and_counted() -> None:
    assert merged({"a": 1}, {}, {"a": 2}) == ({}, 1)


def test_what_they_deleted_and_i_left_alone_stays_deleted() -> None:
    assert merged({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"b": 1}) == ({"b": 2}, 0)


def test_one_and_true_are_different_values() -> None:
    assert merged({"a": 1}, {"a": 1}, {"a": True}) == ({"a": True}, 0)


def test_overwriting_counts_every_change_of_theirs_that_it_undoes() -> None:
    base, mine, theirs = '{"a":1,"b":1,"c":1}', '{"a":2,"b":1,"c":1}', '{"a":1,"b":2,"c":2}'
    result = overwrite(base, mine, theirs)
    assert (result.data, result.overwritten) == (mine, 2)


@given(OBJECTS, OBJECTS)
def test_with_only_one_side_changed_that_side_is_the_result(one: Any, other: Any) -> None:
    assert merged(one, other, one) == (other, 0)
    assert merged(one, one, other) == (other, 0)


@given(OBJECTS, OBJECTS, OBJECTS)
def test_every_member_is_as_mine_where_i_changed_it_and_as_theirs_elsewhere(
    base: Any, mine: Any, theirs: Any
) -> None:
    result, _ = merged(base, mine, theirs)
    for key in "abcd":
        changed = json.dumps([base.get(key, "-")]) != json.dumps([mine.get(key, "-")])
        source = mine if changed else theirs
        assert json.dumps([result.get(key, "-")]) == json.dumps([source.get(key, "-")])
