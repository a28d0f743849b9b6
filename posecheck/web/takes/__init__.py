"""One recording as a test: measured, played, corrected."""
