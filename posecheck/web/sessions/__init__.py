"""A session and its steps: choose, film, felt, stretch, re-educate."""
