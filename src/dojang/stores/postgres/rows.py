"""A record as a row of PostgreSQL, and back."""

from typing import Any, LiteralString

from dojang.session.record import Device, Login, Record
from dojang.wire import json

__all__ = ["COLUMNS", "VALUES", "columns", "record"]

#: In the order in which `record` takes them.
COLUMNS: LiteralString = (
    "handle, owner, numeric, data, created, expires, login, remember, seen, address, agent, rotated"
)

#: What `columns` supplies, in the same order and with their types.
VALUES: LiteralString = """
    %(handle)s::text, %(owner)s::text, %(numeric)s::boolean, %(data)s::text, %(created)s::bigint,
    %(expires)s::bigint, %(login)s::text, %(remember)s::boolean, %(seen)s::bigint,
    %(address)s::text, %(agent)s::text, %(rotated)s::boolean
"""


def columns(record: Record) -> dict[str, object]:
    """Return the columns of `record` by name."""
    user, login = record.user, record.login
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


def record(row: tuple[Any, ...]) -> Record:
    """Return the record in a row of `COLUMNS`."""
    (
        handle,
        owner,
        numeric,
        data,
        created,
        expires,
        login,
        remember,
        seen,
        address,
        agent,
        rotated,
    ) = row
    return Record(
        handle=handle,
        data=data,
        user=int(owner) if numeric else owner,
        created=created,
        expires=expires,
        login=None if login is None else _login(login),
        remember=remember,
        seen=seen,
        device=Device(address, agent),
        rotated=rotated,
    )


def _login(text: str) -> Login:
    at, methods = json.loads(text)
    return Login(at, tuple(methods))
