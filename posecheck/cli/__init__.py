"""The `posecheck` command: a thin layer that turns words into calls, and results and errors into words."""

from posecheck.cli.app import main

__all__ = ["main"]
