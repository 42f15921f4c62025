"""The statements of second factors: each function is one transaction, and blocks.

Source of all: `dojang.auth.tables`.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dojang.auth import rows
from dojang.auth.tables import recovery_codes as codes
from dojang.auth.tables import second_factors as factors

__all__ = ["FactorRow", "add", "codes_left", "find", "remove", "renew", "take", "use"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRow:
    """The authenticator of one account; the attributes are the columns."""

    user_id: str
    secret: str
    step: int
    made: int


def find(engine: Engine, user_id: str) -> FactorRow | None:
    """Return the authenticator of an account, or None.

    Raises:
        Unavailable: The database did not answer.
    """
    statement = select(factors).where(factors.c.user_id == user_id)
    with rows.answering(), engine.connect() as connection:
        found = connection.execute(statement).mappings().first()
    return FactorRow(**found) if found else None


def add(engine: Engine, row: FactorRow, digests: Iterable[str]) -> bool:
    """Add an authenticator and its recovery codes; False where there is one already.

    Raises:
        Unavailable: The database did not answer.
    """
    try:
        with rows.answering(), engine.begin() as connection:
            connection.execute(insert(factors).values(asdict(row)))
            _replace(connection, row.user_id, digests)
    except IntegrityError:
        return False
    return True


def use(engine: Engine, before: FactorRow, after: FactorRow) -> bool:
    """Put `after` where `before` is; False where a code was used, or it was removed, meanwhile.

    Raises:
        Unavailable: The database did not answer.
    """
    unchanged = update(factors).where(
        factors.c.user_id == before.user_id,
        factors.c.secret == before.secret,
        factors.c.step == before.step,
    )
    with rows.answering(), engine.begin() as connection:
        return connection.execute(unchanged.values(asdict(after))).rowcount == 1


def renew(engine: Engine, user_id: str, digests: Iterable[str]) -> bool:
    """Put recovery codes in the place of those there are; False where there is no authenticator.

    Raises:
        Unavailable: The database did not answer.
    """
    # An update that changes nothing: of two who renew at once, one waits here for the other.
    held = update(factors).where(factors.c.user_id == user_id).values(step=factors.c.step)
    with rows.answering(), engine.begin() as connection:
        there = connection.execute(held).rowcount == 1
        if there:
            _replace(connection, user_id, digests)
        return there


def take(engine: Engine, user_id: str, digest: str) -> bool:
    """Remove a recovery code; False where it is not there. Of parallel uses one takes it.

    Raises:
        Unavailable: The database did not answer.
    """
    one = delete(codes).where(codes.c.digest == digest, codes.c.user_id == user_id)
    with rows.answering(), engine.begin() as connection:
        return connection.execute(one).rowcount == 1


def codes_left(engine: Engine, user_id: str) -> int:
    """Return how many recovery codes an account has left.

    Raises:
        Unavailable: The database did not answer.
    """
    statement = select(func.count()).select_from(codes).where(codes.c.user_id == user_id)
    with rows.answering(), engine.connect() as connection:
        return connection.execute(statement).scalar_one()


def remove(engine: Engine, user_id: str) -> bool:
    """Remove an authenticator and its recovery codes; False where there is none.

    Raises:
        Unavailable: The database did not answer.
    """
    with rows.answering(), engine.begin() as connection:
        connection.execute(delete(codes).where(codes.c.user_id == user_id))
        return connection.execute(delete(factors).where(factors.c.user_id == user_id)).rowcount == 1


def _replace(connection: Connection, user_id: str, digests: Iterable[str]) -> None:
    connection.execute(delete(codes).where(codes.c.user_id == user_id))
    connection.execute(
        insert(codes), [{"digest": digest, "user_id": user_id} for digest in digests]
    )
