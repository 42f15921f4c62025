"""A record as a row of a table, and back, as SQLite and PostgreSQL keep it."""

from collections.abc import Iterable
from typing import Any

from dojang.session import principal
from dojang.session.record import Device, Login, Record
from dojang.wire import json

__all__ = ["columns", "record"]


def columns(record: Record) -> dict[str, object]:
    """Return the columns of `record` by name, in the order of a row.

    Raises:
        Misuse: Its user is named by more than 1,024 bytes.
    """
    user, login = record.user, record.login
    principal.check_length(record.user)
    return {
        "handle": record.handle,
        "owner": None if user is None else str(user),
        "numeric": isinstance(user, int),
        "data": record.data,
        "created": record.created,
        "expires": record.expires,
        "login": None if login is None else json.dumps([login.at, login.methods]),
        "remember": record.remember,
        "seen": record.seen,
        "address": record.device.address,
        "agent": record.device.agent,
        "rotated": record.rotated,
    }


def record(row: Iterable[Any]) -> Record:
    """Return the record in a row."""
    handle, owner, numeric, data, created, expires, login, remember, *rest = row
    seen, address, agent, rotated = rest
    return Record(
        handle=handle,
        data=data,
        user=int(owner) if numeric else owner,
        created=created,
        expires=expires,
        login=None if login is None else _login(login),
        remember=bool(remember),
        seen=seen,
        device=Device(address, agent),
        rotated=bool(rotated),
    )


def _login(text: str) -> Login:
    at, methods = json.loads(text)
    return Login(at, tuple(methods))
