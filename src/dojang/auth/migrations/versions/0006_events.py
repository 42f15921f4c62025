"""A record of what happened to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "dojang_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="unix milliseconds"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("user_id", sa.String(255), comment="also of accounts that are gone"),
        sa.Column("handle", sa.String(64), nullable=False, comment="of the session, or empty"),
        sa.Column("address", sa.String(64), nullable=False, comment="as far as it is kept"),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False, comment="JSON"),
    )
    op.create_index("dojang_events_at", "dojang_events", ["at"])
    op.create_index("dojang_events_user_id", "dojang_events", ["user_id", "id"])


def downgrade() -> None:
    """Drop the table, with what it holds."""
    op.drop_table("dojang_events")
