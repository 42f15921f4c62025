"""Our own facts beside the data: in the format's own members, or under one of ours."""

from collections.abc import Mapping
from typing import Any, TypeGuard, cast

from dojang.errors import Malformed, Misuse
from dojang.session.principal import is_principal
from dojang.session.record import Login, Principal, Record
from dojang.session.settle import RESERVED
from dojang.wire import json
from dojang.wire.format import Opened, Own
from dojang.wire.js.date import to_iso

__all__ = ["pack", "unpack"]

_NONE = Own()
_NO_FACTS: Mapping[str, Any] = {}


def pack(record: Record, *, own: Own = _NONE, mirror: str | None = None) -> dict[str, Any]:
    """Return the application's data, then our facts: the reserved member, then the format's own.

    A Node peer carries the reserved member along untouched. Its members: `h` handle, `c` created,
    `u` user, `l` login instant and methods, `s` 1 when the cookie ends with the browser. The user
    is there even if the format has a member for one: a peer that changes who it is does not know
    of ours, and that is how we find out.

    Args:
        record: It has a handle.
        own: What the format has members for.
        mirror: A member that says when it is over, as `Date.prototype.toISOString` writes it, for
            fronts that read it there; None for none. In whole seconds, as tokens have it.

    Raises:
        Misuse: The data use a member that is the format's own.
    """
    facts: dict[str, Any] = {} if own.handle else {"h": record.handle}
    facts["c"] = record.created
    if record.user is not None:
        facts["u"] = record.user
    if record.login is not None:
        facts["l"] = [record.login.at, *record.login.methods]
    if not record.remember:
        facts["s"] = 1
    claims = json.loads_object(record.data)
    if mirror is not None and record.expires is not None:
        claims[mirror] = to_iso(record.expires // 1000 * 1000)
    return {**claims, RESERVED: facts, **_own_members(record, own, claims)}


def unpack(opened: Opened, *, now: int, own: Own = _NONE, mirror: str | None = None) -> Record:
    """Return the record that `pack` was given.

    A peer's own session has no facts: it has the user and the name that the format has members for,
    if any, no login, and began when it was made, or else when we see it. So does one whose user a
    peer has changed, carrying the facts about somebody else along, but without a name.

    Args:
        opened: What the format found.
        now: Unix milliseconds.
        own: What the format has members for.
        mirror: The member that `pack` adds, which is not the application's.

    Raises:
        Malformed: The reserved member is not what we write there.
    """
    claims = opened.claims
    if mirror is not None:
        claims.pop(mirror, None)
    facts = _facts(claims.pop(RESERVED, {}))
    user: object = facts.get("u")
    handle: object = facts.get("h", "")
    if own.handle:
        handle = claims.pop(own.handle, "")
        handle = handle if isinstance(handle, str) else ""
    if own.user:
        named = _principal_in(claims, own.user)
        if _text(named) != _text(user):
            # Somebody else's facts, which a peer carried along.
            user, facts, handle = named, _NO_FACTS, "" if facts else handle
    if user is not None and not is_principal(user):
        raise Malformed("the session names no principal")
    created: object = facts.get("c", now if opened.issued is None else opened.issued)
    if not isinstance(handle, str) or not _is_integer(created):
        raise Malformed(f"{RESERVED} is not what dojang writes")
    return Record(
        handle=handle,
        data=json.dumps(claims),
        user=user,
        created=created,
        expires=opened.expires,
        login=_login(facts.get("l")),
        remember=facts.get("s") != 1 if facts else opened.remember,
    )


def _own_members(record: Record, own: Own, claims: Mapping[str, Any]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if own.user is not None and record.user is not None:
        members[own.user] = str(record.user)
    if own.handle is not None:
        members[own.handle] = record.handle
    for name in (own.user, own.handle):
        # What can name nobody came from a peer, and stays; what can would be somebody next time.
        if name and name in claims and (name in members or is_principal(claims[name])):
            raise Misuse(f"the member {name} is the token's own; choose another name")
    return members


def _facts(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Malformed(f"{RESERVED} is not an object")
    facts = cast("Mapping[str, Any]", value)
    if facts and "c" not in facts:
        raise Malformed(f"{RESERVED} is not what dojang writes")
    return facts


def _principal_in(claims: dict[str, Any], name: str) -> Principal | None:
    # What can name nobody is left where a peer has put it.
    value = claims.get(name)
    if not is_principal(value):
        return None
    del claims[name]
    return value


def _text(user: object) -> object:
    return str(user) if _is_integer(user) else user


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _login(value: object) -> Login | None:
    if value is None:
        return None
    at, *methods = cast("list[object]", value) if isinstance(value, list) and value else [None]
    if not _is_integer(at) or not all(isinstance(method, str) for method in methods):
        raise Malformed(f"{RESERVED} holds no login")
    return Login(at, tuple(cast("list[str]", methods)))
