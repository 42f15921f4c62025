"""The statements of the accounts: each function is one transaction, and blocks.

Source of all: `dojang.auth.tables`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Literal

from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    RowMapping,
    Select,
    Update,
    and_,
    insert,
    select,
    text,
    update,
)
from sqlalchemy import delete as deletion
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dojang.auth import roles
from dojang.auth.errors import AlreadyTaken
from dojang.auth.identifiers import Identifier, Login
from dojang.auth.imported import one_of_each
from dojang.auth.tables import (
    IMPORTED,
    identities,
    one_time_tokens,
    recovery_codes,
    second_factors,
    users,
)
from dojang.auth.user import User
from dojang.errors import Unavailable

__all__ = [
    "NewRow",
    "add",
    "adding",
    "answering",
    "by_id",
    "by_login",
    "claim",
    "delete",
    "has_username",
    "imported_hashes",
    "password_of",
    "replace_hash",
    "set_disabled",
    "set_password",
    "set_roles",
    "taken",
    "values",
    "verify_email",
    "write_claim",
    "write_email",
    "write_email_back",
    "write_password",
    "write_verified",
]


_OF_USER = tuple(field.name for field in fields(User))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """An account to be added.

    Attributes:
        user: What the others may know of it.
        email_key: The folded address, which nobody else may have.
        username_key: The folded user name, which nobody else may have.
        password_hash: PHC text; None where no password opens it.
    """

    user: User
    email_key: str | None
    username_key: str | None
    password_hash: str | None


@contextmanager
def answering() -> Iterator[None]:
    """Turn trouble with the database into `Unavailable`.

    Trouble is never a failed sign-in: a locked file must not read as a wrong password.

    Raises:
        Unavailable: The database is locked, full, gone, broken, or all connections are busy.
        IntegrityError: Unchanged: a constraint said no, which is an answer.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        # The driver's own words: SQLAlchemy's would carry the statement and its values.
        raise Unavailable(f"the accounts database failed: {error.orig}") from error.orig
    except PoolTimeout as error:
        raise Unavailable("all connections to the accounts database are busy") from error


def add(engine: Engine, row: NewRow) -> None:
    """Add an account.

    Raises:
        AlreadyTaken: The unique constraint of the e-mail address or user name refused it.
        Unavailable: The database did not answer.
    """
    try:
        with answering(), engine.begin() as connection:
            connection.execute(adding(row))
    except IntegrityError:
        raise AlreadyTaken(taken(engine, row)) from None


def has_username(engine: Engine, key: str) -> bool:
    """Return whether an account has a user name.

    Raises:
        Unavailable: The database did not answer.
    """
    with answering(), engine.connect() as connection:
        nick = select(users.c.id).where(users.c.username_key == key)
        return connection.execute(nick).first() is not None


def adding(row: NewRow) -> Insert:
    """Return the statement that adds an account."""
    return insert(users).values(values(row))


def by_id(engine: Engine, user_id: str) -> User | None:
    """Return the account `user_id`; None if there is none.

    Raises:
        Unavailable: The database did not answer.
    """
    with answering(), engine.connect() as connection:
        row = connection.execute(select(users).where(users.c.id == user_id)).mappings().first()
    return _user(row) if row else None


def by_login(engine: Engine, login: Login) -> tuple[User, str | None] | None:
    """Return the account that signs in as `login` with its password hash; None if there is none.

    Raises:
        Unavailable: The database did not answer.
    """
    column = users.c.email_key if login.field == "email" else users.c.username_key
    with answering(), engine.connect() as connection:
        row = connection.execute(select(users).where(column == login.key)).mappings().first()
    return (_user(row), row["password_hash"]) if row else None


def imported_hashes(engine: Engine) -> list[str]:
    """Return one hash of each kind and cost that is not of our making.

    Raises:
        Unavailable: The database did not answer.
    """
    with answering(), engine.connect() as connection:
        dialect = connection.dialect.name

        def last(before: str | None) -> str | None:
            return connection.execute(_last_imported(before, dialect)).scalar()

        return one_of_each(last)


def replace_hash(engine: Engine, user_id: str, *, old: str, new: str) -> bool:
    """Put `new` where `old` is; False where the password was changed in the meantime.

    Raises:
        Unavailable: The database did not answer.
    """
    guarded = update(users).where(users.c.id == user_id, users.c.password_hash == old)
    with answering(), engine.begin() as connection:
        return connection.execute(guarded.values(password_hash=new)).rowcount == 1


def password_of(engine: Engine, user_id: str) -> str | None:
    """Return the password hash of an account; None where it has none, or there is no account.

    Raises:
        Unavailable: The database did not answer.
    """
    statement = select(users.c.password_hash).where(users.c.id == user_id)
    with answering(), engine.connect() as connection:
        return connection.execute(statement).scalar()


def set_password(engine: Engine, user_id: str, *, old: str | None, new: str, now: int) -> bool:
    """As `write_password` does, in a transaction of its own.

    Raises:
        Unavailable: The database did not answer.
    """
    with answering(), engine.begin() as connection:
        return write_password(connection, user_id, old=old, new=new, now=now)


def write_password(
    connection: Connection, user_id: str, *, old: str | None, new: str, now: int
) -> bool:
    """Give an account a new password hash; False where it is not there, or not with `old`.

    What was mailed to its owner before is good for nothing then.

    Args:
        connection: To the accounts, in a transaction.
        user_id: Of the account.
        old: The hash that has to be there; None for any.
        new: PHC text.
        now: When the person chose it; unix milliseconds.

    Raises:
        sqlalchemy.exc.DBAPIError: The database did not answer.
    """
    statement = update(users).where(users.c.id == user_id)
    if old is not None:
        statement = statement.where(users.c.password_hash == old)
    changed = statement.values(password_hash=new, password_changed=now)
    if connection.execute(changed).rowcount != 1:
        return False
    _void_mailed(connection, user_id)
    return True


def claim(engine: Engine, user_id: str, email: str) -> bool:
    """Give an account to whoever has shown that its address is theirs, where nobody had before.

    Nothing opens it that was set before that: no password, no provider, nothing that was mailed.

    Returns:
        Whether that was so: see `write_claim`.

    Raises:
        Unavailable: The database did not answer.
    """
    its = update(users).where(users.c.id == user_id)
    with answering(), engine.begin() as connection:
        if not write_claim(connection, user_id, email):
            return False
        connection.execute(its.values(password_hash=None, password_changed=None))
        _void_mailed(connection, user_id)
    return True


def write_claim(connection: Connection, user_id: str, email: str) -> bool:
    """Note that an address is its owner's, and close the ways in of whoever had it before that.

    Where it was vouched for, nothing is closed: no stranger made the account. One with a second
    factor that was not is left as it is: no mail by itself opens it, or gives it away.

    Args:
        connection: To the accounts, in a transaction.
        user_id: Of the account.
        email: As in `User.email`.

    Returns:
        Whether somebody else may have had it before: there is such an account, with that address,
        which nobody had shown yet or vouched for.

    Raises:
        sqlalchemy.exc.DBAPIError: The database did not answer.
    """
    unshown = and_(users.c.id == user_id, users.c.email == email, users.c.email_verified.is_(False))
    guarded = select(second_factors.c.user_id).where(second_factors.c.user_id == user_id).exists()
    shown = update(users).values(email_verified=True)
    connection.execute(shown.where(unshown, users.c.email_vouched))
    if connection.execute(shown.where(unshown, ~guarded)).rowcount != 1:
        return False
    connection.execute(deletion(identities).where(identities.c.user_id == user_id))
    return True


def delete(engine: Engine, user_id: str) -> bool:
    """Delete an account with its second factor; False where there is none.

    Raises:
        Unavailable: The database did not answer.
    """
    with answering(), engine.begin() as connection:
        for table in (one_time_tokens, second_factors, recovery_codes):
            connection.execute(deletion(table).where(table.c.user_id == user_id))
        return connection.execute(deletion(users).where(users.c.id == user_id)).rowcount == 1


def set_disabled(engine: Engine, user_id: str, *, disabled: bool) -> bool:
    """Disable or enable an account; False where there is none.

    Raises:
        Unavailable: The database did not answer.
    """
    statement = update(users).where(users.c.id == user_id).values(disabled=disabled)
    with answering(), engine.begin() as connection:
        _void_mailed(connection, user_id)
        return connection.execute(statement).rowcount == 1


def verify_email(engine: Engine, user_id: str, email: str) -> bool:
    """Note that an address is its owner's; False where the account has another one by now.

    Raises:
        Unavailable: The database did not answer.
    """
    with answering(), engine.begin() as connection:
        return write_verified(connection, user_id, email)


def write_verified(connection: Connection, user_id: str, email: str) -> bool:
    """Do what `verify_email` does, in a transaction.

    Raises:
        sqlalchemy.exc.DBAPIError: The database did not answer.
    """
    its = update(users).where(users.c.id == user_id, users.c.email == email)
    return connection.execute(its.values(email_verified=True)).rowcount == 1


def write_email(connection: Connection, user_id: str, *, old: str | None, new: Identifier) -> bool:
    """Give an account another address, shown to be theirs; False where it has not `old`.

    Raises:
        AlreadyTaken: Another account has it.
        sqlalchemy.exc.DBAPIError: The database did not answer.
    """
    its = update(users).where(users.c.id == user_id, users.c.email.is_not_distinct_from(old))
    return _write_email(connection, its, new)


def write_email_back(connection: Connection, user_id: str, back: Identifier) -> bool:
    """Give an account the address it had, from another one too that never showed it to be its.

    Returns:
        Whether there is such an account.

    Raises:
        AlreadyTaken: Another account has shown that it is theirs.
        sqlalchemy.exc.DBAPIError: The database did not answer.
    """
    squatting = and_(
        users.c.email_key == back.key, users.c.id != user_id, users.c.email_verified.is_(False)
    )
    connection.execute(update(users).where(squatting).values(email=None, email_key=None))
    return _write_email(connection, update(users).where(users.c.id == user_id), back)


def set_roles(engine: Engine, user_id: str, given: tuple[str, ...]) -> bool:
    """Give an account these roles and no others; False where there is none.

    Raises:
        Unavailable: The database did not answer.
    """
    statement = update(users).where(users.c.id == user_id).values(roles=roles.join(given))
    with answering(), engine.begin() as connection:
        return connection.execute(statement).rowcount == 1


def _void_mailed(connection: Connection, user_id: str) -> None:
    # What only takes something back stays: see `dojang.auth.one_time`.
    ours = one_time_tokens.c.user_id == user_id, one_time_tokens.c.purpose.not_like("undo-%")
    connection.execute(deletion(one_time_tokens).where(*ours))


def values(row: NewRow) -> dict[str, object]:
    """Return the columns of a new account."""
    return {
        **{name: getattr(row.user, name) for name in _OF_USER},
        "roles": roles.join(row.user.roles),
        "email_key": row.email_key,
        "username_key": row.username_key,
        "password_hash": row.password_hash,
        "password_changed": row.user.created if row.password_hash else None,
    }


def _write_email(connection: Connection, its: Update, email: Identifier) -> bool:
    changed = its.values(email=email.text, email_key=email.key, email_verified=True)
    try:
        return connection.execute(changed).rowcount == 1
    except IntegrityError:
        raise AlreadyTaken("email") from None


def taken(engine: Engine, row: NewRow) -> Literal["email", "username"]:
    """Return which of its identifiers a new account cannot have.

    Raises:
        Unavailable: The database did not answer.
    """
    # Asked, because each database words its refusal differently.
    if row.email_key is None:
        return "username"
    return "email" if by_login(engine, Login("email", row.email_key)) else "username"


def _user(row: RowMapping) -> User:
    return User(
        id=row["id"],
        email=row["email"],
        username=row["username"],
        name=row["name"],
        created=row["created"],
        disabled=row["disabled"],
        roles=roles.split(row["roles"]),
        email_verified=row["email_verified"],
        email_vouched=row["email_vouched"],
    )


def _last_imported(before: str | None, dialect: str) -> Select[str]:
    # By bytes: PostgreSQL's own order passes over signs in most languages.
    by_pattern = dialect == "postgresql"
    column = users.c.password_hash
    statement = select(column).where(IMPORTED).limit(1)
    if before is not None:
        statement = statement.where(column.op("~<~")(before) if by_pattern else column < before)
    return statement.order_by(text("password_hash USING ~>~") if by_pattern else column.desc())
