"""The table of accounts."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, String, UniqueConstraint

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "dojang_users",
        Column("id", String(22), primary_key=True, comment="128 random bits, base64url"),
        Column("email", String(254), comment="as typed, NFKC"),
        Column("email_key", String(254), comment="folded"),
        Column("username", String(64), comment="as typed, NFKC"),
        Column("username_key", String(64), comment="folded"),
        Column("name", String(200), comment="for showing"),
        Column("password_hash", String(512), comment="PHC or bcrypt text"),
        Column("disabled", Boolean(), nullable=False, comment="nothing opens this account"),
        Column("created", BigInteger(), nullable=False, comment="unix milliseconds"),
        Column("password_changed", BigInteger(), comment="unix milliseconds"),
        UniqueConstraint("email_key", name="dojang_users_email_key"),
        UniqueConstraint("username_key", name="dojang_users_username_key"),
    )


def downgrade() -> None:
    """Drop the table, with every account in it."""
    op.drop_table("dojang_users")
