"""Rendered people whose joints are known: what the correction learns from, and what accuracy is judged by."""
