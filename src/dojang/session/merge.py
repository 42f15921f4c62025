"""Two changes of one session, made apart, brought together."""

from dataclasses import dataclass, replace
from typing import Any

from dojang.session.record import Record
from dojang.wire import json

__all__ = ["NEVER", "Merged", "clocks", "end", "ends_as_meant", "merge", "overwrite"]

#: Later than every expiry.
NEVER = 2**63 - 1

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge.

    Attributes:
        data: JSON text of an object.
        overwritten: Members that they had changed and that are not as they left them.
    """

    data: str
    overwritten: int


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Return `theirs` with what `mine` changed since `base`, by top-level member.

    Args:
        base: What both sides started from. All three are JSON text of an object.
        mine: What this request made of it.
        theirs: What is stored by now.
    """
    old, ours, current = (json.loads_object(text) for text in (base, mine, theirs))
    merged = dict(current)
    for key in {**old, **ours}:
        if _differ(old, ours, key):
            merged.pop(key, None)
            if key in ours:
                merged[key] = ours[key]
    return Merged(json.dumps(merged), _lost(old, current, merged))


def overwrite(base: str, mine: str, theirs: str) -> Merged:
    """Return `mine`, and how many of the changes in `theirs` that undoes."""
    old, ours, current = (json.loads_object(text) for text in (base, mine, theirs))
    return Merged(mine, _lost(old, current, ours))


def clocks(base: Record, mine: Record, theirs: Record) -> Record:
    """Return `mine` with its two clocks brought together with those of `theirs`.

    A session that somebody touched since lives as long as they said: a write that began earlier
    takes nothing back. An end that is meant stays as it is.

    Args:
        base: What both sides started from.
        mine: What this request made of it, under the same handle or a new one.
        theirs: What is stored by now.
    """
    expires = end(mine)
    if not ends_as_meant(base, mine):
        shortened = end(theirs) < end(base)
        expires = end(theirs) if shortened else max(expires, end(theirs))
    seen = max(mine.seen, theirs.seen)
    return replace(mine, expires=None if expires == NEVER else expires, seen=seen)


def ends_as_meant(base: Record, mine: Record) -> bool:
    """Return whether the end of `mine` is no renewal: it is earlier, or that of new terms."""
    terms = (mine.login, mine.remember) != (base.login, base.remember)
    return terms or end(mine) < end(base)


def end(record: Record) -> int:
    """Return when `record` is over, as a number that can be compared."""
    return NEVER if record.expires is None else record.expires


def _lost(old: dict[str, Any], theirs: dict[str, Any], result: dict[str, Any]) -> int:
    return sum(_differ(old, theirs, key) and _differ(theirs, result, key) for key in old | theirs)


def _differ(one: dict[str, Any], other: dict[str, Any], key: str) -> bool:
    left, right = one.get(key, _ABSENT), other.get(key, _ABSENT)
    if left is _ABSENT or right is _ABSENT:
        return left is not right
    if left != right:
        return True
    if type(left) is type(right) and type(left) not in {dict, list}:
        return False
    # By text, because 1 and True are equal in Python and not in JSON, whatever they are in.
    return json.dumps(left) != json.dumps(right)
