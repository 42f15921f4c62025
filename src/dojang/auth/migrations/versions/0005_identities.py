"""Who somebody is at a provider."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table; nobody is linked yet."""
    op.create_table(
        "dojang_identities",
        sa.Column("issuer", sa.String(255), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column(
            "user_id",
            sa.String(22),
            sa.ForeignKey("dojang_users.id", name="dojang_identities_user", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("provider", sa.String(64), nullable=False, comment="its name in the settings"),
        sa.Column("email", sa.String(254), comment="as the provider has it"),
        sa.Column("linked", sa.BigInteger(), nullable=False, comment="unix milliseconds"),
        sa.Column("tokens", sa.Text(), comment="sealed"),
    )
    op.create_index("dojang_identities_user_id", "dojang_identities", ["user_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("dojang_identities")
