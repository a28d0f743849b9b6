"""People: their names, their history over all sessions, export and import."""
