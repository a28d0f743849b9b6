"""Which servers share the database, what each of them runs and receives, and which files are still to be deleted."""

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
        "receiving",
        sa.Column("upload_id", sa.String(length=24), nullable=False),
        sa.Column("server", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["upload.id"], name=op.f("fk_receiving_upload_id_upload"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_receiving")),
    )
    op.create_table(
        "deleted",
        sa.Column("row_id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_deleted")),
    )
    op.add_column("job", sa.Column("server", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Not offered: the backup that is made before each migration is the way back."""
    raise NotImplementedError
