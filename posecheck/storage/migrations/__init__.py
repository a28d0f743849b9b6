"""How the database came to be: one file a change of the tables, applied in order by Alembic at start."""
