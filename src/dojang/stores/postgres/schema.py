"""The tables of the PostgreSQL store, as numbered steps."""

from typing import LiteralString

from dojang.errors import Unavailable
from dojang.stores.drivers.postgres_connections import Connection, Rows
from dojang.stores.postgres.locks import lock

__all__ = ["VERSION", "migrate"]

#: Each step brings the schema from its index to the next number; none is ever changed. Texts are
#: compared byte by byte ("C"): what a language thinks of them changes with the operating system,
#: and an index that was built before the change no longer finds them.
_STEPS: tuple[LiteralString, ...] = (
    """
    CREATE TABLE dojang_session (
        handle   text    COLLATE "C" PRIMARY KEY, -- base64url of 128 bits of the id's SHA-256
        owner    text    COLLATE "C",             -- the principal as text; NULL for nobody
        numeric  boolean NOT NULL,                -- whether the principal is an integer
        data     text    COLLATE "C" NOT NULL,    -- the application's data, a JSON object; as text,
                                                  -- for jsonb refuses \\u0000 and orders members
        created  bigint  NOT NULL,                -- unix milliseconds, as all instants here
        expires  bigint,                          -- exclusive; NULL for never
        login    text    COLLATE "C",             -- [at, [methods]] as JSON; NULL for nobody
        remember boolean NOT NULL,                -- false for a cookie that ends with the browser
        seen     bigint  NOT NULL,
        address  text    NOT NULL,
        agent    text    NOT NULL,
        rotated  boolean NOT NULL                 -- once a newer session has taken its place
    );
    CREATE INDEX dojang_session_by_owner ON dojang_session (owner) WHERE owner IS NOT NULL;
    CREATE INDEX dojang_session_by_expiry ON dojang_session (expires) WHERE expires IS NOT NULL;

    CREATE TABLE dojang_revocation (
        number     bigint PRIMARY KEY,         -- the order of commits, from dojang_revocation_log
        handle     text   COLLATE "C",         -- the session that is over, or
        owner      text   COLLATE "C",         -- the principal as text, whose logins
        not_before bigint NOT NULL,            -- up to this instant are over,
        exempt     text   COLLATE "C",         -- but for this handle
        expires    bigint NOT NULL
    );
    CREATE INDEX dojang_revocation_by_expiry ON dojang_revocation (expires);

    CREATE TABLE dojang_revocation_log (
        singleton  boolean PRIMARY KEY CHECK (singleton), -- one row
        generation text    NOT NULL,                      -- random: another one is another log
        begun      bigint  NOT NULL,
        number     bigint  NOT NULL                       -- of the newest entry
    );

    CREATE TABLE dojang_lease (
        name  text   COLLATE "C" PRIMARY KEY,
        owner text   COLLATE "C" NOT NULL,
        until bigint NOT NULL
    );
    CREATE INDEX dojang_lease_by_end ON dojang_lease (until);

    CREATE TABLE dojang_hit (
        key     text   COLLATE "C" NOT NULL,
        at      bigint NOT NULL,
        expires bigint NOT NULL -- when it no longer counts
    );
    CREATE INDEX dojang_hit_by_key ON dojang_hit (key, at);
    CREATE INDEX dojang_hit_by_expiry ON dojang_hit (expires);
    """,
    """
    CREATE TABLE dojang_document (
        name    text   COLLATE "C" PRIMARY KEY,
        text    text   COLLATE "C" NOT NULL,
        owner   text   COLLATE "C" NOT NULL, -- empty for none
        expires bigint                       -- exclusive; NULL for never
    );
    CREATE INDEX dojang_document_by_owner ON dojang_document (owner) WHERE owner <> '';
    CREATE INDEX dojang_document_by_expiry ON dojang_document (expires) WHERE expires IS NOT NULL;
    """,
)

VERSION = len(_STEPS)

_FOUND: LiteralString = "SELECT to_regclass('dojang_schema') IS NOT NULL"
_MAKE: LiteralString = "CREATE TABLE IF NOT EXISTS dojang_schema (version integer NOT NULL)"
_READ: LiteralString = "SELECT version FROM dojang_schema"
_FORGET: LiteralString = "DELETE FROM dojang_schema"
_NOTE: LiteralString = "INSERT INTO dojang_schema VALUES (%(version)s)"


async def migrate(connection: Connection) -> None:
    """Bring the schema up to date, in one transaction; processes that start together take turns.

    Raises:
        Unavailable: A newer dojang has been here.
    """
    ((found,),) = await _ask(connection, _FOUND)
    if found and await _version(connection) == VERSION:
        return
    await _ask(connection, "BEGIN")
    await connection.trip([lock("schema")])
    # Whether it is there may have been looked up before the lock was granted: this looks again.
    await _ask(connection, _MAKE)
    for step in _STEPS[await _version(connection) :]:
        await _ask(connection, step)
    await connection.trip([(_FORGET, None), (_NOTE, {"version": VERSION})])
    await _ask(connection, "COMMIT")


async def _version(connection: Connection) -> int:
    rows = await _ask(connection, _READ)
    version = int(rows[0][0]) if rows else 0
    if version > VERSION:
        raise Unavailable(
            f"the session database has schema {version}, and this dojang knows {VERSION}; upgrade"
        )
    return version


async def _ask(connection: Connection, sql: LiteralString) -> Rows:
    (rows,) = await connection.trip([(sql, None)])
    return rows
