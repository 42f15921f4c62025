"""Bringing the tables of the accounts up to date."""

from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine

__all__ = ["current", "upgrade"]

_VERSION_TABLE = "dojang_auth_version"
_MIGRATIONS = Path(__file__).parent / "migrations"

# Any number of ours: PostgreSQL's name for the one lock that starting processes queue for.
_POSTGRES_LOCK = 0x646F6A616E67
_ALEMBIC = Lock()  # Alembic keeps the running environment in a module: one at a time


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, all or none.

    Processes that start together queue for a lock of the database, and all but the first
    find nothing left to do.

    Args:
        engine: Of SQLite or PostgreSQL.

    Raises:
        sqlalchemy.exc.DBAPIError: The database did not answer.
    """
    with _ALEMBIC, engine.connect() as connection:
        _lock(connection)
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        config.attributes["version_table"] = _VERSION_TABLE
        command.upgrade(config, "head")
        connection.commit()


def current(engine: Engine) -> str | None:
    """Return the revision the tables are at; None before the first `upgrade`.

    Raises:
        sqlalchemy.exc.DBAPIError: The database did not answer.
    """
    with engine.connect() as connection:
        options = {"version_table": _VERSION_TABLE}
        return MigrationContext.configure(connection, opts=options).get_current_revision()


def _lock(connection: Connection) -> None:
    match connection.dialect.name:
        case "sqlite":
            # Taken before anything is read, or two processes would both read "no tables".
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        case "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})")
        case _:
            pass
