"""The tags in which Flask keeps what JSON lacks: an object of one member, whose name is a tag."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from dojang.errors import Malformed

__all__ = ["plain", "unwrap", "wrap"]

#: An object that merely looks like a tag stands behind this one, its member's name ending in `__`.
_LOOKALIKE, _SUFFIX = " di", "__"

#: tuple, bytes, Markup, UUID and datetime.
_TAGS = frozenset((" t", " b", " m", " u", " d"))


def wrap(session: Mapping[str, object]) -> Mapping[str, object]:
    """Return a session as the one object that Flask signs.

    Source: Flask 3.1.3 (`TagDict.to_json`), of the outermost object.
    """
    name = _only(session)
    if name in _TAGS or name == _LOOKALIKE:
        return {_LOOKALIKE: {f"{name}{_SUFFIX}": session[name]}}
    return session


def unwrap(signed: dict[str, Any]) -> dict[str, Any]:
    """Return the session that `wrap` was given.

    Raises:
        Malformed: What was signed is tagged as something else than an object.

    Source: Flask 3.1.3 (`TagDict.to_python`), of the outermost object.
    """
    name = _only(signed)
    if name in _TAGS:
        raise Malformed("expected a session, and not a tagged value")
    return _lookalike(signed[name]) if name == _LOOKALIKE else signed


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """Return JSON without tags: a tuple as a list, all others as the text that was in the tag.

    Args:
        value: JSON as Flask tags it. Tags that an application registered stay as they are.

    Raises:
        Malformed: A tag for a lookalike with something else behind it.

    Source: Flask 3.1.3 (`TaggedJSONSerializer`).
    """
    if isinstance(value, list):
        return [plain(item) for item in cast("Sequence[object]", value)]
    if not isinstance(value, dict):
        return value
    members = cast("dict[str, Any]", value)
    name = _only(members)
    if name in _TAGS:
        return plain(members[name])
    named = _lookalike(members[name]) if name == _LOOKALIKE else members
    return {key: plain(member) for key, member in named.items()}


def _only(members: Mapping[str, object]) -> str | None:
    return next(iter(members)) if len(members) == 1 else None


def _lookalike(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        name = _only(members)
        if name is not None and name.endswith(_SUFFIX):
            return {name.removesuffix(_SUFFIX): members[name]}
    raise Malformed("expected an object of one member behind its tag")
