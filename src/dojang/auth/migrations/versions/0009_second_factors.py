"""Authenticators, and the codes for whoever has lost theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables; nobody has a second factor yet."""
    op.create_table(
        "dojang_second_factors",
        sa.Column(
            "user_id",
            sa.String(255),
            primary_key=True,
            comment="also of an application's own users",
        ),
        sa.Column("secret", sa.Text(), nullable=False, comment="sealed"),
        sa.Column("step", sa.BigInteger(), nullable=False, comment="the last one that was used"),
        sa.Column("made", sa.BigInteger(), nullable=False, comment="unix milliseconds"),
    )
    op.create_table(
        "dojang_recovery_codes",
        sa.Column("digest", sa.String(43), primary_key=True, comment="of the code with its owner"),
        sa.Column("user_id", sa.String(255), nullable=False),
    )
    op.create_index("dojang_recovery_codes_user_id", "dojang_recovery_codes", ["user_id"])


def downgrade() -> None:
    """Drop the tables: a password alone opens every account again."""
    op.drop_table("dojang_recovery_codes")
    op.drop_table("dojang_second_factors")
