"""What tells people apart, notes on them and on their sessions, the next date, and what lies in the bin."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    # Never by batch_alter_table: SQLite would drop the old table, and with it every row that refers to it.
    op.add_column("person", sa.Column("code", sa.String(length=60), nullable=False, server_default=""))
    op.add_column("person", sa.Column("birth_year", sa.Integer(), nullable=True))
    op.add_column("person", sa.Column("notes", sa.String(length=2000), nullable=False, server_default=""))
    op.add_column("person", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("sample", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("deleted_at", sa.DateTime(), nullable=True))
    op.add_column("session", sa.Column("notes", sa.String(length=2000), nullable=False, server_default=""))
    op.add_column("session", sa.Column("next_date", sa.String(length=10), nullable=False, server_default=""))
    op.add_column("session", sa.Column("deleted_at", sa.DateTime(), nullable=True))
