"""posecheck: joint angles from video, left and right compared, pre-test against re-test."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("posecheck")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.0.0+unknown"

__all__ = ["__version__"]
