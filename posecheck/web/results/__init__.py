"""The result of a session: its page and its files."""
