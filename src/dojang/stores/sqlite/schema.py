"""The tables of the SQLite store, as numbered steps."""

import sqlite3

from dojang.errors import Unavailable

__all__ = ["VERSION", "migrate"]

#: Each step brings the schema from its index to the next number; none is ever changed.
_STEPS = (
    """
    CREATE TABLE session (
        handle   TEXT    NOT NULL PRIMARY KEY, -- base64url of 128 bits of the id's SHA-256
        owner     TEXT,                        -- the principal as text; NULL for nobody
        numeric   INTEGER NOT NULL,            -- 1 when the principal is an integer
        data     TEXT    NOT NULL,             -- the application's data, a JSON object
        created  INTEGER NOT NULL,             -- unix milliseconds, as all instants here
        expires  INTEGER,                      -- exclusive; NULL for never
        login    TEXT,                         -- [at, [methods]] as JSON; NULL for nobody
        remember INTEGER NOT NULL,             -- 0 for a cookie that ends with the browser
        seen     INTEGER NOT NULL,
        address  TEXT    NOT NULL,
        agent    TEXT    NOT NULL,
        rotated  INTEGER NOT NULL              -- 1 once a newer session has taken its place
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX session_by_owner ON session (owner) WHERE owner IS NOT NULL;
    CREATE INDEX session_by_expiry ON session (expires) WHERE expires IS NOT NULL;

    CREATE TABLE revocation (
        number     INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of commits: one writer at a time
        handle     TEXT,                              -- the session that is over, or
        owner      TEXT,                              -- the principal as text, whose logins
        not_before INTEGER NOT NULL,                  -- up to this instant are over,
        exempt     TEXT,                              -- but for this handle
        expires    INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX revocation_by_expiry ON revocation (expires);

    CREATE TABLE revocation_log (
        generation TEXT    NOT NULL, -- random: another one means that the log was begun anew
        begun      INTEGER NOT NULL
    ) STRICT;
    """,
    """
    CREATE TABLE lease (
        name  TEXT    NOT NULL PRIMARY KEY,
        owner TEXT    NOT NULL,
        until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE hit (
        key     TEXT    NOT NULL,
        at      INTEGER NOT NULL,
        expires INTEGER NOT NULL -- when it no longer counts
    ) STRICT;
    CREATE INDEX hit_by_key ON hit (key, at);
    CREATE INDEX hit_by_expiry ON hit (expires);
    """,
    """
    CREATE TABLE document (
        name    TEXT NOT NULL PRIMARY KEY,
        text    TEXT NOT NULL,
        owner   TEXT NOT NULL, -- empty for none
        expires INTEGER        -- exclusive; NULL for never
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX document_by_owner ON document (owner) WHERE owner <> '';
    CREATE INDEX document_by_expiry ON document (expires) WHERE expires IS NOT NULL;
    """,
)

VERSION = len(_STEPS)

_STEP = """
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS dojang_schema (value INTEGER NOT NULL);
    DELETE FROM dojang_schema;
    INSERT INTO dojang_schema VALUES ({number});
    {step}
    COMMIT;
"""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date, in one transaction per step.

    Raises:
        Unavailable: A newer dojang has been here.
    """
    version = _version(connection)
    if version > VERSION:
        raise Unavailable(
            f"the session database has schema {version}, and this dojang knows {VERSION}; upgrade"
        )
    for number, step in enumerate(_STEPS[version:], start=version + 1):
        connection.executescript(_STEP.format(number=number, step=step))


def _version(connection: sqlite3.Connection) -> int:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'dojang_schema'")
    if found.fetchone() is None:
        return 0
    return int(connection.execute("SELECT value FROM dojang_schema").fetchone()[0])
