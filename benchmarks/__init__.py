"""Accuracy and speed, each one command that prints a table and writes it to docs/."""
