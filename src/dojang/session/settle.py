"""What a request made of a session, as a record."""

from dataclasses import dataclass, replace
from typing import Any

from dojang.errors import Misuse
from dojang.session.lifetime import Lifetime
from dojang.session.record import Device, Login, Principal, Record
from dojang.wire import json

__all__ = ["RESERVED", "Draft", "settle"]

#: The one member that client-side formats need for our own facts.
RESERVED = "_dojang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a handler left behind.

    Attributes:
        data: The application's data.
        user: The principal, or None.
        login: Set when somebody logged in during this request.
        renewed: Whether that only renews the login of who was signed in already.
        remember: Whether the cookie should outlive the browser.
        rotate: Whether a new id was asked for.
        device: Where the request came from.
    """

    data: dict[str, Any]
    user: Principal | None = None
    login: Login | None = None
    renewed: bool = False
    remember: bool = True
    rotate: bool = False
    device: Device = Device()  # noqa: RUF009 - frozen


def settle(current: Record | None, draft: Draft, lifetime: Lifetime, *, now: int) -> Record | None:
    """Return the record that `current` has become, or None for no session.

    A principal gained or changed, or a login of the same one, begins a new record; a principal
    lost, a login renewed, or a rotation asked for, moves it to a new id. Both are an empty handle.

    Args:
        current: The record as the request found it, or None.
        draft: What the handler left.
        lifetime: The limits of a record that begins now.
        now: Unix milliseconds.

    Raises:
        NotJson: The data hold something that JSON does not have.
        Misuse: The data use the reserved member.
    """
    if not draft.data and draft.user is None:
        return None
    if RESERVED in draft.data:
        raise Misuse(f"the member {RESERVED} is reserved; choose another name")
    if current is not None and draft.renewed and draft.user == current.user:
        moved = _remembered(current, draft, lifetime, now)
        data = _encoded(draft.data, current)
        return replace(moved, handle="", data=data, login=draft.login)
    if current is None or draft.login is not None or draft.user not in (None, current.user):
        return _begun(draft, lifetime, now)
    data, remembered = _encoded(draft.data, current), draft.remember == current.remember
    if data is current.data and remembered and draft.user == current.user and not draft.rotate:
        return current
    after = replace(_remembered(current, draft, lifetime, now), data=data)
    if draft.user is None and current.user is not None:
        return replace(after, handle="", user=None, login=None)
    return replace(after, handle="") if draft.rotate else after


def _begun(draft: Draft, lifetime: Lifetime, now: int) -> Record:
    return Record(
        data=json.dumps(draft.data),
        user=draft.user,
        created=now,
        expires=lifetime.expiry(created=now, remember=draft.remember, now=now),
        login=draft.login or (None if draft.user is None else Login(now)),
        remember=draft.remember,
        seen=now,
        device=draft.device,
    )


def _encoded(data: dict[str, Any], current: Record) -> str:
    text = json.dumps(data)
    if text == current.data:
        return current.data
    # A peer may have spelled the same value otherwise: compared are two texts of our own.
    return current.data if json.dumps(json.loads_object(current.data)) == text else text


def _remembered(current: Record, draft: Draft, lifetime: Lifetime, now: int) -> Record:
    if draft.remember == current.remember:
        return current
    expires = lifetime.expiry(created=current.created, remember=draft.remember, now=now)
    return replace(current, remember=draft.remember, expires=expires)
