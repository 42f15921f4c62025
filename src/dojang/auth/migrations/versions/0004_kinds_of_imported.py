"""The index of imported hashes in the order of bytes, so that one of each kind is found at once."""

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"

_NAME = "dojang_users_imported"
_IMPORTED = text("password_hash NOT LIKE '$argon2id$%'")


def upgrade() -> None:
    """Make the index anew; SQLite has that order already."""
    _make_anew({"password_hash": "varchar_pattern_ops"})


def downgrade() -> None:
    """Make the index as it was."""
    _make_anew({})


def _make_anew(classes: dict[str, str]) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.drop_index(_NAME, "dojang_users")
    op.create_index(
        _NAME,
        "dojang_users",
        ["password_hash"],
        postgresql_where=_IMPORTED,
        postgresql_ops=classes,
    )
