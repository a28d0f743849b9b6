"""The fitted body at end range, drawn from the front, the side and above."""
