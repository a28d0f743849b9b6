"""The API described: its forms, its own documentation."""
