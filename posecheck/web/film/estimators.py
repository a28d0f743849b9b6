"""Pose estimators that live rooms share, one after the other: loading one takes longer than a picture may."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posecheck.pose.estimator import PoseEstimator

KEPT = 2
"""So many estimators that nobody uses stay loaded (chosen by us: one person films, another one may)."""


def load_estimator(model_path: Path | None) -> PoseEstimator:
    """A new estimator with a model of the user's own, or the one that posecheck carries.

    Raises
    ------
    ModelFileError
    """
    return MediaPipeEstimator(choose_model(load_settings(), model_path))


class EstimatorPool:
    """Lends estimators; may be used from any thread.

    Parameters
    ----------
    make : callable
        Makes an estimator; what it raises is passed on.
    """

    def __init__(self, make: Callable[[], PoseEstimator]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._idle: list[PoseEstimator] = []
        self._closed = False

    def borrow(self) -> tuple[PoseEstimator, bool]:
        """One that nobody else uses, and whether it is new: the first picture of a new one takes long."""
        with self._lock:
            if self._idle:
                return self._idle.pop(), False
        return self._make(), True

    def give_back(self, estimator: PoseEstimator, *, usable: bool = True) -> None:
        """Take one back; one that is no longer usable, or too many, is closed."""
        with self._lock:
            keep = usable and not self._closed and len(self._idle) < KEPT
            if keep:
                self._idle.append(estimator)
        if not keep:
            estimator.close()

    def close(self) -> None:
        """Close all that nobody uses; those still lent are closed when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for estimator in idle:
            estimator.close()
