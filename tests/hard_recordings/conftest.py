from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hard_measure import Bench
from needs import needs_ffmpeg

from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """One pose model for all hard recordings of this process."""
    needs_ffmpeg()
    with MediaPipeEstimator(choose_model(load_settings())) as estimator:
        yield Bench(estimator)
