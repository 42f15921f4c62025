"""What is sent by mail and good for once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "dojang_one_time_tokens",
        sa.Column("digest", sa.String(43), primary_key=True, comment="of the token, or the ticket"),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("target", sa.String(254), nullable=False, comment="where it was sent"),
        sa.Column("expires", sa.BigInteger(), nullable=False, comment="unix milliseconds"),
        sa.Column("code_digest", sa.String(43), comment="of a code with its ticket; NULL: a token"),
        sa.Column("tries", sa.Integer(), nullable=False, comment="that are left for a code"),
    )
    op.create_index(
        "dojang_one_time_tokens_user_id", "dojang_one_time_tokens", ["user_id", "purpose"]
    )
    op.create_index("dojang_one_time_tokens_expires", "dojang_one_time_tokens", ["expires"])


def downgrade() -> None:
    """Drop the table: what was sent is good for nothing."""
    op.drop_table("dojang_one_time_tokens")
