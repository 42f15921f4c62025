"""The statements of identities: each function is one transaction, and blocks.

Source of all: `dojang.auth.tables`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Engine, RowMapping, and_, delete, exists, insert, or_, select
from sqlalchemy import update as updating
from sqlalchemy.exc import IntegrityError

from dojang.auth import rows
from dojang.auth.tables import identities, users

__all__ = ["Key", "LinkRow", "add", "add_user", "find", "keep", "of_user", "remove"]

#: Issuer and subject.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One identity of an account; the attributes are the columns."""

    issuer: str
    subject: str
    user_id: str
    provider: str
    email: str | None
    linked: int
    tokens: str | None = None

    @property
    def key(self) -> Key:
        """Who it is."""
        return self.issuer, self.subject


def find(engine: Engine, key: Key) -> LinkRow | None:
    """Return an identity, or None.

    Raises:
        Unavailable: The database did not answer.
    """
    with rows.answering(), engine.connect() as connection:
        row = connection.execute(select(identities).where(_is(key))).mappings().first()
    return _link(row) if row else None


def of_user(engine: Engine, user_id: str) -> Sequence[LinkRow]:
    """Return the identities of an account, oldest first.

    Raises:
        Unavailable: The database did not answer.
    """
    statement = select(identities).where(identities.c.user_id == user_id)
    ordered = statement.order_by(identities.c.linked, identities.c.issuer)
    with rows.answering(), engine.connect() as connection:
        return [_link(row) for row in connection.execute(ordered).mappings()]


def add(engine: Engine, link: LinkRow) -> bool:
    """Add an identity; False where it is there already, or its account is not.

    Raises:
        Unavailable: The database did not answer.
    """
    try:
        with rows.answering(), engine.begin() as connection:
            connection.execute(insert(identities).values(asdict(link)))
    except IntegrityError:
        return False
    return True


def add_user(engine: Engine, row: rows.NewRow, link: LinkRow) -> bool:
    """Add an account and what opens it, both or none; False where one of them is there already.

    Raises:
        Unavailable: The database did not answer.
    """
    try:
        with rows.answering(), engine.begin() as connection:
            connection.execute(rows.adding(row))
            connection.execute(insert(identities).values(asdict(link)))
    except IntegrityError:
        return False
    return True


def keep(engine: Engine, key: Key, tokens: str) -> None:
    """Keep the newest tokens of an identity, sealed.

    Raises:
        Unavailable: The database did not answer.
    """
    with rows.answering(), engine.begin() as connection:
        connection.execute(updating(identities).where(_is(key)).values(tokens=tokens))


def remove(engine: Engine, user_id: str, key: Key) -> bool:
    """Remove an identity of an account, unless nothing else opens it; say whether it is gone.

    Raises:
        Unavailable: The database did not answer.
    """
    other = identities.alias()
    password = exists().where(users.c.id == user_id, users.c.password_hash.is_not(None))
    another = exists().where(
        other.c.user_id == user_id,
        or_(other.c.issuer != key[0], other.c.subject != key[1]),
    )
    statement = delete(identities).where(
        _is(key), identities.c.user_id == user_id, or_(password, another)
    )
    with rows.answering(), engine.begin() as connection:
        # Of two that go at the same time, the second sees that the first one is gone.
        connection.execute(select(users.c.id).where(users.c.id == user_id).with_for_update())
        return connection.execute(statement).rowcount == 1


def _is(key: Key) -> ColumnElement[bool]:
    return and_(identities.c.issuer == key[0], identities.c.subject == key[1])


def _link(row: RowMapping) -> LinkRow:
    return LinkRow(**row)
