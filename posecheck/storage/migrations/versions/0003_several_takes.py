"""All takes of a block count: each has a number, and one that does not count a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REPLACED = "replaced by a newer take"
OTHER_TEST = "its video was confirmed as another test"


def upgrade() -> None:
    """Apply; until now the newest take alone counted, and stored results are to stay what they were."""
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("takes_per_block", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("take", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("left_out", sa.String(length=500), nullable=False, server_default=""))
    columns = (
        "id",
        "session_id",
        "upload_id",
        "movement",
        "side",
        "phase",
        "current",
        "created_at",
        "number",
        "left_out",
    )
    take = sa.table("take", *(sa.column(name) for name in columns))
    connection = op.get_bind()
    rows = connection.execute(sa.select(take).order_by(take.c.created_at, take.c.id)).all()
    counting = {row.upload_id for row in rows if row.current}
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = (row.session_id, row.movement, row.side, row.phase)
        seen[key] = seen.get(key, 0) + 1
        reason = "" if row.current else OTHER_TEST if row.upload_id in counting else REPLACED
        connection.execute(take.update().where(take.c.id == row.id).values(number=seen[key], left_out=reason))


def downgrade() -> None:
    """Not offered: the backup that is made before each migration is the way back."""
    raise NotImplementedError
