"""Videos that come in."""
