"""What an account may do."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; nobody has a role yet."""
    op.add_column(
        "dojang_users",
        sa.Column(
            "roles", sa.String(1100), nullable=False, server_default="", comment="apart by spaces"
        ),
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("dojang_users", "roles")
