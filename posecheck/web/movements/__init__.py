"""Tests that can be chosen, and movement files of the user's own: added, listed, replaced and removed in Settings."""
