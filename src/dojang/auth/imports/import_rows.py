"""The statements of an import: one transaction for a batch, and it blocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from dojang.auth import rows
from dojang.auth.rows import NewRow
from dojang.auth.tables import users
from dojang.errors import Unavailable

__all__ = ["Kept", "add_new"]

#: How often a batch is looked at anew because somebody signed up meanwhile.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """What is unique of an account that is there."""

    id: str
    email_key: str | None
    username_key: str | None


def add_new(engine: Engine, batch: Sequence[NewRow], *, dry: bool = False) -> Sequence[list[Kept]]:
    """Add the accounts of which nothing is there yet; all of them, or none.

    Args:
        engine: Of the accounts.
        batch: No two of which have an identifier or id in common.
        dry: Whether nothing is added.

    Returns:
        For each, what is there with its id, address or user name; empty where it was added.

    Raises:
        Unavailable: The database did not answer; nothing was added.
    """
    for _ in range(_TRIES):
        try:
            with rows.answering(), engine.begin() as connection:
                found = _there(connection, batch)
                new = [row for row, kept in zip(batch, found, strict=True) if not kept]
                if new and not dry:
                    connection.execute(insert(users), [rows.values(row) for row in new])
                return found
        except IntegrityError:  # somebody took one of them after it was looked for
            continue
    raise Unavailable("accounts are made faster than they can be imported; try again")


def _there(connection: Connection, batch: Sequence[NewRow]) -> Sequence[list[Kept]]:
    by_id = _by(connection, "id", (row.user.id for row in batch))
    by_email = _by(connection, "email_key", (row.email_key for row in batch))
    by_username = _by(connection, "username_key", (row.username_key for row in batch))
    return [
        [
            kept
            for kept in dict.fromkeys(
                (
                    by_id.get(row.user.id),
                    by_email.get(row.email_key or ""),
                    by_username.get(row.username_key or ""),
                )
            )
            if kept
        ]
        for row in batch
    ]


def _by(connection: Connection, column: str, keys: Iterable[str | None]) -> Mapping[str, Kept]:
    """Return the accounts that have one of the keys, by it."""
    wanted = [key for key in keys if key]
    found = select(users.c.id, users.c.email_key, users.c.username_key)
    result = connection.execute(found.where(users.c[column].in_(wanted))) if wanted else ()
    return {getattr(row, column): Kept(row.id, row.email_key, row.username_key) for row in result}
