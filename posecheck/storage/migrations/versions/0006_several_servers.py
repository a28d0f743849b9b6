"""Which servers share the database and in which store their files lie; who runs a job, and in whose language."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "server",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_server")),
    )
    op.create_table(
        "used_store",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_used_store")),
    )
    op.add_column("job", sa.Column("server", sa.Integer(), nullable=True))
    op.add_column("job", sa.Column("language", sa.String(length=8), server_default="en", nullable=False))


def downgrade() -> None:
    """Not offered: the backup that is made before each migration is the way back."""
    raise NotImplementedError
