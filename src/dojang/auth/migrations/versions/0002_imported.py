"""The index that finds hashes made elsewhere."""

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"

_IMPORTED = text("password_hash NOT LIKE '$argon2id$%'")


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "dojang_users_imported",
        "dojang_users",
        ["password_hash"],
        sqlite_where=_IMPORTED,
        postgresql_where=_IMPORTED,
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("dojang_users_imported", "dojang_users")
