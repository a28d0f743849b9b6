"""Sides and blocks compared, with the smallest change that can be told from error."""
