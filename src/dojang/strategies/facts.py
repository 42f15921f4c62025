"""Our own facts beside the application's data, in a format that has no fields for them."""

from collections.abc import Mapping
from typing import Any, cast

from dojang.errors import Malformed
from dojang.session.record import Login, Record
from dojang.session.settle import RESERVED
from dojang.wire import json
from dojang.wire.format import Opened
from dojang.wire.js.date import to_iso

__all__ = ["pack", "unpack"]


def pack(record: Record, *, mirror: str | None = None) -> dict[str, Any]:
    """Return the application's data with our facts under the reserved member, which comes last.

    A Node peer carries the member along untouched. Its members: `h` handle, `c` created, `u` user,
    `l` login instant and methods, `s` 1 when the cookie ends with the browser.

    Args:
        record: It has a handle.
        mirror: A member that says when it is over, as `Date.prototype.toISOString` writes it, for
            fronts that read it there; None for none.
    """
    facts: dict[str, Any] = {"h": record.handle, "c": record.created}
    if record.user is not None:
        facts["u"] = record.user
    if record.login is not None:
        facts["l"] = [record.login.at, *record.login.methods]
    if not record.remember:
        facts["s"] = 1
    claims = json.loads_object(record.data)
    if mirror is not None and record.expires is not None:
        claims[mirror] = to_iso(record.expires)
    return {**claims, RESERVED: facts}


def unpack(opened: Opened, *, now: int, mirror: str | None = None) -> Record:
    """Return the record that `pack` was given.

    A peer's own session has no facts: it is anonymous to us, nameless, and begins when we see it.

    Args:
        opened: What the format found.
        now: Unix milliseconds.
        mirror: The member that `pack` adds, which is not the application's.

    Raises:
        Malformed: The reserved member is not what we write there.
    """
    claims = opened.claims
    if mirror is not None:
        claims.pop(mirror, None)
    facts: object = claims.pop(RESERVED, {})
    if not isinstance(facts, Mapping):
        raise Malformed(f"{RESERVED} is not an object")
    more = cast("Mapping[str, Any]", facts)
    match more:
        case {"h": str(handle), "c": int(created)}:
            pass
        case {} if not more:
            handle, created = "", now
        case _:
            raise Malformed(f"{RESERVED} is not what dojang writes")
    user = more.get("u")
    if isinstance(user, bool) or not isinstance(user, str | int | None):
        raise Malformed(f"{RESERVED} names no principal")
    return Record(
        handle=handle,
        data=json.dumps(claims),
        user=user,
        created=created,
        expires=opened.expires,
        login=_login(more.get("l")),
        remember=more.get("s") != 1,
    )


def _login(value: object) -> Login | None:
    if value is None:
        return None
    at, *methods = cast("list[object]", value) if isinstance(value, list) and value else [None]
    if not isinstance(at, int) or not all(isinstance(method, str) for method in methods):
        raise Malformed(f"{RESERVED} holds no login")
    return Login(at, tuple(cast("list[str]", methods)))
