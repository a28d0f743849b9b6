"""Alembic's entry point: runs the migrations over the connection that `posecheck.storage.database` opened."""

from alembic import context

from posecheck.storage.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
