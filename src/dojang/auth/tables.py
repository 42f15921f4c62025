"""The table of accounts.

dojang_users   id                22 characters of base64url: 128 random bits
               email             as typed, NFKC; where mail goes
               email_key         folded; unique
               username          as typed, NFKC
               username_key      folded; unique
               name              for showing
               password_hash     of any kind that is read; NULL: no password opens this account
               roles             what they may do: short names, apart by spaces
               disabled          true: nothing opens this account
               created           unix milliseconds
               password_changed  unix milliseconds; NULL where there never was one

`migrations/` makes the same table; a test holds the two against each other.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

__all__ = ["IMPORTED", "metadata", "users"]

metadata = MetaData()

#: Hashes that were made elsewhere. Spelled alike in the index and in the query that uses it.
IMPORTED = text("password_hash NOT LIKE '$argon2id$%'")

users = Table(
    "dojang_users",
    metadata,
    Column("id", String(22), primary_key=True, comment="128 random bits, base64url"),
    Column("email", String(254), comment="as typed, NFKC"),
    Column("email_key", String(254), comment="folded"),
    Column("username", String(64), comment="as typed, NFKC"),
    Column("username_key", String(64), comment="folded"),
    Column("name", String(200), comment="for showing"),
    Column("password_hash", String(512), comment="PHC or bcrypt text"),
    Column("roles", String(1100), nullable=False, server_default="", comment="apart by spaces"),
    Column("disabled", Boolean(), nullable=False, comment="nothing opens this account"),
    Column("created", BigInteger(), nullable=False, comment="unix milliseconds"),
    Column("password_changed", BigInteger(), comment="unix milliseconds"),
    UniqueConstraint("email_key", name="dojang_users_email_key"),
    UniqueConstraint("username_key", name="dojang_users_username_key"),
    Index(
        "dojang_users_imported",
        "password_hash",
        sqlite_where=IMPORTED,
        postgresql_where=IMPORTED,
        postgresql_ops={"password_hash": "varchar_pattern_ops"},  # in the order of bytes
    ),
)
