"""The tables of accounts.

dojang_users   id                22 characters of base64url: 128 random bits
               email             as typed, NFKC; where mail goes
               email_key         folded; unique
               username          as typed, NFKC
               username_key      folded; unique
               name              for showing
               password_hash     of any kind that is read; NULL: no password opens this account
               roles             what they may do: short names, apart by spaces
               email_verified    true: the address is shown to be theirs
               email_vouched     true: whoever looks after the accounts gave the address
               disabled          true: nothing opens this account
               created           unix milliseconds
               password_changed  unix milliseconds; NULL where there never was one

dojang_identities  issuer, subject  who somebody is at a provider; the key
               user_id           whose account that opens; goes with the account
               provider          its name in the settings
               email             as the provider has it, for showing
               linked            unix milliseconds
               tokens            of the provider, sealed, for ending the link; NULL: none

dojang_events  id                counts up; the order in which they were kept
               at                unix milliseconds
               kind              what happened, as `signed-in`
               user_id           whose account; stays when the account goes
               handle            of the session, or empty
               address           as far as it is kept
               agent             the User-Agent, cut
               facts             JSON: what else is known

dojang_one_time_tokens  digest    of the token, or of the ticket of a code; the key
               purpose           what it is good for
               user_id           whose
               target            where it was sent
               expires           unix milliseconds, exclusive
               code_digest       of a code with its ticket; NULL: a token, which needs none
               tries             that are left for a code

dojang_second_factors  user_id    whose; goes with the account
               secret            of the authenticator, sealed
               step              the last half minute whose code was used; it only grows
               made              unix milliseconds

dojang_recovery_codes  digest     of the code with its owner; the key; gone once it is used
               user_id           whose

`migrations/` makes the same tables; a test holds the two against each other.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

__all__ = [
    "IMPORTED",
    "events",
    "identities",
    "metadata",
    "one_time_tokens",
    "recovery_codes",
    "second_factors",
    "users",
]

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
    Column(
        "email_verified",
        Boolean(),
        nullable=False,
        server_default=false(),
        comment="shown to be theirs",
    ),
    Column(
        "email_vouched",
        Boolean(),
        nullable=False,
        server_default=false(),
        comment="given by who looks after the accounts",
    ),
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

identities = Table(
    "dojang_identities",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column(
        "user_id",
        String(22),
        ForeignKey("dojang_users.id", name="dojang_identities_user", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("provider", String(64), nullable=False, comment="its name in the settings"),
    Column("email", String(254), comment="as the provider has it"),
    Column("linked", BigInteger(), nullable=False, comment="unix milliseconds"),
    Column("tokens", Text(), comment="sealed"),
    Index("dojang_identities_user_id", "user_id"),
)

events = Table(
    "dojang_events",
    metadata,
    Column(
        "id",
        BigInteger().with_variant(Integer(), "sqlite"),  # the only one that counts up there
        primary_key=True,
        autoincrement=True,
    ),
    Column("at", BigInteger(), nullable=False, comment="unix milliseconds"),
    Column("kind", String(40), nullable=False),
    Column("user_id", String(255), comment="also of accounts that are gone"),
    Column("handle", String(64), nullable=False, comment="of the session, or empty"),
    Column("address", String(64), nullable=False, comment="as far as it is kept"),
    Column("agent", String(200), nullable=False),
    Column("facts", Text(), nullable=False, comment="JSON"),
    Index("dojang_events_at", "at"),
    Index("dojang_events_user_id", "user_id", "id"),
)

one_time_tokens = Table(
    "dojang_one_time_tokens",
    metadata,
    Column("digest", String(43), primary_key=True, comment="of the token, or the ticket"),
    Column("purpose", String(40), nullable=False),
    Column("user_id", String(255), nullable=False),
    Column("target", String(254), nullable=False, comment="where it was sent"),
    Column("expires", BigInteger(), nullable=False, comment="unix milliseconds"),
    Column("code_digest", String(43), comment="of a code with its ticket; NULL: a token"),
    Column("tries", Integer(), nullable=False, comment="that are left for a code"),
    Index("dojang_one_time_tokens_user_id", "user_id", "purpose"),
    Index("dojang_one_time_tokens_expires", "expires"),
)

second_factors = Table(
    "dojang_second_factors",
    metadata,
    Column("user_id", String(255), primary_key=True, comment="also of an application's own users"),
    Column("secret", Text(), nullable=False, comment="sealed"),
    Column("step", BigInteger(), nullable=False, comment="the last one that was used"),
    Column("made", BigInteger(), nullable=False, comment="unix milliseconds"),
)

recovery_codes = Table(
    "dojang_recovery_codes",
    metadata,
    Column("digest", String(43), primary_key=True, comment="of the code with its owner"),
    Column("user_id", String(255), nullable=False),
    Index("dojang_recovery_codes_user_id", "user_id"),
)
