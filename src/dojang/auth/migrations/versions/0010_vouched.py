"""Whether whoever looks after the accounts gave an address, and no stranger."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column: of the accounts there are nobody knows, so that a stranger may have."""
    op.add_column(
        "dojang_users",
        sa.Column(
            "email_vouched",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="given by who looks after the accounts",
        ),
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("dojang_users", "email_vouched")
