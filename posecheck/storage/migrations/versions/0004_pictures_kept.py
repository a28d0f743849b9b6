"""Whether pictures stay where videos do not."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    # Never by batch_alter_table: SQLite would drop the old table, and with it every row that refers to it.
    op.add_column("session", sa.Column("keep_pictures", sa.Boolean(), nullable=False, server_default=sa.false()))
