"""The statements of one-time tokens: each function is one transaction, and blocks.

Source of all: `dojang.auth.tables`.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Delete, Engine, and_, delete, insert, or_, select, update

from dojang.auth import rows
from dojang.auth.tables import one_time_tokens as tokens

__all__ = ["OneTimeRow", "Use", "add", "find", "forget_all", "remove_all", "take", "try_code"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeRow:
    """One token or code; the attributes are the columns."""

    digest: str
    purpose: str
    user_id: str
    target: str
    expires: int
    code_digest: str | None = None
    tries: int = 0


#: What a token is taken for, in the same transaction: what it raises leaves the token good.
Use = Callable[[Connection, OneTimeRow], None]


def add(engine: Engine, row: OneTimeRow, *, now: int, beside: bool = False) -> None:
    """Add one, in the place of those of its user and purpose, and of all that have expired.

    Args:
        engine: Of the accounts.
        row: What is added.
        now: Unix milliseconds.
        beside: Whether those of its user and purpose stay.

    Raises:
        Unavailable: The database did not answer.
    """
    same = and_(tokens.c.user_id == row.user_id, tokens.c.purpose == row.purpose)
    expired = tokens.c.expires <= now
    with rows.answering(), engine.begin() as connection:
        connection.execute(delete(tokens).where(expired if beside else or_(same, expired)))
        connection.execute(insert(tokens).values(asdict(row)))


def find(engine: Engine, digest: str, *, now: int) -> OneTimeRow | None:
    """Return one that is still good, and leave it so; or None.

    Raises:
        Unavailable: The database did not answer.
    """
    statement = select(tokens).where(tokens.c.digest == digest, tokens.c.expires > now)
    with rows.answering(), engine.connect() as connection:
        found = connection.execute(statement).mappings().first()
    return OneTimeRow(**found) if found else None


def take(
    engine: Engine,
    digest: str,
    *,
    now: int,
    and_later: bool = False,
    use: Use | None = None,
) -> OneTimeRow | None:
    """Remove a token that is good without a code, and return it; None for all others.

    Of all who take it at the same time, one gets it, and uses it before anybody else sees that.

    Args:
        engine: Of the accounts.
        digest: Of the token.
        now: Unix milliseconds.
        and_later: Whether those go with it that its user got later for the same.
        use: What it is taken for.

    Raises:
        Unavailable: The database did not answer.
    """
    whole = delete(tokens).where(tokens.c.digest == digest, tokens.c.code_digest.is_(None))
    with rows.answering(), engine.begin() as connection:
        taken = _taken(connection, whole, now)
        if taken and and_later:
            connection.execute(
                delete(tokens).where(
                    tokens.c.user_id == taken.user_id,
                    tokens.c.purpose == taken.purpose,
                    tokens.c.expires >= taken.expires,
                )
            )
        if taken and use:
            use(connection, taken)
        return taken


def try_code(engine: Engine, digest: str, code_digest: str, *, now: int) -> OneTimeRow | None:
    """Remove a code that was told right, and return it; count down for one that was not.

    Raises:
        Unavailable: The database did not answer.
    """
    left = and_(tokens.c.digest == digest, tokens.c.tries > 0)
    right = and_(tokens.c.digest == digest, tokens.c.code_digest == code_digest)
    with rows.answering(), engine.begin() as connection:
        # The count comes first: whoever tries many at once waits for this row, one after another.
        counted = connection.execute(update(tokens).where(left).values(tries=tokens.c.tries - 1))
        return _taken(connection, delete(tokens).where(right), now) if counted.rowcount else None


def remove_all(engine: Engine, user_id: str, *, but: str) -> None:
    """Remove all of a user, but those of purposes that are LIKE `but`.

    Raises:
        Unavailable: The database did not answer.
    """
    with rows.answering(), engine.begin() as connection:
        connection.execute(
            delete(tokens).where(tokens.c.user_id == user_id, tokens.c.purpose.not_like(but))
        )


def forget_all(engine: Engine) -> None:
    """Remove every token and code.

    Raises:
        Unavailable: The database did not answer.
    """
    with rows.answering(), engine.begin() as connection:
        connection.execute(delete(tokens))


def _taken(connection: Connection, which: Delete, now: int) -> OneTimeRow | None:
    found = connection.execute(which.returning(*tokens.c)).mappings().first()
    return OneTimeRow(**found) if found and found["expires"] > now else None
