"""Whether an e-mail address is shown to be its owner's."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

users = sa.table(
    "dojang_users",
    sa.column("id"),
    sa.column("email"),
    sa.column("password_hash"),
    sa.column("email_verified"),
)
identities = sa.table("dojang_identities", sa.column("user_id"), sa.column("email"))


def upgrade() -> None:
    """Add the column: true where a provider made the account, which kept nothing else."""
    op.add_column(
        "dojang_users",
        sa.Column(
            "email_verified",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="shown to be theirs",
        ),
    )
    vouched = sa.exists().where(
        identities.c.user_id == users.c.id, identities.c.email == users.c.email
    )
    op.execute(
        users.update()
        .where(users.c.password_hash.is_(None), vouched)
        .values(email_verified=sa.true())
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("dojang_users", "email_verified")
